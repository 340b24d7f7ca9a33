"""Exports that are lifted without `async`: the core function, and its post-return (`canon_lift` in CanonicalABI.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.canonical.layout import POINTER_SIZE, Layout, align_to
from generator.canonical.names import export_name, post_return_name
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.values import start_export
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Body
from generator.dylib.code.globals import MEMORY_BASE_INDEX
from generator.dylib.world.functions import FunctionUse
from generator.wasm.code import Mem, Op
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32


@dataclass(frozen=True, slots=True)
class ReturnArea:
    """Memory of the library, as offsets from `__memory_base`, for the call that has returned and whose post-return has
    not run yet: `context` contains its cx, `result` its result. `end` is the first byte after both.

    There is at most one such call. A call writes both places after `wit_dylib_export_call`, the only call that can
    block (popping a value cannot), and the rest until its post-return is one step of `canon_lift`: nothing else of the
    instance runs in between, even if other tasks of the instance are suspended. So the area belongs to that one call,
    and calls that run or wait keep their cx in a local. The shadow stack does not matter: a task hook may move the
    stack pointer.

    A call that returns by `task.return` has no post-return; its cx belongs to its task, and the interpreter keeps it.
    """

    context: int
    result: int
    end: int


def place_return_area(layout: Layout, start: int, exports: Iterable[FunctionUse]) -> ReturnArea:
    """The memory after the first `start` bytes for the synchronous `exports`; none if there are none."""
    context = align_to(start, POINTER_SIZE)
    exports = list(exports)
    if not exports:
        return ReturnArea(context, context, start)
    results = [
        layout.size_and_alignment(use.function.result)
        for use in exports
        if use.function.result is not None and use.signature.result_pointer
    ]
    end = context + POINTER_SIZE
    if not results:
        return ReturnArea(context, end, end)
    result = align_to(end, max([alignment for _, alignment in results]))
    return ReturnArea(context, result, result + max([size for size, _ in results]))


class SyncExports:
    """Writes the functions of synchronous exports."""

    def __init__(self, kit: Kit, area: ReturnArea) -> None:
        self.kit = kit
        self.area = area

    def write_export(self, index: int, use: FunctionUse) -> None:
        """The core function of an export (push the parameters, call, pop the result), and its post-return function."""
        kit = self.kit
        name = export_name(kit.layout.resolve, use.instance.key, use.function)
        core = kit.assembly.declare(name, use.signature.type)
        kit.assembly.export(name, core)
        body = core.body = Body(len(core.type.params))
        cx = start_export(kit, body, index, use)
        body.local_get(cx)
        body.i32_const(index)
        body.call_to(kit.assembly.intrinsic(intrinsics.EXPORT_CALL))
        self.lower_result(body, cx, use)
        self._keep_context(body, cx)
        self.write_post_return(index, use)

    def lower_result(self, body: Body, cx: int, use: FunctionUse) -> None:
        """Leaves the core result on the operand stack."""
        if use.result is None:
            return
        if not use.signature.result_pointer:
            assert not use.result.node.has_pointers, "a string or list is two flat values, too many for a result"
            self.kit.lower.to_flat(body, cx, use.result.node, cx)
            return
        area = body.local(I32)
        body.global_get(MEMORY_BASE_INDEX)
        body.i32_const(self.area.result)
        body.op(Op.I32_ADD)
        body.local_set(area)
        self.kit.lower.to_memory(body, cx, use.result.node, area, 0)
        body.local_get(area)

    def write_post_return(self, index: int, use: FunctionUse) -> None:
        """The function that the caller calls after it has read the result."""
        name = post_return_name(self.kit.layout.resolve, use.instance.key, use.function)
        function = self.kit.assembly.declare(name, FuncType(use.signature.type.results))
        self.kit.assembly.export(name, function)
        body = function.body = Body(len(function.type.params))
        self.finish(body, index)

    def finish(self, body: Body, index: int) -> None:
        """Tells the interpreter that the caller has read the result."""
        body.global_get(MEMORY_BASE_INDEX)
        body.mem(Mem.I32_LOAD, POINTER_SIZE, self.area.context)
        body.i32_const(index)
        body.call_to(self.kit.assembly.intrinsic(intrinsics.EXPORT_FINISH))

    def _keep_context(self, body: Body, cx: int) -> None:
        body.global_get(MEMORY_BASE_INDEX)
        body.local_get(cx)
        body.mem(Mem.I32_STORE, POINTER_SIZE, self.area.context)
