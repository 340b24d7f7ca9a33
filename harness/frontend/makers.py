"""Additional functions of the provider: they return resources that no function under test returns.

A world like `wasi:http/proxy` exports functions whose arguments only a host can make. The driver gets these arguments
from the provider, which defines the resources.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.resolved.model import (
    Freestanding,
    Function,
    Interface,
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Resolve,
    TypeDef,
    World,
)
from generator.resolved.types import Alias, Own, Resource, Type, TypeId
from generator.wit.package_context import PackageContext
from harness.frontend.type_parts import parts

MAKERS = "makers"


def unreturned(resolve: Resolve, subject: World, driver: World) -> list[TypeId]:
    """Resources that the driver knows from the subject's imports and that no imported function returns."""
    returned: set[TypeId] = set()
    seen: set[TypeId] = set()
    for item in subject.imports.values():
        if isinstance(item, InterfaceItem):
            functions = resolve.interfaces[item.id].functions.values()
            _collect(resolve, [function.result for function in functions], returned, seen)
    found = []
    for key, item in driver.imports.items():
        if isinstance(key, InterfaceKey) and isinstance(item, InterfaceItem) and key not in subject.exports:
            for type in resolve.interfaces[item.id].types.values():
                if isinstance(resolve.types[type].kind, Resource) and type not in returned:
                    found.append(type)
    return found


def _collect(resolve: Resolve, types: Iterable[Type | None], returned: set[TypeId], seen: set[TypeId]) -> None:
    pending = [type for type in types if isinstance(type, int)]
    while pending:
        id = pending.pop()
        if id in seen:
            continue
        seen.add(id)
        kind = resolve.types[id].kind
        if isinstance(kind, Own):
            target = kind.resource
            while isinstance(alias := resolve.types[target].kind, Alias) and isinstance(alias.type, int):
                target = alias.type
            returned.add(target)
        pending += [part for part in parts(kind) if isinstance(part, int)]


def makers_interface(context: PackageContext, resources: Iterable[TypeId]) -> InterfaceId:
    """An inline interface with a function for each resource."""
    resolve = context.resolve
    id = InterfaceId(len(resolve.interfaces))
    interface = Interface(None, context.package_id, {}, {})
    resolve.interfaces.append(interface)
    for index, resource in enumerate(resources):
        name = f"made{index}"
        alias = context.add_type(TypeDef(name, Alias(resource), InterfaceOwner(id)))
        interface.types[name] = alias
        result = context.add_type(TypeDef(None, Own(alias), None))
        interface.functions[f"make{index}"] = Function(f"make{index}", Freestanding(), (), result)
    return id
