"""A `Resolve` without ids: equal for resolutions that mean the same, whatever the order in their arenas."""

from __future__ import annotations

from generator.resolved.kinds import children, shape
from generator.resolved.model import (
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceOwner,
    PackageId,
    Resolve,
    TypeDef,
    World,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import Type, TypeId

Node = object


def structure(resolve: Resolve) -> dict[str, Node]:
    """Packages by name, with all that belongs to them. Orders that matter are lists, others are dicts."""
    return {str(package.name): _package(resolve, PackageId(index)) for index, package in enumerate(resolve.packages)}


def _package(resolve: Resolve, id: PackageId) -> Node:
    package = resolve.packages[id]
    interfaces = {name: _interface(resolve, resolve.interfaces[i]) for name, i in package.interfaces.items()}
    worlds = {name: _world(resolve, resolve.worlds[i]) for name, i in package.worlds.items()}
    return {"docs": _docs(package.docs), "interfaces": interfaces, "worlds": worlds}


def _interface(resolve: Resolve, interface: Interface) -> Node:
    return {
        "name": interface.name,
        "docs": _docs(interface.docs),
        "stability": interface.stability,
        "types": [(name, _definition(resolve, resolve.types[id])) for name, id in interface.types.items()],
        "functions": {name: _function(resolve, function) for name, function in interface.functions.items()},
    }


def _world(resolve: Resolve, world: World) -> Node:
    return {
        "docs": _docs(world.docs),
        "stability": world.stability,
        "imports": [_item(resolve, key, item) for key, item in world.imports.items()],
        "exports": [_item(resolve, key, item) for key, item in world.exports.items()],
    }


def _item(resolve: Resolve, key: WorldKey, item: WorldItem) -> Node:
    name = resolve.world_key_name(key)
    if isinstance(item, FunctionItem):
        return name, _function(resolve, item.function)
    if not isinstance(item, InterfaceItem):
        return name, _definition(resolve, resolve.types[item.id])
    interface = resolve.interfaces[item.id]
    meaning = resolve.interface_id(item.id) or _interface(resolve, interface)
    docs = item.docs if item.docs is not None or interface.name is not None else interface.docs
    return name, meaning, _docs(docs), item.stability, item.external_id


def _function(resolve: Resolve, function: Function) -> Node:
    resource = None if isinstance(function.kind, Freestanding) else _type(resolve, function.kind.resource)
    params = [(param.name, _type(resolve, param.type)) for param in function.params]
    result = None if function.result is None else _type(resolve, function.result)
    kind = type(function.kind).__name__, resource, function.is_async
    return function.name, kind, params, result, _docs(function.docs), function.stability, function.external_id


def _definition(resolve: Resolve, definition: TypeDef) -> Node:
    kind = definition.kind
    parts = [None if part is None else _type(resolve, part) for part in children(kind)]
    docs = [_docs(getattr(label, "docs", None)) for label in _labels(kind)]
    extras = _docs(definition.docs), definition.stability, definition.external_id
    return definition.name, shape(kind), parts, docs, extras


def _labels(kind: object) -> tuple[object, ...]:
    for members in ("fields", "cases", "flags"):
        if hasattr(kind, members):
            found: tuple[object, ...] = getattr(kind, members)
            return found
    return ()


def _type(resolve: Resolve, type_: Type) -> Node:
    if not isinstance(type_, int):
        return type_.value
    definition = resolve.types[type_]
    if definition.name is None:
        return _definition(resolve, definition)
    return _owner(resolve, type_), definition.name


def _owner(resolve: Resolve, id: TypeId) -> str | None:
    owner = resolve.types[id].owner
    if owner is None:
        return None
    if isinstance(owner, InterfaceOwner):
        return resolve.interface_id(owner.id) or "an inline interface"
    return f"world {resolve.worlds[owner.id].name}"


def _docs(docs: str | None) -> str | None:
    """Without what all lines are indented by: lines of a block comment may be, and lines behind `///`, which is how all
    are printed, lose it where they are read (so in wasm-tools 1.262)."""
    lines = (docs or "").split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return docs and "\n".join(line[margin:] for line in lines)
