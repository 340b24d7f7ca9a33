"""Reading canonical definitions (Component Model, Binary.md, "Canonical Definitions")."""

from __future__ import annotations

from generator.component.canon import (
    BUILTIN_BY_OPCODE,
    Builtin,
    Canon,
    CanonOptions,
    Immediate,
    ImmediateValue,
    Lift,
    Lower,
    StringEncoding,
)
from generator.component.errors import BinaryError
from generator.component.read_names import read_result_list
from generator.component.read_types import read_core_val_type
from generator.component.reader import ComponentReader

_ENCODINGS = (StringEncoding.UTF8, StringEncoding.UTF16, StringEncoding.LATIN1_UTF16)


def _options(reader: ComponentReader) -> CanonOptions:
    encoding: StringEncoding | None = None
    is_async = False
    indices: dict[int, int] = {}
    for _ in range(reader.count()):
        start = reader.position
        opcode = reader.byte()
        if opcode < 3:
            twice = encoding is not None
            encoding = _ENCODINGS[opcode]
        elif opcode == 6:
            twice = is_async
            is_async = True
        elif opcode < 8:
            twice = opcode in indices
            indices[opcode] = reader.unsigned()
        else:
            raise reader.error(f"canonical option {opcode:#04x} is not supported", start)
        if twice:
            raise reader.error(f"canonical option {opcode:#04x} appears twice", start)
    return CanonOptions(encoding, indices.get(3), indices.get(4), indices.get(5), is_async, indices.get(7))


def _immediate(reader: ComponentReader, kind: Immediate, shared: bool) -> ImmediateValue:
    match kind:
        case Immediate.INDEX:
            return reader.unsigned()
        case Immediate.FLAG:
            return reader.flag()
        case Immediate.SHARED:
            return reader.flag() if shared else None
        case Immediate.CORE_VAL_TYPE:
            return read_core_val_type(reader)
        case Immediate.RESULT:
            return read_result_list(reader)
        case Immediate.OPTIONS:
            return _options(reader)


def read_canons(reader: ComponentReader) -> list[tuple[int, Canon]]:
    """The definitions of a whole section, each with its offset.

    Binary.md has a byte `sh?` in the built-ins of shared-everything-threads, wasm-tools 1.262 has none: a section that
    is invalid in one form is read in the other.
    """
    start = reader.position
    try:
        return _read_canons(reader, shared=False)
    except BinaryError as error:
        reader.position = start
        try:
            return _read_canons(reader, shared=True)
        except BinaryError:
            raise error from None


def _read_canons(reader: ComponentReader, shared: bool) -> list[tuple[int, Canon]]:
    found = [(reader.position, _canon(reader, shared)) for _ in range(reader.count())]
    reader.expect_end()
    return found


def _canon(reader: ComponentReader, shared: bool) -> Canon:
    start = reader.position
    opcode = reader.byte()
    if opcode < 2:
        if reader.byte() != 0:
            raise reader.error("only canonical definitions of functions are supported", start)
        index = reader.unsigned()
        options = _options(reader)
        return Lower(index, options) if opcode == 1 else Lift(index, reader.unsigned(), options)
    op = BUILTIN_BY_OPCODE.get(opcode)
    if op is None:
        raise reader.error(f"canonical definition {opcode:#04x} is not supported", start)
    return Builtin(op, tuple([_immediate(reader, kind, shared) for kind in op.immediates]))
