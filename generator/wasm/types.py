"""Types of the core binary format (WebAssembly core specification, 2.3 and 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique


@unique
class ValType(IntEnum):
    """Value types of one byte; the value is that byte."""

    I32 = 0x7F
    I64 = 0x7E
    F32 = 0x7D
    F64 = 0x7C
    V128 = 0x7B
    NULLCONTREF = 0x75
    NULLEXNREF = 0x74
    NULLFUNCREF = 0x73
    NULLEXTERNREF = 0x72
    NULLREF = 0x71
    FUNCREF = 0x70
    EXTERNREF = 0x6F
    ANYREF = 0x6E
    EQREF = 0x6D
    I31REF = 0x6C
    STRUCTREF = 0x6B
    ARRAYREF = 0x6A
    EXNREF = 0x69
    CONTREF = 0x68


@unique
class ExternKind(IntEnum):
    """Kinds of imports and exports."""

    FUNC = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


@dataclass(frozen=True, slots=True)
class RefType:
    """A reference type of more than one byte: non-null, or a reference to a type of the module."""

    encoded: bytes
    """Its binary form, with type indices of its module."""

    @property
    def name(self) -> str:
        """For messages, like `ValType.name`."""
        return "REF"


@dataclass(frozen=True, slots=True)
class OtherType:
    """A type of the type section that no code here must understand: it stays a part of its module."""

    what: str
    """For messages: `a struct type`."""


@dataclass(frozen=True, slots=True)
class FuncType:
    """A function type that is the same in every module: alone in its recursion group, final, without a supertype, and
    without references to other types."""

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
    element: ValType | RefType = ValType.FUNCREF


@dataclass(frozen=True, slots=True)
class MemoryType:
    limits: Limits


@dataclass(frozen=True, slots=True)
class GlobalType:
    type: ValType | RefType
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class TagType:
    type_index: int


@dataclass(frozen=True, slots=True)
class FuncIndex:
    """An imported function's type, as an index into the type section."""

    type_index: int


ImportDesc = FuncIndex | TableType | MemoryType | GlobalType | TagType
