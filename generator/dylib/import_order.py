"""The order of a library's imports.

The order is free. Linkers describe the types of an imported interface in the order in which its core functions reach
them, so the order of the world's items, which is also the reference's order, makes components that print as the same
WIT.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.canonical.flatten import AsyncAbi
from generator.canonical.names import ImportName, Intrinsic, import_name, resource_import_name
from generator.dylib.code.assembly import Func
from generator.dylib.code.intrinsics import ENV
from generator.resolved.model import Function, FunctionItem, InterfaceItem, Resolve, TypeItem, World, WorldKey
from generator.resolved.types import Resource, TypeId


def in_world_order(imports: Sequence[Func], resolve: Resolve, world: World) -> list[Func]:
    """The interpreter's functions, then the world's imports in its order, then built-ins for its exports."""
    ranks = {name: rank for rank, name in enumerate(_names(resolve, world))}

    def rank(function: Func) -> int:
        assert function.import_name is not None, "an import"
        return -1 if function.import_name[0] == ENV else ranks.get(function.import_name, len(ranks))

    return sorted(imports, key=rank)


def _names(resolve: Resolve, world: World) -> Iterator[ImportName]:
    """Functions of an interface come before the built-ins of its resources."""
    for key, item in world.imports.items():
        match item:
            case InterfaceItem(id):
                interface = resolve.interfaces[id]
                for function in interface.functions.values():
                    yield from _lowered(resolve, key, function)
                yield from _drops(resolve, key, interface.types.values())
            case TypeItem(id):
                yield from _drops(resolve, None, [id])
            case FunctionItem(function):
                yield from _lowered(resolve, None, function)


def _lowered(resolve: Resolve, key: WorldKey | None, function: Function) -> Iterator[ImportName]:
    """However it is lowered: only one of the names is imported."""
    for abi in (AsyncAbi.SYNC, AsyncAbi.CALLBACK):
        yield import_name(resolve, key, function, abi)


def _drops(resolve: Resolve, key: WorldKey | None, types: Iterable[TypeId]) -> Iterator[ImportName]:
    for id in types:
        if isinstance(resolve.types[id].kind, Resource):
            yield resource_import_name(resolve, key, id, Intrinsic.DROP, exported=False)
