"""The parts of a value with their types, by the shape of its type (`world/despecialize.py`).

The position of a part is its step in a path, as in `pick` (interpreters/PROTOCOL.md): the number of a field, an element
or, in a map, of a key or a value; 0 for a payload.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.values.values import Value, VariantValue
from harness.world import despecialize as shapes
from harness.world import types as t
from harness.world.despecialize import Product, Sum, despecialize


def value_parts(value: Value, type: t.Type) -> Sequence[tuple[Value, t.Type]]:
    """Nothing for a value without parts, valid or not."""
    match despecialize(type), value:
        case Product(types, times), tuple():
            return list(zip(value, types * times, strict=True))
        case shapes.Sequence((element,)), tuple():
            return [(item, element) for item in value]
        case shapes.Sequence(types), tuple():
            return [part for item in value for part in zip(_members(item), types, strict=True)]
        case Sum(cases), VariantValue(index, payload):
            inner = cases[index]
            return [] if inner is None or payload is None else [(payload, inner)]
    return []


def with_parts(value: Value, type: t.Type, parts: Sequence[Value]) -> Value:
    """A value with other parts in the place of its own, as many as it has."""
    match despecialize(type), value:
        case shapes.Sequence((_, _)), tuple():
            return tuple(zip(parts[::2], parts[1::2], strict=True))
        case _, tuple():
            return tuple(parts)
        case Sum(), VariantValue(index) if parts:
            return VariantValue(index, parts[0])
    return value


def _members(item: Value) -> tuple[Value, ...]:
    assert isinstance(item, tuple)
    return item
