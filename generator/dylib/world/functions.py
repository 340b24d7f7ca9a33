"""The functions of a world, with the resolved types of their parameters and results.

The order is that of the world, and of the arrays in the wit_t (wit_dylib.h; the order comes from the reference)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.canonical.flatten import Context, CoreSignature
from generator.dylib.world.async_filter import Direction
from generator.dylib.world.type_table import TypeTable, Use
from generator.resolved.instances import Instance
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceItem,
    Resolve,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)


@dataclass(frozen=True, slots=True)
class FunctionUse:
    """An imported or exported function."""

    instance: Instance
    exported: bool
    function: Function
    params: tuple[Use, ...]
    result: Use | None
    signature: CoreSignature


@dataclass(frozen=True, slots=True)
class WorldFunctions:
    imports: tuple[FunctionUse, ...]
    exports: tuple[FunctionUse, ...]

    @property
    def all(self) -> tuple[FunctionUse, ...]:
        return self.imports + self.exports


def world_functions(table: TypeTable, world: World) -> WorldFunctions:
    """Look up all types and functions of a world, in its order.

    Types of interfaces are resolved even if no function uses them: the interpreter gives them names.
    """
    return WorldFunctions(
        tuple(_functions(table, world.imports, Context.LOWER)), tuple(_functions(table, world.exports, Context.LIFT))
    )


def _functions(table: TypeTable, items: dict[WorldKey, WorldItem], context: Context) -> Iterator[FunctionUse]:
    instances = table.instances.exports if context is Context.LIFT else table.instances.imports
    for key, item in items.items():
        match item:
            case InterfaceItem(interface):
                instance = instances[key]
                for id in table.resolve.interfaces[interface].types.values():
                    table.use(id, instance)
                for function in table.resolve.interfaces[interface].functions.values():
                    yield _function(table, instance, function, context)
            case FunctionItem(function):
                yield _function(table, table.instances.root, function, context)
            case TypeItem(id):
                table.use(id, table.instances.root)


def _function(table: TypeTable, instance: Instance, function: Function, context: Context) -> FunctionUse:
    return FunctionUse(
        instance,
        context is Context.LIFT,
        function,
        tuple([table.use(param.type, instance) for param in function.params]),
        None if function.result is None else table.use(function.result, instance),
        table.flattening.flatten_functype(function, context),
    )


def all_functions(resolve: Resolve, world: World) -> Iterator[tuple[WorldKey | None, Function, Direction]]:
    """Every function of a world with the key of its interface, imports first."""
    for direction, items in ((Direction.IMPORT, world.imports), (Direction.EXPORT, world.exports)):
        for key, item in items.items():
            if isinstance(item, FunctionItem):
                yield None, item.function, direction
            elif isinstance(item, InterfaceItem):
                for function in resolve.interfaces[item.id].functions.values():
                    yield key, function, direction
