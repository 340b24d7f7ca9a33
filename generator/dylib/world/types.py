"""Types for the generated code and the wit_t."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum, unique
from typing import NamedTuple

from generator.resolved.types import (
    EnumType,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Primitive,
    Record,
    Result,
    Stream,
    Tuple,
    Variant,
)
from generator.wasm.types import ValType


@unique
class Kind(IntEnum):
    """`WIT_TYPE_*` of version 3 of the interface."""

    U8 = 0
    U16 = 1
    U32 = 2
    U64 = 3
    S8 = 4
    S16 = 5
    S32 = 6
    S64 = 7
    BOOL = 8
    CHAR = 9
    F32 = 10
    F64 = 11
    STRING = 12
    ERROR_CONTEXT = 13
    RECORD = 14
    OWN = 15
    BORROW = 16
    FLAGS = 17
    TUPLE = 18
    VARIANT = 19
    ENUM = 20
    OPTION = 21
    RESULT = 22
    LIST = 23
    MAP = 24
    FIXED_LENGTH_LIST = 25
    FUTURE = 26
    STREAM = 27
    ALIAS = 28

    @property
    def word(self) -> str:
        """The word for the kind in the names of the interpreter's functions: `wit_dylib_push_<word>`."""
        return self.name.lower()

    @property
    def keyword(self) -> str:
        """Its word in WIT."""
        return "list" if self is Kind.FIXED_LENGTH_LIST else self.word

    @property
    def has_index(self) -> bool:
        """Whether the interpreter's functions get the index of the type."""
        return self >= Kind.RECORD


PRIMITIVE_KIND = {primitive: Kind[primitive.name] for primitive in Primitive}

KINDS: dict[type, Kind] = {
    Record: Kind.RECORD,
    Tuple: Kind.TUPLE,
    Variant: Kind.VARIANT,
    EnumType: Kind.ENUM,
    Flags: Kind.FLAGS,
    Option: Kind.OPTION,
    Result: Kind.RESULT,
    List: Kind.LIST,
    Map: Kind.MAP,
    FixedLengthList: Kind.FIXED_LENGTH_LIST,
    Future: Kind.FUTURE,
    Stream: Kind.STREAM,
}
"""For definitions; handles and aliases have their own rules."""

ARRAYS = tuple([kind for kind in Kind if kind >= Kind.RECORD and kind not in (Kind.OWN, Kind.BORROW)])
"""The arrays of types in the wit_t, in its order. Handles count in the array of resources."""


@unique
class Passing(Enum):
    """The way in which the interpreter gets and returns values (wit_dylib.h).

    It follows the shape, except that an enum (a sum) and a string (a sequence) are passed by one call, like scalars and
    handles.
    """

    WHOLE = "whole"
    """One call passes the value."""
    PRODUCT = "product"
    """The parts, and a call that makes one value of them or takes it apart."""
    SUM = "sum"
    """The payload of a case, and a call with the discriminant."""
    SEQUENCE = "sequence"
    """The elements one by one, if not all of them at once."""


PASSING = dict.fromkeys(Kind, Passing.WHOLE) | {
    Kind.RECORD: Passing.PRODUCT,
    Kind.TUPLE: Passing.PRODUCT,
    Kind.FIXED_LENGTH_LIST: Passing.PRODUCT,
    Kind.VARIANT: Passing.SUM,
    Kind.OPTION: Passing.SUM,
    Kind.RESULT: Passing.SUM,
    Kind.LIST: Passing.SEQUENCE,
    Kind.MAP: Passing.SEQUENCE,
}


class TypeWord(NamedTuple):
    """A `wit_type_t`: a kind and the index in the wit_t's array of that kind (0 for primitives)."""

    kind: Kind
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A type without aliases. Types of equal structure and identity are one node."""

    serial: int
    """Parts have smaller numbers."""
    kind: Kind
    index: int
    name: str
    """For the names of functions."""
    parts: tuple[Node | None, ...]
    """Fields; payloads of cases; element; key and value; payload of a future or stream."""
    passing: Passing
    times: int | None
    """The number of repetitions of the parts of a fixed-length list; None for the others."""
    cases: int
    """The number of cases of a sum; 0 for other types."""
    size: int
    alignment: int
    flat: tuple[ValType, ...] | None
    """None if more than MAX_FLAT_PARAMS."""
    offsets: tuple[int, ...]
    """The offsets of the fields, of a variant's payload, or of a map's key and value inside a pair."""
    stride: int
    """Bytes from one element of a list, or pair of a map, to the next."""
    stride_alignment: int
    has_pointers: bool
    """Whether a string, list or map is among its flat values."""

    @property
    def places(self) -> list[tuple[Node, int]]:
        """The parts of a product, or of an element of a sequence, with their offsets."""
        return [(part, at) for part, at in zip(self.parts, self.offsets, strict=True) if part is not None]

    @property
    def flat_parts(self) -> Iterator[tuple[Node, int, int]]:
        """The parts of a product that is passed flat, each with the start and the end of its flat values."""
        start = 0
        for part in self.parts * (self.times or 1):
            assert part is not None and part.flat is not None, "the type is passed flat"
            end = start + len(part.flat)
            yield part, start, end
            start = end
