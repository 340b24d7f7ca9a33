"""A WIT type's own definition as a component's type; the caller looks up the types that it refers to."""

from __future__ import annotations

from collections.abc import Callable

from generator.component.types import (
    BorrowType,
    DefType,
    EnumType,
    FixedLengthListType,
    FlagsType,
    FuncType,
    FutureType,
    ListType,
    MapType,
    OptionType,
    OwnType,
    PrimValType,
    RecordType,
    ResultType,
    StreamType,
    TupleType,
    ValType,
    VariantType,
)
from generator.resolved import model
from generator.resolved import types as wit

PRIMITIVES = {primitive: PrimValType[primitive.name] for primitive in wit.Primitive}


def def_type(kind: wit.TypeKind, index: Callable[[wit.TypeId], int]) -> DefType:
    """The definition of anything except an alias or a resource. `index` returns the index of a mentioned type."""

    def value(type: wit.Type) -> ValType:
        return PRIMITIVES[type] if isinstance(type, wit.Primitive) else index(type)

    def optional(type: wit.Type | None) -> ValType | None:
        return None if type is None else value(type)

    match kind:
        case wit.Record(fields):
            return RecordType(tuple([(field.name, value(field.type)) for field in fields]))
        case wit.Variant(cases):
            return VariantType(tuple([(case.name, optional(case.type)) for case in cases]))
        case wit.List(type):
            return ListType(value(type))
        case wit.Option(type):
            return OptionType(value(type))
        case wit.Result(ok, err):
            return ResultType(optional(ok), optional(err))
        case wit.Tuple(types):
            return TupleType(tuple([value(type) for type in types]))
        case wit.Own(resource):
            return OwnType(index(resource))
        case wit.Borrow(resource):
            return BorrowType(index(resource))
        case wit.EnumType(labels):
            return EnumType(tuple([label.name for label in labels]))
        case wit.Flags(labels):
            return FlagsType(tuple([label.name for label in labels]))
        case wit.Map(key, element):
            return MapType(value(key), value(element))
        case wit.FixedLengthList(type, size):
            return FixedLengthListType(value(type), size)
        case wit.Stream(element):
            return StreamType(optional(element))
        case wit.Future(element):
            return FutureType(optional(element))
        case wit.Resource() | wit.Alias():
            raise AssertionError("not a definition of its own")


def func_type(function: model.Function, index: Callable[[wit.TypeId], int]) -> FuncType:
    """A function's type; `index` as in `def_type`."""

    def value(type: wit.Type) -> ValType:
        return PRIMITIVES[type] if isinstance(type, wit.Primitive) else index(type)

    params = tuple([(param.name, value(param.type)) for param in function.params])
    return FuncType(params, None if function.result is None else value(function.result), function.is_async)
