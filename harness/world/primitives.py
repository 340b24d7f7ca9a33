"""The types with keywords of their own, and the widths of numbers."""

from __future__ import annotations

from enum import Enum, unique


@unique
class Prim(Enum):
    """Types with a keyword of their own; the value is the keyword."""

    BOOL = "bool"
    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    S8 = "s8"
    S16 = "s16"
    S32 = "s32"
    S64 = "s64"
    F32 = "f32"
    F64 = "f64"
    CHAR = "char"
    STRING = "string"
    ERROR_CONTEXT = "error-context"

    def __init__(self, keyword: str) -> None:
        self.canonical = keyword
        self.holds_handles = keyword == "error-context"
        self.parts: tuple[()] = ()

    # Members are singletons; Enum hashes their names, which is slow.
    __hash__ = object.__hash__


UNSIGNED = {Prim.U8: 8, Prim.U16: 16, Prim.U32: 32, Prim.U64: 64}
SIGNED = {Prim.S8: 8, Prim.S16: 16, Prim.S32: 32, Prim.S64: 64}
FLOATS = {Prim.F32: 32, Prim.F64: 64}
NUMBERS = UNSIGNED | SIGNED | FLOATS
"""Number types and their width in bits; lists of these may be passed whole (interpreters/PROTOCOL.md, `lists`)."""
