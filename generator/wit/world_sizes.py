"""The least number of types in the worlds of a package, known before `include` copies any.

In a chain of worlds that include each other, each has all items of the worlds before it: the items are quadratically
many. This module finds out early that a package has no binary form.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.errors import LimitError
from generator.resolved.kinds import children
from generator.resolved.model import FunctionItem, InterfaceItem, Resolve, World, WorldId, WorldItem
from generator.resolved.rules import LARGEST_TREE, too_many_types
from generator.resolved.types import Alias, Borrow, Own
from generator.resolved.walk import function_types


class WorldSizes:
    """Counts the worlds of one package. Worlds that include others come after these."""

    def __init__(self, resolve: Resolve, package: str) -> None:
        self._resolve = resolve
        self._package = package
        self._sizes: dict[WorldId, int] = {}
        self._total = 0

    def add(self, id: WorldId, included: Iterable[WorldId]) -> None:
        """Count a world that still lacks the items of `included`.

        Raises LimitError if the package is certainly too large.
        """
        own = _least_size(self._resolve, self._resolve.worlds[id])
        self._sizes[id] = own + sum(self._size(world) for world in included)
        self._total += self._sizes[id]
        if self._total > LARGEST_TREE:
            raise LimitError(too_many_types(f"the package `{self._package}`"))

    def _size(self, id: WorldId) -> int:
        if id not in self._sizes:  # a world of another package, which is complete
            self._sizes[id] = _least_size(self._resolve, self._resolve.worlds[id])
        return self._sizes[id]


def _least_size(resolve: Resolve, world: World) -> int:
    """The types in a world's functions and types, without what these contain. Interfaces count as nothing, because
    worlds that include each other share them."""
    return sum(_item(resolve, item) for item in (*world.imports.values(), *world.exports.values()))


def _item(resolve: Resolve, item: WorldItem) -> int:
    if isinstance(item, InterfaceItem):
        return 0
    if isinstance(item, FunctionItem):
        return 1 + len(function_types(item.function))
    kind = resolve.types[item.id].kind
    if isinstance(kind, Own | Borrow | Alias):
        return 1
    return 1 + sum(part is not None for part in children(kind))
