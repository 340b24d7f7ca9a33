"""A world that imports what it exports, and exports what it imports: for interpreters that forward calls."""

from __future__ import annotations

from collections.abc import Collection

from generator.resolved.model import Freestanding, FunctionItem, InterfaceItem, Resolve, WorldId, WorldItem
from generator.wit.elaborate import elaborate


def add_other_ways(resolve: Resolve, world: WorldId, names: Collection[str]) -> None:
    """Add the missing import or export of these interfaces and functions of the world.

    Functions of the world's own resources stay imports, because WIT exports no resource of a world. Getters and setters
    of a world stay as they are, because their names are like those of other items.
    """
    found = resolve.worlds[world]
    for given, lacking in ((found.exports, found.imports), (found.imports, found.exports)):
        for key, item in list(given.items()):
            if resolve.world_key_name(key) in names and key not in lacking and _goes_both_ways(item):
                lacking[key] = item
    elaborate(resolve, found)


def _goes_both_ways(item: WorldItem) -> bool:
    if isinstance(item, FunctionItem):
        kind = item.function.kind
        return isinstance(kind, Freestanding) and kind.accessor is None
    return isinstance(item, InterfaceItem)
