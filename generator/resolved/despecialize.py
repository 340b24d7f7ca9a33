"""Specialized types as the general ones that they stand for (CanonicalABI.md, "Despecialization")."""

from __future__ import annotations

from generator.resolved.model import (
    Alias,
    EnumType,
    Option,
    Primitive,
    Record,
    Resolve,
    Result,
    Tuple,
    Type,
    TypeId,
    TypeKind,
    Variant,
)


def dealias(resolve: Resolve, type: Type) -> Type:
    """The type behind any chain of `type a = b` and `use`."""
    while not isinstance(type, Primitive):
        kind = resolve.types[type].kind
        if not isinstance(kind, Alias):
            break
        type = kind.type
    return type


def dealias_id(resolve: Resolve, id: TypeId) -> TypeId:
    """As `dealias`, for a type that is known to be a definition (a resource)."""
    found = dealias(resolve, id)
    assert not isinstance(found, Primitive)
    return found


def record_types(kind: TypeKind) -> tuple[Type, ...] | None:
    """The field types of a record or tuple; None for any other type."""
    match kind:
        case Record(fields):
            return tuple([field.type for field in fields])
        case Tuple(types):
            return types
        case _:
            return None


def case_types(kind: TypeKind) -> tuple[Type | None, ...] | None:
    """The payload types of a variant, option, result or enum, in the order of the cases; None for any other type."""
    match kind:
        case Variant(cases):
            return tuple([case.type for case in cases])
        case EnumType(cases):
            return (None,) * len(cases)
        case Option(type):
            return (None, type)
        case Result(ok, err):
            return (ok, err)
        case _:
            return None
