"""Types that are too large for a valid component."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.canonical.layout import Layout
from generator.resolved.model import Resolve
from generator.resolved.types import Type, TypeId
from generator.resolved.walk import parts

LARGEST_SIZE = (1 << 28) - 1
"""Bytes of a value, with pointers of 64 bits (CanonicalABI.md, "Element Size"). Engines and the reference accept larger
types; their sizes would not fit in 32 bits."""

_WIDE_POINTER_SIZE = 8


def oversized_types(resolve: Resolve, types: Iterable[TypeId]) -> Iterator[tuple[TypeId, int]]:
    """The types that are too large although their parts are not, each with its size in bytes.

    Types come after the types that they mention, so the recursion stays shallow.
    """
    layout = Layout(resolve, _WIDE_POINTER_SIZE)

    def is_oversized(type: Type) -> bool:
        return layout.elem_size(type) > LARGEST_SIZE

    for id in types:
        if is_oversized(id) and not any(map(is_oversized, parts(resolve.types[id].kind))):
            yield id, layout.elem_size(id)
