"""Names of one scope that are not strongly-unique (Explainer.md, "Name Uniqueness"), after a merge of scopes."""

from __future__ import annotations

from generator.names.component_names import name_clash
from generator.resolved.model import InterfaceId, Resolve, WorldId


def world_clash(resolve: Resolve, id: WorldId) -> tuple[str, str, str] | None:
    """`import` or `export`, and the first two names of that side that clash; None if all are unique."""
    world = resolve.worlds[id]
    for side, items in (("import", world.imports), ("export", world.exports)):
        clash = name_clash([key if isinstance(key, str) else resolve.world_key_name(key) for key in items])
        if clash is not None:
            return side, *clash
    return None


def interface_clash(resolve: Resolve, id: InterfaceId) -> tuple[str, str] | None:
    """The first two types or functions of an interface whose names clash; None if all are unique."""
    interface = resolve.interfaces[id]
    return name_clash([*interface.types, *interface.functions])


def clash_anywhere(resolve: Resolve) -> str | None:
    """The first clash in a resolution, in words; None if there is none."""
    for index in range(len(resolve.interfaces)):
        clash = interface_clash(resolve, InterfaceId(index))
        if clash is not None:
            where = resolve.interface_id(InterfaceId(index)) or "an inline interface"
            return f"`{clash[1]}` has the same name as `{clash[0]}` in {where}"
    for index, world in enumerate(resolve.worlds):
        found = world_clash(resolve, WorldId(index))
        if found is not None:
            return f"the {found[0]} `{found[2]}` has the same name as `{found[1]}` in the world `{world.name}`"
    for package in resolve.packages:
        clash = name_clash([*package.interfaces, *package.worlds])
        if clash is not None:
            return f"`{clash[1]}` has the same name as `{clash[0]}` in the package `{package.name}`"
    return None
