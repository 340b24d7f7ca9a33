"""Decoders of single items of sections (WebAssembly core specification, 5.5)."""

from __future__ import annotations

from generator.wasm.decode_types import read_reference_type, read_value_type
from generator.wasm.module import Export, Global, Import
from generator.wasm.reader import Reader
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    GlobalType,
    ImportDesc,
    Limits,
    MemoryType,
    TableType,
    TagType,
)

_EXTERN_KINDS = {int(kind): kind for kind in ExternKind}


def _limits(reader: Reader, *, page_size: bool) -> Limits:
    start = reader.position
    flags = reader.byte()
    if flags > (15 if page_size else 7):
        raise reader.error(f"limits {flags:#04x} are not supported", start)
    is_64 = bool(flags & 4)
    bits = 64 if is_64 else 32
    minimum = reader.unsigned(bits)
    maximum = reader.unsigned(bits) if flags & 1 else None
    page_size_log2 = reader.unsigned() if flags & 8 else None
    return Limits(minimum, maximum, shared=bool(flags & 2), is_64=is_64, page_size_log2=page_size_log2)


def read_table_type(reader: Reader) -> TableType:
    element = read_reference_type(reader)
    return TableType(_limits(reader, page_size=False), element)


def read_table(reader: Reader) -> TableType:
    """A defined table; its optional initial value is skipped."""
    if reader.data[reader.position : reader.position + 2] != b"\x40\x00":
        return read_table_type(reader)
    reader.bytes(2)
    type = read_table_type(reader)
    skip_constant(reader)
    return type


def read_memory_type(reader: Reader) -> MemoryType:
    return MemoryType(_limits(reader, page_size=True))


def _global_type(reader: Reader) -> GlobalType:
    type = read_value_type(reader)
    start = reader.position
    mutable = reader.byte()
    if mutable > 1:
        raise reader.error(f"mutability {mutable:#04x} is not supported", start)
    return GlobalType(type, bool(mutable))


def read_tag_type(reader: Reader) -> TagType:
    start = reader.position
    if reader.byte() != 0:
        raise reader.error("only exception tags are supported", start)
    return TagType(reader.unsigned())


def read_extern_type(reader: Reader) -> ImportDesc:
    """`externtype` (core specification, 5.3.11); a function's is the index of its type."""
    start = reader.position
    match reader.byte():
        case 0:
            return FuncIndex(reader.unsigned())
        case 1:
            return read_table_type(reader)
        case 2:
            return read_memory_type(reader)
        case 3:
            return _global_type(reader)
        case 4:
            return read_tag_type(reader)
        case kind:
            raise reader.error(f"import kind {kind} is not supported", start)


def read_import(reader: Reader) -> Import:
    return Import(reader.name(), reader.name(), read_extern_type(reader))


def read_export(reader: Reader) -> Export:
    name = reader.name()
    start = reader.position
    kind = _EXTERN_KINDS.get(reader.byte())
    if kind is None:
        raise reader.error("unknown export kind", start)
    return Export(name, kind, reader.unsigned())


def read_global(reader: Reader) -> Global:
    type = _global_type(reader)
    start = reader.position
    skip_constant(reader)
    return Global(type, reader.data[start : reader.position - 1])


def skip_constant(reader: Reader) -> None:
    """Skip a constant expression and its `end` (core specification, 3.3.10)."""
    while True:
        start = reader.position
        match reader.byte():
            case 0x0B:
                return
            case 0x41:  # i32.const
                reader.signed(32)
            case 0x42:  # i64.const
                reader.signed(64)
            case 0x43:  # f32.const
                reader.bytes(4)
            case 0x44:  # f64.const
                reader.bytes(8)
            case 0x23 | 0xD2:  # global.get, ref.func
                reader.unsigned()
            case 0xD0:  # ref.null
                reader.signed(33)
            case 0x6A | 0x6B | 0x6C | 0x7C | 0x7D | 0x7E:  # add, sub, mul of i32 and i64
                pass
            case 0xFD if reader.unsigned() == 0x0C:  # v128.const
                reader.bytes(16)
            case 0xFB:
                _skip_constant_of_gc(reader)
            case opcode:
                raise reader.error(f"opcode {opcode:#04x} is not supported in a constant expression", start)


_GC_CONSTANTS = {
    0x00: 1,  # struct.new
    0x01: 1,  # struct.new_default
    0x06: 1,  # array.new
    0x07: 1,  # array.new_default
    0x08: 2,  # array.new_fixed
    0x1A: 0,  # any.convert_extern
    0x1B: 0,  # extern.convert_any
    0x1C: 0,  # ref.i31
    0x20: 1,  # struct.new_desc
    0x21: 1,  # struct.new_default_desc
}
"""Opcodes after the prefix 0xFB, with the number of their indices."""


def _skip_constant_of_gc(reader: Reader) -> None:
    start = reader.position
    indices = _GC_CONSTANTS.get(reader.unsigned())
    if indices is None:
        raise reader.error("this instruction is not supported in a constant expression", start)
    for _ in range(indices):
        reader.unsigned()
