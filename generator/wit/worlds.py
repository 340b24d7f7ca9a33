"""Reversed worlds: a world's exports become imports, or the other way round."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from generator.errors import WitError
from generator.resolved.model import (
    Freestanding,
    FunctionItem,
    InterfaceItem,
    Resolve,
    TypeItem,
    WorldId,
    WorldItem,
    WorldKey,
)
from generator.wit.elaborate import elaborate
from generator.wit.unique import world_clash


def importize(resolve: Resolve, id: WorldId, name: str | None = None) -> None:
    """Make a world that imports the exports of the world, named `name` or `<world>-importized`.

    Types of the world stay, since its functions may use them. Raises WitError if an export has the name of one.
    """
    world = resolve.worlds[id]
    imports: dict[WorldKey, WorldItem] = {k: item for k, item in world.imports.items() if isinstance(item, TypeItem)}
    for key, item in world.exports.items():
        if key in imports:
            raise WitError(f"the export `{resolve.world_key_name(key)}` has the name of an imported type")
        imports[key] = item
    _replace(resolve, id, imports, {}, name or f"{world.name}-importized")


def exportize(resolve: Resolve, id: WorldId, name: str | None = None, only: Collection[str] = ()) -> None:
    """Make a world that exports the imports of the world, named `name` or `<world>-exportized`.

    With `only`, plain names and names of interfaces, the other imports stay imports. Types and the functions of
    resources stay in any case: a world cannot export them.
    """
    world = resolve.worlds[id]
    imports: dict[WorldKey, WorldItem] = {}
    exports: dict[WorldKey, WorldItem] = {}
    for key, item in world.imports.items():
        moves = _can_be_exported(item) and (not only or _short_name(resolve, key, item) in only)
        (exports if moves else imports)[key] = item
    _replace(resolve, id, imports, exports, name or f"{world.name}-exportized")


def _can_be_exported(item: WorldItem) -> bool:
    if isinstance(item, FunctionItem):
        return isinstance(item.function.kind, Freestanding)
    return isinstance(item, InterfaceItem)


def _short_name(resolve: Resolve, key: WorldKey, item: WorldItem) -> str | None:
    if isinstance(key, str):
        return key.removeprefix("[get]").removeprefix("[set]")
    return resolve.interfaces[item.id].name if isinstance(item, InterfaceItem) else None


def _replace(
    resolve: Resolve, id: WorldId, imports: dict[WorldKey, WorldItem], exports: dict[WorldKey, WorldItem], name: str
) -> None:
    old = resolve.worlds[id]
    world = replace(old, name=name, imports=imports, exports=exports)
    worlds = {} if old.package is None else resolve.packages[old.package].worlds
    if name != old.name and name in worlds:
        raise WitError(f"there is already a world `{name}`")
    elaborate(resolve, world)
    resolve.worlds[id] = world
    clash = world_clash(resolve, id)
    if clash is not None:
        side, first, second = clash
        raise WitError(f"the {side} `{second}` of the new world would have the same name as `{first}`")
    if worlds:
        del worlds[old.name]
        worlds[name] = id
