"""Generators that are wrong about memory: its owner, the time when it is freed, and the place of the stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import generator.dylib.adapters.call_area as call_area
import generator.dylib.adapters.sync_exports as sync_exports
import generator.dylib.adapters.values as values
import generator.dylib.code.allocate as allocate
import generator.dylib.code.frame as frame
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.sync_exports import ReturnArea, SyncExports
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.frame import Frames
from generator.dylib.code.lift import Lift
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.types import Node
from generator.wasm.code import Op
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, Member

OWNERSHIP = Table(Area.GENERATOR)
_row = OWNERSHIP.function

I32 = ValType.I32

Original = Callable[..., Any]


@_row(
    "list-leaked",
    Member(Lift, "free_elements"),
    "the memory of a list is not freed after its elements are lifted",
    needs="a list that is lifted element by element",
    shown_by="lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, end: int, length: int) -> None:
    pass


@_row(
    "list-freed-by-count",
    Member(Lift, "free_elements"),
    "a list is freed with the number of its elements as its size in bytes",
    needs="a list of elements of more than a byte that is lifted element by element",
    shown_by="lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, end: int, length: int) -> None:
    _lower_to_start(body, node, end, length)
    original(self, body, cx, replace(node, stride=1), end, length)


def _lower_to_start(body: Body, node: Node, end: int, length: int) -> None:
    """end -= length * (stride - 1), so a stride of 1 leads to the start of the list."""
    body.local_get(end)
    body.local_get(length)
    body.i32_const(node.stride - 1)
    body.op(Op.I32_MUL, Op.I32_SUB)
    body.local_set(end)


@_row(
    "list-freed-with-alignment-1",
    Member(Lift, "free_elements"),
    "a list is freed with an alignment of 1",
    needs="a list of elements aligned to more than 1 that is lifted element by element",
    shown_by="lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, end: int, length: int) -> None:
    original(self, body, cx, replace(node, stride_alignment=1), end, length)


@_row(
    "list-freed-twice",
    Member(Lift, "free_elements"),
    "the memory of a list is freed twice",
    needs="a list that is lifted element by element",
    shown_by="lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, end: int, length: int) -> None:
    count = body.local(I32)
    body.local_get(length)
    body.local_set(count)
    original(self, body, cx, node, end, count)
    original(self, body, cx, node, end, length)
    body.free_local(count)


@_row(
    "spilled-parameters-leaked",
    FunctionOf(values, "lift_params"),
    "the memory in which an export gets its parameters is not freed",
    needs="an exported function with more than 16 flat parameters",
    shown_by="spills",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse) -> None:
    if not use.signature.indirect_params:
        original(kit, body, cx, use)
        return
    offsets = kit.layout.field_offsets([param.type for param in use.function.params])
    for param, offset in zip(use.params, offsets, strict=True):
        kit.lift.from_memory(body, cx, param.node, 0, offset)


@_row(
    "lowered-list-freed-at-once",
    FunctionOf(allocate, "define_allocate"),
    "the memory of a lowered list is freed before it is read (dealloc_bytes without `defer`)",
    needs="two lists that are lowered in one call",
    shown_by="lists",
)
def _(original: Original, assembly: Assembly) -> Func:
    function: Func = original(assembly)
    assert function.body is not None
    free = assembly.intrinsic(intrinsics.DEALLOC_BYTES)
    ((position, _),) = [(at, called) for at, called in function.body.calls if called is free]
    function.body.out[position - 2] = 0  # i32.const 1, call
    return function


@_row(
    "no-post-return",
    Member(SyncExports, "write_post_return"),
    "there is no post-return function, so the interpreter never learns that the result was read",
    needs="an exported function",
    shown_by="numbers",
)
def _(original: Original, self: SyncExports, index: int, use: FunctionUse) -> None:
    pass


@_row(
    "stack-pointer-not-restored",
    Member(Frames, "leave"),
    "an import's frame stays on the stack",
    needs="an imported function with something in memory",
    shown_by="spills",
)
def _(original: Original, self: Frames, body: Body, frame: int, size: int) -> None:
    body.free_local(frame)


@_row(
    "stack-pointer-moved-by-exports",
    Member(SyncExports, "lower_result"),
    "an export makes a frame for its result and never releases it",
    needs="an exported function with a result",
    shown_by="numbers",
)
def _(original: Original, self: SyncExports, body: Body, cx: int, use: FunctionUse) -> None:
    if use.result is not None:
        self.kit.frames.enter(body, cx, use.result.node.size, use.result.node.alignment)
    original(self, body, cx, use)


@_row(
    "stack-pointer-misaligned",
    Here(frame, "align_to"),
    "a frame takes as many bytes as it needs, and the stack pointer loses its alignment",
    needs="an imported function with spilled parameters aligned to 8 and a result of odd size",
    shown_by="results",
)
def _(original: Original, offset: int, alignment: int) -> int:
    return offset


@_row(
    "import-result-unaligned",
    Here(call_area, "align_to"),
    "the area of an import's result begins directly after the spilled parameters",
    needs="an imported function with spilled parameters and a result in memory",
    shown_by="results",
)
def _(original: Original, offset: int, alignment: int) -> int:
    return offset


@_row(
    "export-result-unaligned",
    FunctionOf(sync_exports, "place_return_area"),
    "an export returns an address that is not aligned",
    needs="an exported function with a result in memory that is aligned to more than 2",
    shown_by="results",
)
def _(original: Original, *args: Any) -> ReturnArea:
    area: ReturnArea = original(*args)
    return ReturnArea(area.context, area.result + 2, area.end + 2)


@_row(
    "result-and-context-in-one-place",
    FunctionOf(sync_exports, "place_return_area"),
    "the context of an export's call is stored in the area of its result",
    needs="an exported function with a result in memory",
    shown_by="results",
)
def _(original: Original, *args: Any) -> ReturnArea:
    area: ReturnArea = original(*args)
    return replace(area, context=area.result)
