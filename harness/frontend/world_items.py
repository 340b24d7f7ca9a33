"""The world's own types that a driver needs to call the functions that the world itself exports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.names.component_names import canonical_name, getter_of
from generator.resolved.model import (
    Constructor,
    Function,
    FunctionItem,
    InterfaceId,
    InterfaceKey,
    InterfaceOwner,
    Method,
    Resolve,
    Static,
    WorldId,
    WorldOwner,
)
from generator.resolved.types import Borrow, Own, Resource, Type, TypeId
from generator.wit.elaborate import interface_dependencies
from harness.frontend.type_parts import parts


@dataclass
class Needed:
    """`types` and `functions` come from the world's imports; `refused` are exported functions, each with the reason."""

    types: set[TypeId] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


def needed_items(resolve: Resolve, world: WorldId) -> Needed:
    """World-level types of exported functions, and the functions of world-level resources among them.

    Refused are functions that a driver cannot import together with its other imports: WIT has one namespace for
    imports.
    """
    subject = resolve.worlds[world]
    needed = Needed()
    own = WorldOwner(world)
    for item in subject.exports.values():
        if not isinstance(item, FunctionItem):
            continue
        reached = _reached(resolve, _types(item.function))
        why = _why_not(resolve, world, reached)
        if why is not None:
            needed.refused[item.function.name] = why
        else:
            needed.types |= {id for id in reached if resolve.types[id].owner == own}
    for item in subject.exports.values():
        if isinstance(item, FunctionItem):
            why = needed.refused.get(getter_of(item.function.name))
            if why is not None:  # no setter is imported without its getter
                needed.refused.setdefault(item.function.name, why)
    pending = set(needed.types)
    while pending:
        resources, pending = pending, set()
        for item in subject.imports.values():
            if isinstance(item, FunctionItem) and item.function.name not in needed.functions:
                kind = item.function.kind
                if isinstance(kind, Method | Static | Constructor) and kind.resource in resources:
                    reached = _reached(resolve, _types(item.function))
                    if _why_not(resolve, world, reached) is not None:
                        continue  # a driver may know only some functions of a resource
                    needed.functions.add(item.function.name)
                    pending |= {id for id in reached if resolve.types[id].owner == own} - needed.types
        needed.types |= pending
    return needed


def _why_not(resolve: Resolve, world: WorldId, reached: set[TypeId]) -> str | None:
    exports = resolve.worlds[world].exports
    plain = {canonical_name(key) for key in exports if isinstance(key, str)}
    full = {canonical_name(resolve.world_key_name(key)) for key in exports if isinstance(key, InterfaceKey)}
    for id in reached:
        definition = resolve.types[id]
        if not isinstance(definition.kind, Resource):
            continue  # it gets another name
        if definition.owner == WorldOwner(world) and canonical_name(definition.name or "") in plain:
            return f"no driver can import both the resource `{definition.name}` and the export of that name"
    for id in reached | _brought_along(resolve, world, reached):
        definition = resolve.types[id]
        if not isinstance(definition.owner, InterfaceOwner):
            continue
        name = resolve.interface_id(definition.owner.id)
        key = InterfaceKey(definition.owner.id)
        if key in exports and isinstance(definition.kind, Resource):
            return f"no driver can import both the imported and the exported `{name}`"
        if name is not None and key not in exports and canonical_name(name) in full:
            return f"no driver can import both `{name}` and an export whose name differs only in case or hyphens"
    return None


def _brought_along(resolve: Resolve, world: WorldId, reached: set[TypeId]) -> set[TypeId]:
    """The items of the imported interfaces of these types: an import of a type imports its whole interface, and the
    interfaces that it uses."""
    exports = resolve.worlds[world].exports
    pending = [owner.id for id in reached if isinstance(owner := resolve.types[id].owner, InterfaceOwner)]
    interfaces: set[InterfaceId] = set()
    types: list[Type | None] = []
    while pending:
        id = pending.pop()
        if id in interfaces or InterfaceKey(id) in exports:
            continue
        interfaces.add(id)
        interface = resolve.interfaces[id]
        types += interface.types.values()
        for function in interface.functions.values():
            types += _types(function)
        pending += interface_dependencies(resolve, id)
    return _reached(resolve, types)


def _types(function: Function) -> list[Type | None]:
    return [*(param.type for param in function.params), function.result]


def _reached(resolve: Resolve, types: Iterable[Type | None]) -> set[TypeId]:
    """Every definition inside these types, including aliases and resources of handles."""
    reached: set[TypeId] = set()
    pending = [type for type in types if isinstance(type, int)]
    while pending:
        id = pending.pop()
        if id not in reached:
            reached.add(id)
            kind = resolve.types[id].kind
            if isinstance(kind, Own | Borrow):
                pending.append(kind.resource)
            pending += [part for part in parts(kind) if isinstance(part, int)]
    return reached
