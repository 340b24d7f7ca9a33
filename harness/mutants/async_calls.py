"""Generators with wrong adapters of asynchronous functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import generator.canonical.flatten as flatten
import generator.dylib.adapters.async_exports as async_exports
import generator.dylib.adapters.async_imports as async_imports
import generator.dylib.adapters.call_area as places
import generator.dylib.adapters.task_return as task_return
from generator.canonical.flatten import Flattening
from generator.canonical.layout import Layout
from generator.canonical.names import ROOT, ImportName, callback_name, task_return_name
from generator.dylib.adapters.call_area import CallArea
from generator.dylib.adapters.kit import Kit
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Body, Func
from generator.dylib.code.frame import Frames
from generator.dylib.wit_t.encoder import Encoder, FunctionEntry
from generator.dylib.world.functions import FunctionUse
from generator.resolved.model import Function, InterfaceKey, Resolve, WorldKey
from generator.wasm.types import FuncType, ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, Member

ASYNC_CALLS = Table(Area.GENERATOR)
_row = ASYNC_CALLS.function

I32 = ValType.I32

Original = Callable[..., Any]
Slice = tuple[int, int | None]


# Imports


@_row(
    "async-result-not-aligned",
    FunctionOf(places, "async_call_area"),
    "the result of an asynchronous import lies behind the parameters without alignment",
    needs="more than four parameters of an asynchronous import, and a result of a larger alignment",
    shown_by="async-calls",
)
def _(original: Original, layout: Layout, use: FunctionUse) -> CallArea:
    area: CallArea = original(layout, use)
    if not use.signature.indirect_params or not use.signature.result_pointer:
        return area
    return replace(area, result_at=layout.record([param.type for param in use.function.params])[0])


@_row(
    "async-area-one-word-short",
    FunctionOf(places, "async_call_area"),
    "the area of an asynchronous call is one word too small",
    needs="an asynchronous import with a result of at least one word",
    shown_by="async-calls",
)
def _(original: Original, layout: Layout, use: FunctionUse) -> CallArea:
    area: CallArea = original(layout, use)
    return replace(area, size=max(area.size - 4, 0))


@_row(
    "async-area-of-no-size",
    Member(Encoder, "write_import"),
    "the interpreter is told that asynchronous calls need no area",
    needs="an asynchronous import with a result",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, area=(0, entry.area[1])), params)


@_row(
    "async-area-of-alignment-1",
    Member(Encoder, "write_import"),
    "the interpreter is told that the area of an asynchronous call needs no alignment",
    needs="an asynchronous import with a result of an alignment above 1",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, area=(entry.area[0], min(entry.area[1], 1))), params)


@_row(
    "async-result-lifted-from-the-start",
    Here(async_imports, "lift_result"),
    "the result of an asynchronous import is lifted from the start of the area",
    needs="more than four parameters of an asynchronous import, and a result",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int, result_at: int) -> None:
    original(kit, body, cx, use, area, 0)


@_row(
    "async-result-lifted-twice",
    Here(async_imports, "lift_result"),
    "the result of an asynchronous import is lifted twice",
    needs="an asynchronous import with a result",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int, result_at: int) -> None:
    for _ in range(2):
        original(kit, body, cx, use, area, result_at)


@_row(
    "async-result-never-lifted",
    Here(async_imports, "lift_result"),
    "the result of an asynchronous import is not lifted",
    needs="an asynchronous import with a result",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int, result_at: int) -> None:
    pass


@_row(
    "async-parameters-exchanged-in-the-area",
    Here(async_imports, "lower_params"),
    "the first two parameters of an asynchronous import are exchanged in the area",
    needs="more than four parameters of an asynchronous import, the first two of one type",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int) -> None:
    params = use.function.params
    if not use.signature.indirect_params or len(params) < 2 or params[0].type != params[1].type:
        original(kit, body, cx, use, area)
        return
    offsets = kit.layout.field_offsets([param.type for param in params])
    for param, offset in zip(use.params, [offsets[1], offsets[0], *offsets[2:]], strict=False):
        kit.lower.to_memory(body, cx, param.node, area, offset)
    body.local_get(area)


class _KeptFrames(Frames):
    """Frames that are never released."""

    def leave(self, body: Body, frame: int, size: int) -> None:
        body.free_local(frame)


@_row(
    "async-import-keeps-its-frame",
    FunctionOf(async_imports, "write_start"),
    "the adapter of an asynchronous import does not restore the stack pointer",
    needs="an asynchronous import with a string or list and up to four flat parameters",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, adapter: Func, use: FunctionUse) -> None:
    frames = _KeptFrames(kit.assembly, kit.frames.place)
    original(replace(kit, frames=frames), adapter, use)
    kit.frames.uses_global |= frames.uses_global


ASYNC_CALLS.value(
    "async-import-of-five-flat-parameters",
    Here(flatten, "MAX_FLAT_ASYNC_PARAMS"),
    5,
    "an asynchronous import has up to five flat parameters",
    needs="five flat parameters of an asynchronous import",
    shown_by="async-calls",
)


@_row(
    "async-impl-missing",
    Member(Encoder, "write_import"),
    "the interpreter gets no adapter that starts an asynchronous call",
    needs="an asynchronous import",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, async_impl=None), params)


@_row(
    "impl-of-async-import",
    Member(Encoder, "write_import"),
    "an asynchronous import also has a synchronous adapter, which is the asynchronous one",
    needs="an asynchronous import",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, impl=entry.async_impl if entry.impl is None else entry.impl), params)


@_row(
    "async-lift-impl-missing-without-result",
    Member(Encoder, "write_import"),
    "the interpreter gets no adapter that lifts the result of an asynchronous import without a result",
    needs="an asynchronous import without a result",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, async_lift_impl=None) if entry.result is None else entry, params)


@_row(
    "async-impls-exchanged",
    Member(Encoder, "write_import"),
    "asynchronous imports have the adapters of the import before them",
    needs="two asynchronous imports of one signature",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    place = entry.async_impl
    original(self, replace(entry, async_impl=place - 2 if place is not None and place >= 2 else place), params)


@_row(
    "async-impl-of-the-first-import",
    Member(Encoder, "write_import"),
    "every asynchronous import starts as the first one",
    needs="two asynchronous imports",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    if entry.async_impl is not None:
        entry = replace(entry, async_impl=self.__dict__.setdefault("first_async_impl", entry.async_impl))
    original(self, entry, params)


# Exports


@_row(
    "task-return-missing",
    Member(Encoder, "write_export"),
    "the interpreter gets no adapter that returns from an asynchronous export",
    needs="an asynchronous export",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, task_return=None), params)


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
    frames = _KeptFrames(kit.assembly, kit.frames.place)
    original(replace(kit, frames=frames), adapter, use)
    kit.frames.uses_global |= frames.uses_global


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
