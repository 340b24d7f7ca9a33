"""Decomposition of types and functions: the types that they refer to, and the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator.resolved.model import Accessor, Constructor, Freestanding, Function, FunctionKind, Method, Param, Static
from generator.resolved.types import (
    Alias,
    Borrow,
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
    VariantCase,
)


def children(kind: TypeKind) -> tuple[Type | None, ...]:
    """The types that a kind refers to, in order; None for an absent optional payload."""
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
    """A kind without the types that it refers to: two kinds are the same if shape and children are."""
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
            return Variant(tuple(VariantCase(case.name, optional(case.type), case.docs) for case in cases))
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


def function_kind(annotation: str | None, resource: TypeId, accessor: Accessor | None) -> FunctionKind:
    """The kind of a function of a resource, by the annotation in its name."""
    match annotation:
        case "method":
            return Method(resource, accessor)
        case "static":
            return Static(resource, accessor)
    return Constructor(resource)


def rebuild_function(
    function: Function, child: Callable[[Type], Type], resource: Callable[[TypeId], TypeId]
) -> Function:
    """The function with every type that it refers to replaced; the same object if none of them changes."""
    # A long chain of worlds that include each other has very many functions: nothing is made in vain here.
    kind = function.kind
    if not isinstance(kind, Freestanding):
        owner = resource(kind.resource)
        kind = kind if owner == kind.resource else replace(kind, resource=owner)
    changed = kind is not function.kind
    params = function.params
    if any(isinstance(param.type, int) for param in params):
        types = [child(param.type) for param in params]
        if types != [param.type for param in params]:
            params = tuple([Param(param.name, type) for type, param in zip(types, params, strict=True)])
            changed = True
    result = function.result
    if isinstance(result, int):
        result = child(result)
        changed = changed or result != function.result
    return function.with_types(kind, params, result) if changed else function


def same_function(a: Function, b: Function, same: Callable[[Type | None, Type | None], bool]) -> bool:
    """Whether two functions have the same type; `same` compares the types that they refer to, a's with b's."""
    return (
        type(a.kind) is type(b.kind)
        and a.is_async == b.is_async
        and [param.name for param in a.params] == [param.name for param in b.params]
        and all(same(x.type, y.type) for x, y in zip(a.params, b.params, strict=True))
        and same(a.result, b.result)
    )
