"""Generators with wrong adapters of asynchronous exports: their starts, returns and callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import generator.dylib.adapters.async_exports as async_exports
import generator.dylib.adapters.task_return as task_return
from generator.canonical.flatten import Flattening
from generator.canonical.names import ROOT, ImportName, callback_name, task_return_name
from generator.dylib.adapters.kit import Kit
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Body, Func
from generator.dylib.world.functions import FunctionUse
from generator.resolved.model import Function, InterfaceKey, Resolve, WorldKey
from generator.wasm.types import FuncType, ValType
from harness.mutants.kept_frames import write_without_leaving
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here

ASYNC_EXPORTS = Table(Area.GENERATOR)
_row = ASYNC_EXPORTS.function

I32 = ValType.I32

Original = Callable[..., Any]


@_row(
    "task-return-of-another-function",
    Here(task_return, "task_return_name"),
    "an asynchronous export returns as the first function of its interface with such a core result",
    needs="two asynchronous exports with results of different types and one core type",
    shown_by="async-calls",
)
def _(original: Original, resolve: Resolve, key: WorldKey | None, function: Function) -> ImportName:
    if isinstance(key, InterfaceKey):
        types = Flattening(resolve)
        own = types.task_return_type(function)
        others = resolve.interfaces[key.id].functions.values()
        function = next(other for other in others if types.task_return_type(other) == own)
    name: ImportName = original(resolve, key, function)
    return name


@_row(
    "task-return-keeps-its-frame",
    FunctionOf(task_return, "write_task_return"),
    "the stack pointer is left moved by `task.return`",
    needs="an asynchronous export with a result in memory",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, adapter: Func, use: FunctionUse) -> None:
    write_without_leaving(original, kit, adapter, use)


@_row(
    "task-return-before-the-pop",
    FunctionOf(task_return, "write_task_return"),
    "a result in memory is popped after `task.return`",
    needs="an asynchronous export with a result of more than sixteen flat values",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, adapter: Func, use: FunctionUse) -> None:
    core = use.task_return
    if use.result is None or core is None or not core.indirect_params:
        original(kit, adapter, use)
        return
    node = use.result.node
    body = adapter.body = Body(1)
    frame = kit.frames.enter(body, 0, node.size, node.alignment)
    body.local_get(frame)
    name = task_return_name(kit.layout.resolve, use.instance.key, use.function)
    body.call_to(kit.assembly.import_function(name, core.type))
    kit.lower.to_memory(body, 0, node, frame, 0)
    kit.frames.leave(body, frame, node.size)


@_row(
    "async-export-starts-as-another",
    Here(async_exports, "start_export"),
    "an asynchronous export starts as the export before it",
    needs="two exports, the second of which is asynchronous",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, index: int, use: FunctionUse) -> int:
    cx: int = original(kit, body, max(index - 1, 0), use)
    return cx


@_row(
    "async-export-frees-its-parameters-twice",
    Here(async_exports, "start_export"),
    "the memory of an asynchronous export's parameters is freed twice",
    needs="an asynchronous export of more than sixteen flat parameters",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, index: int, use: FunctionUse) -> int:
    cx: int = original(kit, body, index, use)
    if use.signature.indirect_params:
        body.local_get(cx)
        body.local_get(0)
        for value in (*kit.layout.record([param.type for param in use.function.params]), 0):
            body.i32_const(value)
        body.call_to(kit.assembly.intrinsic(intrinsics.DEALLOC_BYTES))
    return cx


@_row(
    "callback-of-another-export",
    FunctionOf(async_exports, "write_callback"),
    "a callback tells the interpreter the index of the export before it",
    needs="two exports, the second of which waits",
    shown_by="async-waits",
)
def _(original: Original, kit: Kit, index: int, use: FunctionUse) -> None:
    original(kit, max(index - 1, 0), use)


def _callback(kit: Kit, index: int, use: FunctionUse, arguments: tuple[int | None, ...], *, clears: bool) -> None:
    """A callback with these parameters as its arguments (None: 0), which perhaps clears the context slot first."""
    name = callback_name(kit.layout.resolve, use.instance.key, use.function)
    callback = kit.assembly.declare(name, async_exports.CALLBACK)
    kit.assembly.export(name, callback)
    body = callback.body = Body(len(async_exports.CALLBACK.params))
    if clears:
        body.i32_const(0)
        body.call_to(kit.assembly.import_function((ROOT, "[context-set-0]"), FuncType((I32,))))
    for argument in arguments:
        if argument is None:
            body.i32_const(0)
        else:
            body.local_get(argument)
    body.i32_const(index)
    body.call_to(kit.assembly.intrinsic(intrinsics.EXPORT_ASYNC_CALLBACK))


@_row(
    "callback-arguments-exchanged",
    FunctionOf(async_exports, "write_callback"),
    "a callback passes the handle as the event, and the event as the handle",
    needs="an asynchronous export that awaits a call or a copy",
    shown_by="async-streams",
)
def _(original: Original, kit: Kit, index: int, use: FunctionUse) -> None:
    _callback(kit, index, use, (1, 0, 2), clears=False)


@_row(
    "callback-without-payload",
    FunctionOf(async_exports, "write_callback"),
    "a callback passes 0 as the payload of each event",
    needs="an asynchronous export that awaits a call or a copy",
    shown_by="async-streams",
)
def _(original: Original, kit: Kit, index: int, use: FunctionUse) -> None:
    _callback(kit, index, use, (0, 1, None), clears=False)


@_row(
    "callback-clears-the-context-slot",
    FunctionOf(async_exports, "write_callback"),
    "a callback clears context slot 0, which belongs to the interpreter",
    needs="an asynchronous export that waits",
    shown_by="async-waits",
)
def _(original: Original, kit: Kit, index: int, use: FunctionUse) -> None:
    _callback(kit, index, use, (0, 1, 2), clears=True)
