"""The kinds of types of resolved WIT as data (Component Model, WIT.md). Definitions with names and owners are in
`model.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from typing import NewType

TypeId = NewType("TypeId", int)
"""An index into `Resolve.types`."""


@unique
class Primitive(Enum):
    """The types with a keyword of their own; the value is that keyword."""

    BOOL = "bool"
    S8 = "s8"
    S16 = "s16"
    S32 = "s32"
    S64 = "s64"
    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    F32 = "f32"
    F64 = "f64"
    CHAR = "char"
    STRING = "string"
    ERROR_CONTEXT = "error-context"

    # Members are singletons; Enum hashes their names, which is slow.
    __hash__ = object.__hash__


Type = Primitive | TypeId
"""A use of a type: a primitive, or the id of a definition (anonymous types are definitions without a name)."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: Type
    docs: str | None = None


@dataclass(frozen=True, slots=True)
class VariantCase:
    name: str
    type: Type | None = None
    docs: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A flag of a flags type or a case of an enum."""

    name: str
    docs: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Tuple:
    types: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    cases: tuple[VariantCase, ...]


@dataclass(frozen=True, slots=True)
class EnumType:
    cases: tuple[Label, ...]


MAX_FLAGS = 32
"""Labels of a flags type (Binary.md, "Type Definitions")."""


@dataclass(frozen=True, slots=True)
class Flags:
    flags: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Option:
    type: Type


@dataclass(frozen=True, slots=True)
class Result:
    ok: Type | None
    err: Type | None


@dataclass(frozen=True, slots=True)
class List:
    type: Type


@dataclass(frozen=True, slots=True)
class FixedLengthList:
    type: Type
    size: int


@dataclass(frozen=True, slots=True)
class Map:
    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Future:
    type: Type | None


@dataclass(frozen=True, slots=True)
class Stream:
    type: Type | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource; its functions are among the functions of the owner as `[method]r.f` and the like."""


@dataclass(frozen=True, slots=True)
class Own:
    resource: TypeId


@dataclass(frozen=True, slots=True)
class Borrow:
    resource: TypeId


@dataclass(frozen=True, slots=True)
class Alias:
    """`type a = b;` and `use i.{a}`: another name for a type (its `owner` differs from the target's for `use`)."""

    type: Type


TypeKind = (
    Record
    | Tuple
    | Variant
    | EnumType
    | Flags
    | Option
    | Result
    | List
    | FixedLengthList
    | Map
    | Future
    | Stream
    | Resource
    | Own
    | Borrow
    | Alias
)
