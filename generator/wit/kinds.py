"""A definition's kind taken apart and put together: the types it refers to, and what is left without them."""

from __future__ import annotations

from collections.abc import Callable

from generator.wit.model import (
    Alias,
    Borrow,
    Case,
    EnumType,
    Field,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
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


def children(kind: TypeKind) -> tuple[Type | None, ...]:
    """The types that a kind refers to, in order; None where a payload may stand and does not."""
    match kind:
        case Record(fields):
            return tuple(field.type for field in fields)
        case Tuple(types):
            return types
        case Variant(cases):
            return tuple(case.type for case in cases)
        case EnumType() | Flags() | Resource():
            return ()
        case Result(ok, err):
            return (ok, err)
        case Map(key, value):
            return (key, value)
        case Own(resource) | Borrow(resource):
            return (resource,)
        case Option(type) | List(type) | FixedLengthList(type, _) | Future(type) | Stream(type) | Alias(type):
            return (type,)


def shape(kind: TypeKind) -> tuple[str | int, ...]:
    """What a kind is apart from the types it refers to: two kinds are the same when shape and children are."""
    match kind:
        case Record(fields):
            return ("record", *(field.name for field in fields))
        case Tuple(types):
            return ("tuple", len(types))
        case Variant(cases):
            return ("variant", *(case.name for case in cases))
        case EnumType(labels):
            return ("enum", *(label.name for label in labels))
        case Flags(labels):
            return ("flags", *(label.name for label in labels))
        case FixedLengthList(_, size):
            return ("fixed-length list", size)
        case _:
            return (type(kind).__name__.lower(),)


def rebuild(kind: TypeKind, child: Callable[[Type], Type], resource: Callable[[TypeId], TypeId]) -> TypeKind:
    """The kind with every type that it refers to replaced."""

    def optional(type: Type | None) -> Type | None:
        return None if type is None else child(type)

    match kind:
        case Record(fields):
            return Record(tuple(Field(field.name, child(field.type), field.docs) for field in fields))
        case Tuple(types):
            return Tuple(tuple(map(child, types)))
        case Variant(cases):
            return Variant(tuple(Case(case.name, optional(case.type), case.docs) for case in cases))
        case EnumType() | Flags() | Resource():
            return kind
        case Option(type):
            return Option(child(type))
        case Result(ok, err):
            return Result(optional(ok), optional(err))
        case List(type):
            return List(child(type))
        case FixedLengthList(type, size):
            return FixedLengthList(child(type), size)
        case Map(key, value):
            return Map(child(key), child(value))
        case Future(element):
            return Future(optional(element))
        case Stream(element):
            return Stream(optional(element))
        case Own(id):
            return Own(resource(id))
        case Borrow(id):
            return Borrow(resource(id))
        case Alias(type):
            return Alias(child(type))
