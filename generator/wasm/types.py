"""Types of the core binary format (WebAssembly core specification, 2.3 and 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique


@unique
class ValType(IntEnum):
    """Value types; the value is the byte of the binary format."""

    I32 = 0x7F
    I64 = 0x7E
    F32 = 0x7D
    F64 = 0x7C
    V128 = 0x7B
    FUNCREF = 0x70
    EXTERNREF = 0x6F
    EXNREF = 0x69


@unique
class ExternKind(IntEnum):
    """Kinds of imports and exports."""

    FUNC = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


@dataclass(frozen=True, slots=True)
class FuncType:
    params: tuple[ValType, ...]
    results: tuple[ValType, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`minimum` and `maximum` in pages (memories) or elements (tables)."""

    minimum: int
    maximum: int | None = None
    shared: bool = False
    is_64: bool = False
    page_size_log2: int | None = None
    """Memories only (custom page sizes proposal); absent means 16."""


@dataclass(frozen=True, slots=True)
class TableType:
    limits: Limits
    element: ValType = ValType.FUNCREF


@dataclass(frozen=True, slots=True)
class MemoryType:
    limits: Limits


@dataclass(frozen=True, slots=True)
class GlobalType:
    type: ValType
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class TagType:
    type_index: int


@dataclass(frozen=True, slots=True)
class FuncIndex:
    """An imported function's type, as an index into the type section."""

    type_index: int


ImportDesc = FuncIndex | TableType | MemoryType | GlobalType | TagType
