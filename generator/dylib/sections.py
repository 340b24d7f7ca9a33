"""Custom sections of a library: `dylink.0` (tool-conventions, DynamicLinking.md) and `name` (core spec, appendix)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.wasm.encode import encode_name, encode_vector
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.module import CustomSection

_MEM_INFO = 1
_NEEDED = 2

_FUNCTION_NAMES = 1
_GLOBAL_NAMES = 7


def _subsection(id: int, body: bytes) -> bytes:
    return bytes([id]) + encode_unsigned(len(body)) + body


def dylink_section(memory_size: int, memory_alignment: int, table_size: int, needed: Sequence[str]) -> CustomSection:
    """`memory_alignment` in bytes (a power of two)."""
    numbers = (memory_size, memory_alignment.bit_length() - 1, table_size, 0)
    data = _subsection(_MEM_INFO, b"".join(map(encode_unsigned, numbers)))
    if needed:
        data += _subsection(_NEEDED, encode_vector([encode_name(name) for name in needed]))
    return CustomSection("dylink.0", data)


def _name_map(names: Sequence[str]) -> bytes:
    return encode_vector([encode_unsigned(index) + encode_name(name) for index, name in enumerate(names)])


def name_section(functions: Sequence[str], globals: Sequence[str]) -> CustomSection:
    """Names of all functions and globals, by index."""
    return CustomSection(
        "name", _subsection(_FUNCTION_NAMES, _name_map(functions)) + _subsection(_GLOBAL_NAMES, _name_map(globals))
    )
