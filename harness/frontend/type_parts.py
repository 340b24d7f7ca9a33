"""The direct parts of a type of a `Resolve`."""

from __future__ import annotations

from generator.resolved.model import (
    Alias,
    FixedLengthList,
    Future,
    List,
    Map,
    Option,
    Record,
    Result,
    Stream,
    Tuple,
    Type,
    TypeKind,
    Variant,
)


def parts(kind: TypeKind) -> tuple[Type | None, ...]:
    """The types of the values inside a value of this kind; a handle contains none."""
    match kind:
        case Record(fields):
            return tuple(field.type for field in fields)
        case Variant(cases):
            return tuple(case.type for case in cases)
        case Tuple(types):
            return types
        case Result(ok, err):
            return (ok, err)
        case Map(key, value):
            return (key, value)
        case Option(type) | List(type) | FixedLengthList(type) | Alias(type):
            return (type,)
        case Future(payload) | Stream(payload):
            return (payload,)
        case _:
            return ()
