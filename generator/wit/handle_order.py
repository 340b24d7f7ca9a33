"""The places of owned handles without a name, and of the copies that `include` makes, among the types of a package.

WIT.md does not define an order of types. In the reference, whose JSON identifies types by their places, the bare name
of a resource becomes an owned handle late: before the type that mentions it first, or after all types if only functions
mention it. Copies come after all of these. This module uses the same order, which makes places comparable (it comes
from the output of wasm-tools 1.262).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from typing import NamedTuple

from generator.resolved.kinds import children, rebuild, rebuild_function
from generator.resolved.model import Function, FunctionItem, Resolve, TypeItem, WorldItem, WorldKey
from generator.resolved.types import Alias, Own, Type, TypeId
from generator.resolved.walk import function_types


class ArenaStart(NamedTuple):
    """The first types, interfaces and worlds of a package in the arenas."""

    types: int
    interfaces: int
    worlds: int

    @classmethod
    def of(cls, resolve: Resolve) -> ArenaStart:
        return cls(len(resolve.types), len(resolve.interfaces), len(resolve.worlds))


def move_owned_handles(resolve: Resolve, start: ArenaStart, borrowing: list[bool], copied: Set[TypeId]) -> None:
    """Sort the types of the last package into that order. `borrowing`: one entry for each type, which moves with it."""
    order = _order(resolve, start, copied)
    new_ids = {old: TypeId(start.types + place) for place, old in enumerate(order)}
    if all(old == new for old, new in new_ids.items()):
        return

    def resource(id: TypeId) -> TypeId:
        return new_ids.get(id, id)

    def type(old: Type) -> Type:
        return resource(old) if isinstance(old, int) else old

    definitions = [resolve.types[old] for old in order]
    resolve.types[start.types :] = [
        replace(definition, kind=rebuild(definition.kind, type, resource)) for definition in definitions
    ]
    borrowing[start.types :] = [borrowing[old] for old in order]
    for interface in resolve.interfaces[start.interfaces :]:
        for name, id in interface.types.items():
            interface.types[name] = resource(id)
        for name, function in interface.functions.items():
            interface.functions[name] = rebuild_function(function, type, resource)
    for world in resolve.worlds[start.worlds :]:
        for items in (world.imports, world.exports):
            for key, item in items.items():
                if isinstance(item, TypeItem):
                    items[key] = TypeItem(resource(item.id))
                elif isinstance(item, FunctionItem):
                    items[key] = FunctionItem(rebuild_function(item.function, type, resource))


def _order(resolve: Resolve, start: ArenaStart, copied: Set[TypeId]) -> list[TypeId]:
    all_ids = [TypeId(index) for index in range(start.types, len(resolve.types))]
    ids = [id for id in all_ids if id not in copied]
    handles = {id for id in ids if isinstance(resolve.types[id].kind, Own) and resolve.types[id].name is None}
    order: dict[TypeId, None] = {}

    def add_handles(types: Iterable[Type | None]) -> None:
        order.update((type, None) for type in types if isinstance(type, int) and type in handles)

    for id in ids:
        kind = resolve.types[id].kind
        if id not in handles:
            add_handles(() if isinstance(kind, Alias) else children(kind))
            order[id] = None
    if handles:
        for function in _functions(resolve, start):
            add_handles(function_types(function))
    order.update(dict.fromkeys(all_ids))
    return list(order)


def _functions(resolve: Resolve, start: ArenaStart) -> Iterator[Function]:
    for interface in resolve.interfaces[start.interfaces :]:
        yield from interface.functions.values()
    for world in resolve.worlds[start.worlds :]:
        yield from _functions_of(world.imports)
        yield from _functions_of(world.exports)


def _functions_of(items: dict[WorldKey, WorldItem]) -> Iterator[Function]:
    return (item.function for item in items.values() if isinstance(item, FunctionItem))
