"""Types reduced to a few shapes (CanonicalABI.md, "Despecialization").

The Canonical ABI of a type depends only on its shape; a new kind of type is one more arm of `despecialize`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harness.world import types as t


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, bool or char."""

    type: t.Prim


@dataclass(frozen=True, slots=True)
class Bits:
    """Flags: the unsigned integer with this many bits."""

    labels: int


@dataclass(frozen=True, slots=True)
class Product:
    """Values of all `types` in order: fields, or, repeated `times`, the elements of a fixed-length list."""

    types: tuple[t.Type, ...]
    times: int = 1


@dataclass(frozen=True, slots=True)
class Sum:
    """One of several cases; None for a case without a payload."""

    cases: tuple[t.Type | None, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Any number of elements in memory, reached by an address and a length; an element is a product of `types`.

    The elements of a string are bytes, which have no type.
    """

    types: tuple[t.Type, ...]


@dataclass(frozen=True, slots=True)
class Handle:
    """An index into the table of an instance: of a resource, an error context, a future or a stream."""


Shape = Scalar | Bits | Product | Sum | Sequence | Handle

STRING = Sequence(())


_REMEMBERED = 1 << 13
"""Types whose shape is kept: those of the worlds that are in work, because each value of a type asks for its shape."""


@lru_cache(maxsize=_REMEMBERED)
def despecialize(type: t.Type) -> Shape:
    return _ARMS[type.__class__](type)


_PRIMITIVES: dict[t.Prim, Shape] = {type: Scalar(type) for type in t.Prim}
_PRIMITIVES |= {t.Prim.STRING: STRING, t.Prim.ERROR_CONTEXT: Handle()}

_ARMS: dict[type, Callable[[Any], Shape]] = {
    t.Prim: _PRIMITIVES.__getitem__,
    t.Record: lambda type: Product(type.parts),
    t.Tuple: lambda type: Product(type.types),
    t.FixedLengthList: lambda type: Product((type.type,), type.size),
    t.Variant: lambda type: Sum(type.payloads),
    t.EnumType: lambda type: Sum((None,) * len(type.cases)),
    t.Option: lambda type: Sum(type.payloads),
    t.Result: lambda type: Sum(type.payloads),
    t.Flags: lambda type: Bits(len(type.labels)),
    t.List: lambda type: Sequence((type.type,)),
    t.Map: lambda type: Sequence((type.key, type.value)),
    t.Own: lambda _: Handle(),
    t.Borrow: lambda _: Handle(),
    t.Future: lambda _: Handle(),
    t.Stream: lambda _: Handle(),
}
