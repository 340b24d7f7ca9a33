"""The options and immediates of canonical definitions, read (Component Model, Binary.md)."""

from __future__ import annotations

from harness.binary.canon_definitions import ENCODINGS, DefinitionOptions
from harness.binary.sections import BinaryError, Reader

_IMMEDIATES = {
    **dict.fromkeys((0x02, 0x03, 0x04, 0x0E, 0x13, 0x14, 0x15, 0x1A, 0x1B, 0x2E, 0x2F), "i"),
    **dict.fromkeys((0x05, 0x0D, 0x1E, 0x1F, 0x22, 0x23, 0x24, 0x25, 0x26, 0x28), ""),
    **dict.fromkeys((0x0C, 0x29, 0x2A, 0x2B, 0x2C, 0x2D), "b"),
    0x06: "a",
    **dict.fromkeys((0x0A, 0x0B, 0x20, 0x21), "bi"),
    **dict.fromkeys((0x0F, 0x10, 0x16, 0x17), "io"),
    **dict.fromkeys((0x11, 0x12, 0x18, 0x19), "ia"),
    **dict.fromkeys((0x1C, 0x1D), "o"),
    0x09: "ro",
    0x27: "ii",
}
"""The immediates of each built-in by opcode: an index, a byte, the byte of `async`, a `resultlist`,
`opts`. Without the built-ins of
shared-everything-threads."""


def read_options(reader: Reader) -> DefinitionOptions:
    encoding, is_async = ENCODINGS[0], False
    indices: dict[int, int] = {}
    for _ in range(reader.unsigned()):
        opcode = reader.byte()
        if opcode < len(ENCODINGS):
            encoding = ENCODINGS[opcode]
        elif opcode == 6:
            is_async = True
        elif opcode in (3, 4, 5, 7):
            indices[opcode] = reader.unsigned()
        else:
            raise BinaryError(f"unknown canonical option {opcode:#04x} before offset {reader.at}")
    return DefinitionOptions(encoding, indices.get(3), indices.get(4), indices.get(5), is_async, indices.get(7))


def read_immediates(reader: Reader, opcode: int) -> DefinitionOptions:
    kinds = _IMMEDIATES.get(opcode)
    if kinds is None:
        raise BinaryError(f"unknown canonical definition {opcode:#04x} before offset {reader.at}")
    options = DefinitionOptions()
    for kind in kinds:
        if kind == "i":
            reader.unsigned()
        elif kind == "b":
            reader.byte()
        elif kind == "a":
            options = DefinitionOptions(is_async=bool(reader.byte()))
        elif kind == "r":
            if reader.byte() == 0:
                reader.unsigned()  # a value type: the numbers of both signs take the same bytes
            else:
                reader.byte()
        else:
            options = read_options(reader)
    return options
