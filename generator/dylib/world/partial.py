"""A world without its excluded items, which must be possible: nothing that stays may use a type of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.dylib.world.direction import Direction
from generator.dylib.world.exclusions import Excluded, Exclusions, sides
from generator.errors import GeneratorError
from generator.resolved.instances import Instance, Instances
from generator.resolved.model import (
    FunctionItem,
    InterfaceItem,
    Primitive,
    Resolve,
    Type,
    TypeId,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
)
from generator.resolved.walk import function_types, parts

Item = tuple[Direction, WorldKey]
"""An item of a world."""


def without(resolve: Resolve, id: WorldId, exclusions: Exclusions) -> Resolve:
    """The resolution with a smaller world under the same id.

    Raises GeneratorError if a filter matches nothing, or if an item that stays uses a type of an excluded one: the
    `component-type` section would have to contain that type's interface.
    """
    if not exclusions.filters:
        return resolve
    world = resolve.worlds[id]
    excluded = exclusions.apply(resolve, world)
    _refuse_uses(resolve, world, excluded)
    imports, exports = (
        {key: item for key, item in items.items() if key not in excluded[direction]}
        for direction, items in sides(world).items()
    )
    worlds = list(resolve.worlds)
    worlds[id] = replace(world, imports=imports, exports=exports)
    return replace(resolve, worlds=worlds)


def _refuse_uses(resolve: Resolve, world: World, excluded: Excluded) -> None:
    instances = Instances(resolve, world)
    problems: dict[tuple[Item, Item], str] = {}
    for direction, items in sides(world).items():
        for key, item in items.items():
            if key in excluded[direction]:
                continue
            for owner, type in _types(instances, _instance(instances, direction, key, item), item):
                home = _home(instances, owner, type)
                exclusion = excluded[home[0]].get(home[1])
                if exclusion is not None:
                    user = _text(resolve, (direction, key))
                    problems.setdefault(
                        ((direction, key), home),
                        f"{exclusion.text}: {user} uses type `{resolve.types[type].name}` of {_text(resolve, home)}; "
                        "exclude both or neither",
                    )
    if problems:
        raise GeneratorError("\n  ".join(problems.values()))


def _text(resolve: Resolve, item: Item) -> str:
    direction, key = item
    return f"{direction.value.removesuffix(':')} `{resolve.world_key_name(key)}`"


def _instance(instances: Instances, direction: Direction, key: WorldKey, item: WorldItem) -> Instance:
    if not isinstance(item, InterfaceItem):
        return instances.root
    return (instances.exports if direction is Direction.EXPORT else instances.imports)[key]


def _home(instances: Instances, owner: Instance, type: TypeId) -> Item:
    """The item of the world that has a named definition."""
    key = owner.key
    if key is None:
        key = instances.resolve.types[type].name
    assert key is not None, "types of a world are named"
    return (Direction.EXPORT if owner.exported else Direction.IMPORT), key


def _types(instances: Instances, user: Instance, item: WorldItem) -> Iterator[tuple[Instance, TypeId]]:
    """All named definitions that an item reaches, with the instances that they belong to."""
    resolve = instances.resolve
    waiting: list[tuple[Instance, Type]]
    match item:
        case InterfaceItem(id):
            interface = resolve.interfaces[id]
            functions = interface.functions.values()
            types = [*interface.types.values(), *[type for each in functions for type in function_types(each)]]
            waiting = [(user, type) for type in types]
        case FunctionItem(function):
            waiting = [(user, type) for type in function_types(function)]
        case TypeItem(named):
            waiting = [(user, named)]
    seen: set[tuple[Instance, TypeId]] = set()
    while waiting:
        user, type = waiting.pop()
        if isinstance(type, Primitive):
            continue
        owner = instances.of(user, type)
        if (owner, type) in seen:
            continue
        seen.add((owner, type))
        definition = resolve.types[type]
        if definition.owner is not None:
            yield owner, type
        waiting += [(owner, part) for part in parts(definition.kind)]
