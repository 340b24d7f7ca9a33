"""Types reduced to a few shapes (CanonicalABI.md, "Despecialization").

The Canonical ABI of a type depends only on its shape: alignment, size, flattening, lifting and lowering have an arm for
each shape, not for each kind of type. A new kind of type is one more arm of `despecialize`.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from generator.resolved.model import Resolve
from generator.resolved.types import (
    MAX_FLAGS,
    Alias,
    Borrow,
    EnumType,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeId,
    TypeKind,
    Variant,
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, bool or char, or flags, which are the unsigned integer of their bits."""

    type: Primitive


@dataclass(frozen=True, slots=True)
class Product:
    """Values of all `types` in order: fields, or, repeated `times`, the elements of a fixed-length list."""

    types: tuple[Type, ...]
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """One of several cases; None for a case without a payload."""

    cases: tuple[Type | None, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Any number of elements in memory, reached by an address and a length; an element is a product of `types`.

    The elements of a string are bytes, which have no type.
    """

    types: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Handle:
    """An index into the table of an instance; `types` is the type of its target: a resource, a payload or nothing."""

    types: tuple[Type, ...] = ()


Shape = Scalar | Product | Sum | Sequence | Handle

_PRIMITIVES: dict[Primitive, Shape] = {
    **{primitive: Scalar(primitive) for primitive in Primitive},
    Primitive.STRING: Sequence(()),
    Primitive.ERROR_CONTEXT: Handle(),
}

_FLAGS = {1: Scalar(Primitive.U8), 2: Scalar(Primitive.U16), 4: Scalar(Primitive.U32)}


def flags_size(labels: int) -> int:
    """Bytes, and alignment, of a flags value. A type with more than 32 labels is invalid."""
    assert 0 < labels <= MAX_FLAGS, "a flags type has 1 to 32 labels"
    if labels <= 8:
        return 1
    return 2 if labels <= 16 else 4


def shape_of(kind: TypeKind) -> Shape:
    """The shape of values of a kind that is not an alias. The bare name of a resource means an owned handle."""
    match kind:
        case Record(fields):
            return Product(tuple([field.type for field in fields]))
        case Tuple(types):
            return Product(types)
        case FixedLengthList(type, length):
            return Product((type,), length)
        case Variant(cases):
            return Sum(tuple([case.type for case in cases]))
        case EnumType(cases):
            return Sum((None,) * len(cases))
        case Option(type):
            return Sum((None, type))
        case Result(ok, err):
            return Sum((ok, err))
        case Flags(labels):
            return _FLAGS[flags_size(len(labels))]
        case List(type):
            return Sequence((type,))
        case Map(key, value):
            return Sequence((key, value))
        case Own(resource) | Borrow(resource):
            return Handle((resource,))
        case Future(payload) | Stream(payload):
            return Handle(() if payload is None else (payload,))
        case Resource():
            return Handle()
        case Alias():
            raise AssertionError("an alias has the shape of its target")


def despecialize(resolve: Resolve, type: Type) -> Shape:
    """The shape of a type, behind any names."""
    target = dealias(resolve, type)
    return _PRIMITIVES[target] if isinstance(target, Primitive) else shape_of(resolve.types[target].kind)


def dealias(resolve: Resolve, type: Type) -> Type:
    """The type behind any chain of `type a = b` and `use`."""
    while not isinstance(type, Primitive):
        kind = resolve.types[type].kind
        if not isinstance(kind, Alias):
            break
        type = kind.type
    return type


def known_alias(resolve: Resolve, id: TypeId, known: Container[TypeId]) -> TypeKind:
    """The kind behind a chain of aliases, or the first alias in it of a primitive type or of a `known` one.

    So a long chain of names is walked once, and not once from each name.
    """
    kind = resolve.types[id].kind
    while isinstance(kind, Alias) and not isinstance(kind.type, Primitive) and kind.type not in known:
        kind = resolve.types[kind.type].kind
    return kind


def dealias_id(resolve: Resolve, id: TypeId) -> TypeId:
    """Like `dealias`, for a type that is known to be a definition (a resource)."""
    found = dealias(resolve, id)
    assert not isinstance(found, Primitive)
    return found
