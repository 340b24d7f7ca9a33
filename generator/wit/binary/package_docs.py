"""Docs and feature gates in the binary form: the `package-docs` custom section, a version byte and JSON.

The format is not specified; it comes from the output of wasm-tools, which reads and writes the same.
"""

from __future__ import annotations

import json
from typing import Any

from generator.component.component import Custom
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceId,
    InterfaceItem,
    PackageId,
    Resolve,
    Stability,
    TypeItem,
    WorldId,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import EnumType, Flags, Record, TypeId, Variant

SECTION = "package-docs"
VERSION = 1

Json = dict[str, Any]
"""An object without empty members."""


def package_docs_section(resolve: Resolve, id: PackageId) -> Custom:
    """The facts that are not in the component types of a package."""
    package = resolve.packages[id]
    content = _clean(
        docs=package.docs,
        worlds=_clean(**{name: _world(resolve, world) for name, world in package.worlds.items()}),
        interfaces=_clean(**{name: _interface(resolve, item) for name, item in package.interfaces.items()}),
    )
    return Custom(SECTION, bytes((VERSION,)) + json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _clean(**members: Any) -> Json:
    return {name: value for name, value in members.items() if value is not None and value != {}}


def stability_json(stability: Stability) -> Json | None:
    """A gate in the reference's form: `stable` or `unstable`, each with `deprecated`."""
    deprecated = {} if stability.deprecated is None else {"deprecated": stability.deprecated}
    if stability.unstable is not None:
        return {"unstable": {"feature": stability.unstable, **deprecated}}
    if stability.since is not None:
        return {"stable": {"since": stability.since, **deprecated}}
    return None


def _function(function: Function) -> Json:
    return _clean(docs=function.docs, stability=stability_json(function.stability))


def _type(resolve: Resolve, id: TypeId) -> Json:
    type = resolve.types[id]
    kind = type.kind
    items: Json = {}
    if isinstance(kind, Record):
        items = _clean(**{field.name: field.docs for field in kind.fields})
    elif isinstance(kind, Variant | EnumType):
        items = _clean(**{case.name: case.docs for case in kind.cases})
    elif isinstance(kind, Flags):
        items = _clean(**{flag.name: flag.docs for flag in kind.flags})
    return _clean(docs=type.docs, stability=stability_json(type.stability), items=items)


def _interface(resolve: Resolve, id: InterfaceId) -> Json:
    interface = resolve.interfaces[id]
    return _clean(
        docs=interface.docs,
        stability=stability_json(interface.stability),
        funcs=_clean(**{name: _function(function) for name, function in interface.functions.items()}),
        types=_clean(**{name: _type(resolve, type) for name, type in interface.types.items()}),
    )


def _world(resolve: Resolve, id: WorldId) -> Json:
    world = resolve.worlds[id]
    imports, exports = _items(resolve, world.imports), _items(resolve, world.exports)
    return _clean(
        docs=world.docs,
        stability=stability_json(world.stability),
        interfaces=imports["inline"],
        types=imports["types"],
        funcs=imports["funcs"],
        interface_exports=exports["inline"],
        func_exports=exports["funcs"],
        interface_import_stability=imports["stability"],
        interface_export_stability=exports["stability"],
        interface_import_docs=imports["docs"],
        interface_export_docs=exports["docs"],
    )


def _items(resolve: Resolve, items: dict[WorldKey, WorldItem]) -> dict[str, Json]:
    """One direction of a world: inline interfaces, functions and types as a whole, other interfaces' docs and gates."""
    found: dict[str, Json] = {"inline": {}, "funcs": {}, "types": {}, "stability": {}, "docs": {}}
    for key, item in items.items():
        name = resolve.world_key_name(key)
        match item:
            case InterfaceItem(id) if resolve.interfaces[id].name is None:
                gates = stability_json(item.stability)
                found["inline"][name] = _clean(**{"stability": gates, **_interface(resolve, id)})
            case InterfaceItem():
                found["stability"][name] = stability_json(item.stability)
                found["docs"][name] = item.docs
            case FunctionItem(function):
                found["funcs"][name] = _function(function)
            case TypeItem(type):
                found["types"][name] = _type(resolve, type)
    return {group: _clean(**members) for group, members in found.items()}
