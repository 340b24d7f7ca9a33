"""The types that a type definition refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from generator.component.forms import FORMS, FormPart, named_parts
from generator.component.types import (
    ComponentType,
    DefType,
    FuncType,
    InstanceType,
    PrimValType,
    ResourceType,
    ValType,
)

_PARTS: dict[FormPart, Callable[[Any], Iterable[ValType | None]]] = {
    FormPart.VALTYPE: lambda type: (type,),
    FormPart.OPTIONAL_VALTYPE: lambda type: (type,),
    FormPart.VALTYPES: lambda types: types,
    FormPart.FIELDS: lambda fields: [type for _, type in fields],
    FormPart.CASES: lambda cases: [payload for _, payload in cases],
    FormPart.TYPE_INDEX: lambda index: (index,),
}
"""The parts that refer to types."""


def _values(form: type) -> Callable[[Any], Iterable[ValType | None]]:
    getters = [(attrgetter(name), _PARTS[part]) for name, part in named_parts(form) if part in _PARTS]
    return lambda type: [value for get, values in getters for value in values(get(type))]


_VALUES: dict[type, Callable[[Any], Iterable[ValType | None]]] = {
    **{form: _values(form) for form in FORMS},
    FuncType: lambda type: [*(param for _, param in type.params), type.result],
}
TYPE_CLASSES = frozenset((*_VALUES, PrimValType, ResourceType, ComponentType, InstanceType))
"""The classes of definitions that add to the type index space."""


def type_indices(definition: DefType) -> list[int]:
    """Indices in the definition's own scope, without the contents of component and instance types."""
    values = _VALUES.get(definition.__class__)
    if values is None:
        return []
    return [value for value in values(definition) if value.__class__ is int]
