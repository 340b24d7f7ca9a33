"""A world without its excluded items. Types of theirs that the rest uses stay, as types: an interface keeps only these
and no function.

A `use` refers to a type of an imported or exported instance (WIT.md, "Worlds and `use`"), so the interface of such a
type has to be in the world. A value type is equal in every instance, and an imported resource is one for the whole
component. A resource that the component itself defines belongs to one implementation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generator.dylib.world.direction import Direction
from generator.dylib.world.exclusions import Excluded, Exclusions, sides
from generator.errors import GeneratorError
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import (
    FunctionItem,
    InterfaceItem,
    InterfaceKey,
    Resolve,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import Primitive, Resource, Type, TypeId
from generator.resolved.walk import function_types, parts
from generator.wit.elaborate import elaborate

Item = tuple[Direction, WorldKey]
"""An item of a world."""
Named = tuple[InterfaceInstance, TypeId]
"""A named definition in one of the instances of its interface."""
Needed = dict[Item, dict[Named, Item]]
"""The types of excluded items that the rest of the world uses, each with the first item that uses it."""


def without(resolve: Resolve, id: WorldId, exclusions: Exclusions) -> Resolve:
    """The resolution with a smaller world under the same id.

    What is needed of an excluded export is imported; in a component that exports the interface, the exports of all
    libraries use it from there.

    Raises GeneratorError if a filter matches nothing, or if an item that stays needs more of an excluded one than its
    types.
    """
    if not exclusions.filters:
        return resolve
    world = resolve.worlds[id]
    excluded = exclusions.apply(resolve, world)
    instances = Instances(resolve, world)
    needed = _needed(instances, excluded)
    problems = dict.fromkeys(_problems(instances, excluded, needed))
    if problems:
        raise GeneratorError("\n  ".join(problems))
    imports = {
        key: item
        for key, item in world.imports.items()
        if key not in excluded[Direction.IMPORT] or (Direction.IMPORT, key) in needed
    }
    exports = {key: item for key, item in world.exports.items() if key not in excluded[Direction.EXPORT]}
    smaller = replace(resolve, worlds=list(resolve.worlds), interfaces=list(resolve.interfaces))
    smaller.worlds[id] = replace(world, imports=imports, exports=exports)
    _leave_types(smaller, world, excluded, needed)
    elaborate(smaller, smaller.worlds[id])
    return smaller


def _leave_types(resolve: Resolve, world: World, excluded: Excluded, needed: Needed) -> None:
    """Interfaces of excluded items lose their functions and unneeded types, in place, unless they stay as an import."""
    kept: dict[int, set[TypeId]] = {}
    for (direction, key), types in needed.items():
        item = sides(world)[direction][key]
        if isinstance(item, InterfaceItem) and not _stays_imported(world, excluded, item):
            kept.setdefault(item.id, set()).update(type for _, type in types)
    for id, keep in kept.items():
        old = resolve.interfaces[id]
        names = {name: type for name, type in old.types.items() if type in keep}
        resolve.interfaces[id] = replace(old, types=names, functions={})


def _stays_imported(world: World, excluded: Excluded, item: InterfaceItem) -> bool:
    key = InterfaceKey(item.id)
    return key in world.imports and key not in excluded[Direction.IMPORT]


def _needed(instances: Instances, excluded: Excluded) -> Needed:
    needed: Needed = {}
    for direction, items in sides(instances.world).items():
        for key, item in items.items():
            if key in excluded[direction]:
                continue
            for named in _named(instances, _mentioned(instances, _instance(instances, direction, key, item), item)):
                home = _home(instances, named)
                if home[1] in excluded[home[0]]:
                    needed.setdefault(home, {}).setdefault(named, (direction, key))
    return needed


def _problems(instances: Instances, excluded: Excluded, needed: Needed) -> Iterator[str]:
    """Why types of excluded items cannot be in the world by themselves: one reason for each two items."""
    for home, types in needed.items():
        told: set[Item] = set()
        for (owner, type), user in types.items():
            why = _same_interface_stays(instances, excluded, home) or _bound(instances, excluded, (owner, type))
            if why is not None and user not in told:
                told.add(user)
                yield (
                    f"{excluded[home[0]][home[1]].text}: {_text(instances, user)} uses "
                    f"type `{instances.resolve.types[type].name}` of {_text(instances, home)}, {why}; "
                    "exclude both or neither"
                )


def _same_interface_stays(instances: Instances, excluded: Excluded, home: Item) -> str | None:
    """A world describes an interface once: it cannot have its functions at one place, and only types at another."""
    world = instances.world
    item = sides(world)[home[0]][home[1]]
    if not isinstance(item, InterfaceItem) or (home[0] is Direction.EXPORT and _stays_imported(world, excluded, item)):
        return None
    for direction, items in sides(world).items():
        for key, other in items.items():
            if isinstance(other, InterfaceItem) and other.id == item.id and key not in excluded[direction]:
                return f"which is also {_text(instances, (direction, key))}, with functions that stay"
    return None


def _bound(instances: Instances, excluded: Excluded, named: Named) -> str | None:
    """What ties a type of an export to this export, so that an import of its interface cannot stand for it."""
    owner, type = named
    if not owner.exported:
        return None
    resolve = instances.resolve
    for other, part in _named(instances, [(owner, type)]):
        if not other.exported:
            continue
        home = _home(instances, (other, part))
        if isinstance(resolve.types[part].kind, Resource):
            return (
                f"and resource `{resolve.types[part].name}` of {_text(instances, home)} belongs to the implementation "
                "of that export"
            )
        if home[1] not in excluded[home[0]]:
            return f"which uses type `{resolve.types[part].name}` of {_text(instances, home)}, which stays"
    return None


def _text(instances: Instances, item: Item) -> str:
    direction, key = item
    return f"{direction.value.removesuffix(':')} `{instances.resolve.world_key_name(key)}`"


def _instance(instances: Instances, direction: Direction, key: WorldKey, item: WorldItem) -> InterfaceInstance:
    if not isinstance(item, InterfaceItem):
        return instances.root
    return (instances.exports if direction is Direction.EXPORT else instances.imports)[key]


def _home(instances: Instances, named: Named) -> Item:
    """The item of the world that has a named definition."""
    owner, type = named
    key = owner.key
    if key is None:
        key = instances.resolve.types[type].name
    assert key is not None, "types of a world are named"
    return (Direction.EXPORT if owner.exported else Direction.IMPORT), key


def _mentioned(instances: Instances, user: InterfaceInstance, item: WorldItem) -> list[tuple[InterfaceInstance, Type]]:
    """The types that an item mentions, with the instance that does."""
    match item:
        case InterfaceItem(id):
            interface = instances.resolve.interfaces[id]
            functions = interface.functions.values()
            types = [*interface.types.values(), *[type for each in functions for type in function_types(each)]]
            return [(user, type) for type in types]
        case FunctionItem(function):
            return [(user, type) for type in function_types(function)]
        case TypeItem(named):
            return [(user, named)]


def _named(instances: Instances, mentioned: Iterable[tuple[InterfaceInstance, Type]]) -> Iterator[Named]:
    """All named definitions that mentioned types reach, with the instances that they belong to."""
    waiting = list(mentioned)
    seen: set[Named] = set()
    while waiting:
        user, type = waiting.pop()
        if isinstance(type, Primitive):
            continue
        owner = instances.of(user, type)
        if (owner, type) in seen:
            continue
        seen.add((owner, type))
        definition = instances.resolve.types[type]
        if definition.owner is not None:
            yield owner, type
        waiting += [(owner, part) for part in parts(definition.kind)]
