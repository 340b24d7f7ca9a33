"""Types as the generated code and the wit_t see them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique
from typing import NamedTuple

from generator.resolved.model import Primitive
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
        """The word by which the interpreter's functions name the kind: `wit_dylib_push_<word>`."""
        return self.name.lower()


PRIMITIVE_KIND = {primitive: Kind[primitive.name] for primitive in Primitive}

AGGREGATES = frozenset({Kind.RECORD, Kind.TUPLE})
VARIANTS = frozenset({Kind.VARIANT, Kind.OPTION, Kind.RESULT})
SEQUENCES = frozenset({Kind.LIST, Kind.MAP})
INDEXED = frozenset({Kind.FLAGS, Kind.ENUM, Kind.OWN, Kind.BORROW, Kind.FUTURE, Kind.STREAM})
"""One core value each, pushed and popped with the index of the type."""
COMPOUND = AGGREGATES | VARIANTS | SEQUENCES | {Kind.FIXED_LENGTH_LIST}
"""Types whose code is more than a call."""


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
    count: int
    """Labels of flags, cases of an enum, length of a fixed-length list; 0 for the others."""
    size: int
    alignment: int
    flat: tuple[ValType, ...] | None
    """None if more than MAX_FLAT_PARAMS."""
    offsets: tuple[int, ...]
    """Of the fields; of a variant's payload; of a map's key and value inside a pair."""
    stride: int
    """Bytes from one element of a list, or pair of a map, to the next."""
    stride_alignment: int
    has_pointers: bool
    """A string, list or map is among its flat values."""
