"""A `Resolve` as JSON, in the shape of the reference's `component wit --json`. Ids are indices into the arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from generator.resolved.model import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceOwner,
    Method,
    Owner,
    Package,
    Resolve,
    Stability,
    TypeDef,
    World,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import (
    Alias,
    Borrow,
    EnumType,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeKind,
    Variant,
)

Json: TypeAlias = "int | str | list[Json] | dict[str, Json] | None"


def resolve_json(resolve: Resolve) -> dict[str, Json]:
    """All of a resolution."""
    return {
        "worlds": [_world(world) for world in resolve.worlds],
        "interfaces": [_interface(interface) for interface in resolve.interfaces],
        "types": [_definition(definition) for definition in resolve.types],
        "packages": [_package(package) for package in resolve.packages],
    }


def _extras(docs: str | None, stability: Stability | None = None, external_id: str | None = None) -> dict[str, Json]:
    """Members that are left out if they are empty."""
    extras: dict[str, Json] = {}
    if docs is not None:
        extras["docs"] = {"contents": docs}
    deprecated: dict[str, Json] = {}
    if stability is not None and stability.deprecated is not None:
        deprecated = {"deprecated": stability.deprecated}
    if stability is not None and stability.since is not None:
        extras["stability"] = {"stable": {"since": stability.since, **deprecated}}
    elif stability is not None and stability.unstable is not None:
        extras["stability"] = {"unstable": {"feature": stability.unstable, **deprecated}}
    if external_id is not None:
        extras["external_id"] = external_id
    return extras


def _package(package: Package) -> Json:
    interfaces: dict[str, Json] = dict(package.interfaces)
    worlds: dict[str, Json] = dict(package.worlds)
    return {"name": str(package.name), **_extras(package.docs), "interfaces": interfaces, "worlds": worlds}


def _world(world: World) -> Json:
    return {
        "name": world.name,
        "imports": _world_items(world.imports),
        "exports": _world_items(world.exports),
        "package": world.package,
        **_extras(world.docs, world.stability),
    }


def _world_items(items: Mapping[WorldKey, WorldItem]) -> dict[str, Json]:
    return {key if isinstance(key, str) else f"interface-{key.id}": _world_item(item) for key, item in items.items()}


def _world_item(item: WorldItem) -> Json:
    if isinstance(item, InterfaceItem):
        return {"interface": {"id": item.id, **_extras(item.docs, item.stability, item.external_id)}}
    if isinstance(item, FunctionItem):
        return {"function": _function(item.function)}
    return {"type": item.id}


def _interface(interface: Interface) -> Json:
    types: dict[str, Json] = dict(interface.types)
    functions: dict[str, Json] = {name: _function(function) for name, function in interface.functions.items()}
    extras = _extras(interface.docs, interface.stability)
    return {"name": interface.name, "types": types, "functions": functions, **extras, "package": interface.package}


def _function(function: Function) -> Json:
    params: list[Json] = [{"name": param.name, "type": _type(param.type)} for param in function.params]
    result: dict[str, Json] = {} if function.result is None else {"result": _type(function.result)}
    extras = _extras(function.docs, function.stability, function.external_id)
    return {"name": function.name, "kind": _function_kind(function), "params": params, **result, **extras}


def _function_kind(function: Function) -> Json:
    prefix = "async-" if function.is_async else ""
    kind = function.kind
    if isinstance(kind, Constructor):
        return {"constructor": kind.resource}
    accessor = None if kind.accessor is None else f"{kind.accessor.value}ter"
    if isinstance(kind, Freestanding):
        return f"{prefix}freestanding" if accessor is None else accessor
    word = "method" if isinstance(kind, Method) else "static"
    return {f"{prefix}{word}" if accessor is None else f"{word}-{accessor}": kind.resource}


def _definition(definition: TypeDef) -> Json:
    return {
        "name": definition.name,
        "kind": _kind(definition.kind),
        "owner": _owner(definition.owner),
        **_extras(definition.docs, definition.stability, definition.external_id),
    }


def _owner(owner: Owner | None) -> Json:
    if owner is None:
        return None
    return {"interface": owner.id} if isinstance(owner, InterfaceOwner) else {"world": owner.id}


def _type(type_: Type) -> int | str:
    return type_.value if isinstance(type_, Primitive) else type_


def _optional(type_: Type | None) -> Json:
    return None if type_ is None else _type(type_)


def _kind(kind: TypeKind) -> Json:
    match kind:
        case Record(fields):
            return {"record": {"fields": [{"name": f.name, "type": _type(f.type), **_extras(f.docs)} for f in fields]}}
        case Variant(cases):
            return {
                "variant": {"cases": [{"name": c.name, "type": _optional(c.type), **_extras(c.docs)} for c in cases]}
            }
        case EnumType(cases):
            return {"enum": {"cases": [{"name": c.name, **_extras(c.docs)} for c in cases]}}
        case Flags(flags):
            return {"flags": {"flags": [{"name": f.name, **_extras(f.docs)} for f in flags]}}
        case Tuple(types):
            return {"tuple": {"types": [_type(t) for t in types]}}
        case Result(ok, err):
            return {"result": {"ok": _optional(ok), "err": _optional(err)}}
        case Resource():
            return "resource"
        case Own(resource):
            return {"handle": {"own": resource}}
        case Borrow(resource):
            return {"handle": {"borrow": resource}}
        case FixedLengthList(element, size):
            return {"fixed-length-list": [_type(element), size]}
        case Map(key, value):
            return {"map": [_type(key), _type(value)]}
        case Option(type_):
            return {"option": _type(type_)}
        case List(type_):
            return {"list": _type(type_)}
        case Alias(type_):
            return {"type": _type(type_)}
        case Future(payload):
            return {"future": _optional(payload)}
        case Stream(payload):
            return {"stream": _optional(payload)}
