"""The functions of a world, with the resolved types of their parameters and results.

The order is that of the world, and of the arrays in the wit_t (wit_dylib.h; the order comes from the reference)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.canonical.flatten import AsyncAbi, Context, CoreSignature
from generator.dylib.world.async_filter import AsyncChoice, AsyncFilters
from generator.dylib.world.direction import Direction
from generator.dylib.world.type_table import TypeTable, TypeUse
from generator.resolved.instances import InterfaceInstance
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceItem,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)


@dataclass(frozen=True, slots=True)
class FunctionUse:
    """An imported or exported function, and how it is lowered or lifted."""

    instance: InterfaceInstance
    exported: bool
    function: Function
    params: tuple[TypeUse, ...]
    result: TypeUse | None
    signature: CoreSignature
    async_abi: AsyncAbi = AsyncAbi.SYNC
    """`CALLBACK` if the function is lowered or lifted with the option `async`."""
    task_return: CoreSignature | None = None
    """For an async export: the signature of `task.return`, whose parameters are the result."""

    @property
    def is_async(self) -> bool:
        """Whether the option `async` is used, regardless of the function's type."""
        return self.async_abi is not AsyncAbi.SYNC


@dataclass(frozen=True, slots=True)
class WorldFunctions:
    imports: tuple[FunctionUse, ...]
    exports: tuple[FunctionUse, ...]

    @property
    def all(self) -> tuple[FunctionUse, ...]:
        return self.imports + self.exports


def world_functions(table: TypeTable, world: World, filters: AsyncFilters) -> WorldFunctions:
    """Look up all types and functions of a world, in its order.

    Types of interfaces are looked up even if no function uses them: the interpreter gives them names. Raises
    GeneratorError for a filter that decides nothing.
    """
    choice = filters.start()
    imports = tuple(_functions(table, world.imports, Context.LOWER, choice))
    exports = tuple(_functions(table, world.exports, Context.LIFT, choice))
    choice.ensure_all_used()
    return WorldFunctions(imports, exports)


def _functions(
    table: TypeTable, items: dict[WorldKey, WorldItem], context: Context, choice: AsyncChoice
) -> Iterator[FunctionUse]:
    instances = table.instances.exports if context is Context.LIFT else table.instances.imports
    for key, item in items.items():
        match item:
            case InterfaceItem(interface):
                instance = instances[key]
                for id in table.resolve.interfaces[interface].types.values():
                    table.use(id, instance)
                for function in table.resolve.interfaces[interface].functions.values():
                    yield _function(table, instance, function, context, choice)
            case FunctionItem(function):
                yield _function(table, table.instances.root, function, context, choice)
            case TypeItem(id):
                table.use(id, table.instances.root)


def _function(
    table: TypeTable, instance: InterfaceInstance, function: Function, context: Context, choice: AsyncChoice
) -> FunctionUse:
    exported = context is Context.LIFT
    direction = Direction.EXPORT if exported else Direction.IMPORT
    is_async = choice.is_async(table.resolve, instance.key, function, direction)
    abi = AsyncAbi.CALLBACK if is_async else AsyncAbi.SYNC
    return FunctionUse(
        instance,
        exported,
        function,
        tuple([table.use(param.type, instance) for param in function.params]),
        None if function.result is None else table.use(function.result, instance),
        table.flattening.flatten_functype(function, context, abi),
        abi,
        table.flattening.task_return_type(function) if is_async and exported else None,
    )
