"""Which types a type definition refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from generator.component.types import (
    BorrowType,
    ComponentType,
    DefType,
    EnumType,
    FixedLengthListType,
    FlagsType,
    FuncType,
    FutureType,
    InstanceType,
    ListType,
    MapType,
    OptionType,
    OwnType,
    PrimValType,
    RecordType,
    ResourceType,
    ResultType,
    StreamType,
    TupleType,
    ValType,
    VariantType,
)

_VALUES: dict[type, Callable[[Any], Iterable[ValType | None]]] = {
    RecordType: lambda type: [field for _, field in type.fields],
    VariantType: lambda type: [case for _, case in type.cases],
    ListType: lambda type: (type.element,),
    FixedLengthListType: lambda type: (type.element,),
    TupleType: lambda type: type.types,
    OptionType: lambda type: (type.type,),
    ResultType: lambda type: (type.ok, type.error),
    OwnType: lambda type: (type.resource,),
    BorrowType: lambda type: (type.resource,),
    StreamType: lambda type: (type.element,),
    FutureType: lambda type: (type.element,),
    MapType: lambda type: (type.key, type.value),
    FuncType: lambda type: [*(param for _, param in type.params), type.result],
}
TYPE_CLASSES = frozenset((*_VALUES, PrimValType, EnumType, FlagsType, ResourceType, ComponentType, InstanceType))
"""The classes of definitions that add to the type index space."""


def type_indices(definition: DefType) -> list[int]:
    """Indices in the definition's own scope; what stands inside component and instance types is not looked at."""
    values = _VALUES.get(definition.__class__)
    if values is None:
        return []
    return [value for value in values(definition) if isinstance(value, int)]
