"""A world without what only asynchronous code can run: the rest of it is still worth a run."""

from __future__ import annotations

from generator.wit.model import (
    Function,
    FunctionItem,
    Future,
    InterfaceItem,
    Resolve,
    Stream,
    Type,
    TypeItem,
    WorldId,
)
from harness.toolchains.type_parts import parts


def narrow(resolve: Resolve, world: WorldId) -> tuple[str, ...]:
    """Take async functions, and all that mentions streams and futures, out of every interface and world.

    Returns what `world` lost, each with the reason; where nothing is lost, `resolve` is as it was.
    """
    asynchronous = _asynchronous_types(resolve)
    lost = _lost_functions(resolve, world, asynchronous)
    if not lost:
        return ()
    for interface in resolve.interfaces:
        for name, function in list(interface.functions.items()):
            if _why(function, asynchronous):
                del interface.functions[name]
        for name, type in list(interface.types.items()):
            if asynchronous[type]:
                del interface.types[name]
    for other in resolve.worlds:
        for items in (other.imports, other.exports):
            for key, item in list(items.items()):
                if (isinstance(item, FunctionItem) and _why(item.function, asynchronous)) or (
                    isinstance(item, TypeItem) and asynchronous[item.id]
                ):
                    del items[key]
    return tuple(lost)


def _asynchronous_types(resolve: Resolve) -> list[bool]:
    """For each type whether it contains a stream or a future; definitions come before their uses in the arena."""
    found: list[bool] = []
    for definition in resolve.types:
        kind = definition.kind
        inside = any(isinstance(part, int) and found[part] for part in parts(kind))
        found.append(isinstance(kind, Future | Stream) or inside)
    return found


def _lost_functions(resolve: Resolve, world: WorldId, asynchronous: list[bool]) -> list[str]:
    lost: dict[str, None] = {}
    subject = resolve.worlds[world]
    for items in (subject.imports, subject.exports):
        for key, item in items.items():
            owner = "-"
            functions: list[Function] = []
            if isinstance(item, InterfaceItem):
                owner = resolve.world_key_name(key)
                functions = list(resolve.interfaces[item.id].functions.values())
            elif isinstance(item, FunctionItem):
                functions = [item.function]
            for function in functions:
                why = _why(function, asynchronous)
                if why:
                    lost[f"{owner}#{function.name}: {why}"] = None
    return list(lost)


def _why(function: Function, asynchronous: list[bool]) -> str | None:
    if function.is_async:
        return "async"
    types: list[Type | None] = [*(param.type for param in function.params), function.result]
    if any(isinstance(type, int) and asynchronous[type] for type in types):
        return "async (a stream or future in its type)"
    return None
