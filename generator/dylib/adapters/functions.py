"""The adapters of each function of a world, by the way of calling it."""

from __future__ import annotations

from dataclasses import dataclass

from generator.dylib.adapters.async_exports import write_async_export
from generator.dylib.adapters.async_imports import LIFT, START, write_lift, write_start
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.sync_exports import SyncExports
from generator.dylib.adapters.sync_imports import write_import
from generator.dylib.adapters.task_return import write_task_return
from generator.dylib.code.assembly import Assembly, Func
from generator.dylib.world.functions import FunctionUse
from generator.wasm.types import FuncType, ValType

WITH_CONTEXT = FuncType((ValType.I32,))
"""(cx)."""


@dataclass(frozen=True, slots=True)
class Adapters:
    """The functions that the interpreter calls for a function of the world: fields of the wit_t."""

    impl: Func | None = None
    async_impl: Func | None = None
    async_lift_impl: Func | None = None
    task_return: Func | None = None


def declare_adapters(assembly: Assembly, name: str, use: FunctionUse) -> Adapters:
    """`name`: the function's name, for the name section."""
    if use.exported:
        return Adapters(task_return=assembly.declare(f"return {name}", WITH_CONTEXT) if use.is_async else None)
    if not use.is_async:
        return Adapters(impl=assembly.declare(f"import {name}", WITH_CONTEXT))
    return Adapters(
        async_impl=assembly.declare(f"start {name}", START),
        async_lift_impl=assembly.declare(f"lift result {name}", LIFT),
    )


def write_adapters(kit: Kit, sync_exports: SyncExports, index: int, use: FunctionUse, adapters: Adapters) -> None:
    """Bodies of the declared functions, and the functions that the component calls. `index`: the index of an export in
    the wit_t."""
    if adapters.impl is not None:
        write_import(kit, adapters.impl, use)
    if adapters.async_impl is not None:
        write_start(kit, adapters.async_impl, use)
    if adapters.async_lift_impl is not None:
        write_lift(kit, adapters.async_lift_impl, use)
    if adapters.task_return is not None:
        write_async_export(kit, index, use)
        write_task_return(kit, adapters.task_return, use)
    elif use.exported:
        sync_exports.write_export(index, use)
