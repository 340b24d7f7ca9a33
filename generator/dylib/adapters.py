"""The functions between the component and the interpreter: one for each import, two for each export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.canonical.layout import POINTER_SIZE, Layout, align_to
from generator.canonical.names import export_name, import_name, post_return_name
from generator.dylib import intrinsics
from generator.dylib.assembly import Assembly, Body, Func
from generator.dylib.frame import Frames
from generator.dylib.functions import FunctionUse
from generator.dylib.lift import Lift
from generator.dylib.lower import Lower
from generator.dylib.output import MEMORY_BASE_INDEX
from generator.wasm.code import Mem, Op
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32

SLOT_SIZE = 2 * POINTER_SIZE
"""Where the interpreter leaves an address; with the length beside it, a list in memory."""


@dataclass(frozen=True, slots=True)
class Statics:
    """Memory of the library, as offsets from `__memory_base`.

    `context` holds cx from the return of a synchronous export until its post-return, `result` the export's result.
    Nothing else of the instance runs in between (CanonicalABI.md, `canon_lift`), so one place is enough for all
    exports, and it does not matter what the shadow stack does: a task hook may move the stack pointer.
    """

    context: int
    result: int
    end: int


def place_statics(layout: Layout, start: int, exports: Sequence[FunctionUse]) -> Statics:
    """The memory behind the first `start` bytes."""
    context = align_to(start, POINTER_SIZE)
    if not exports:
        return Statics(context, context, start)
    results = [
        layout.size_and_alignment(use.function.result)
        for use in exports
        if use.function.result is not None and use.signature.result_pointer
    ]
    end = context + POINTER_SIZE
    if not results:
        return Statics(context, end, end)
    result = align_to(end, max([alignment for _, alignment in results]))
    return Statics(context, result, result + max([size for size, _ in results]))


class Adapters:
    """Writes the functions into an assembly."""

    def __init__(self, assembly: Assembly, layout: Layout, lift: Lift, lower: Lower, frames: Frames, statics: Statics):
        self.assembly = assembly
        self.resolve = layout.resolve
        self.layout = layout
        self.lift = lift
        self.lower = lower
        self.frames = frames
        self.statics = statics
        self._finish: Func | None = None

    def write_import(self, adapter: Func, use: FunctionUse) -> None:
        """`wit_import_fn_t`: pop the arguments, call, push the result."""
        signature = use.signature
        body = adapter.body = Body(1)
        cx = 0
        param_types = [param.type for param in use.function.params]
        params_size, alignment = self.layout.record(param_types) if signature.indirect_params else (0, 1)
        result_at, size = params_size, params_size
        if signature.result_pointer:
            assert use.result is not None
            result_at = align_to(params_size, use.result.node.alignment)
            size = result_at + use.result.node.size
            alignment = max(alignment, use.result.node.alignment)
        if not signature.indirect_params and any(param.node.has_pointers for param in use.params):
            size, alignment = max(size, SLOT_SIZE), max(alignment, POINTER_SIZE)
        frame = self.frames.enter(body, cx, size, alignment) if size else cx
        if signature.indirect_params:
            for param, offset in zip(use.params, self.layout.field_offsets(param_types), strict=True):
                self.lower.to_memory(body, cx, param.node, frame, offset)
            body.local_get(frame)
        else:  # the result's place, or one made for it, serves as the slot: the result comes later
            for param in use.params:
                self.lower.to_flat(body, cx, param.node, frame)
        if signature.result_pointer:
            body.address(frame, result_at)
        name = import_name(self.resolve, use.instance.key, use.function)
        body.call_to(self.assembly.import_function(name, signature.type))
        if use.result is not None:
            if signature.result_pointer:
                self.lift.from_memory(body, cx, use.result.node, frame, result_at)
            else:
                locals = [(body.local(type), type) for type in signature.type.results]
                for local, _ in locals:
                    body.local_set(local)
                self.lift.from_flat(body, cx, use.result.node, locals)
        if size:
            self.frames.leave(body, frame, size)

    def write_export(self, index: int, use: FunctionUse) -> None:
        """The core function of an export: push the parameters, call, pop the result. And its post-return function."""
        name = export_name(self.resolve, use.instance.key, use.function)
        core = self.assembly.declare(name, use.signature.type)
        self.assembly.export(name, core)
        body = core.body = Body(len(core.type.params))
        cx = body.local(I32)
        body.i32_const(index)
        body.call_to(self.assembly.intrinsic(intrinsics.EXPORT_START))
        body.local_set(cx)
        self._lift_params(body, cx, use)
        body.local_get(cx)
        body.i32_const(index)
        body.call_to(self.assembly.intrinsic(intrinsics.EXPORT_CALL))
        self._lower_result(body, cx, use)
        body.global_get(MEMORY_BASE_INDEX)
        body.local_get(cx)
        body.mem(Mem.I32_STORE, POINTER_SIZE, self.statics.context)
        self._write_post_return(index, use)

    def _lift_params(self, body: Body, cx: int, use: FunctionUse) -> None:
        types = use.signature.type.params
        if not use.signature.indirect_params:
            start = 0
            for param in use.params:
                assert param.node.flat is not None
                end = start + len(param.node.flat)
                self.lift.from_flat(body, cx, param.node, [(local, types[local]) for local in range(start, end)])
                start = end
            return
        param_types = [param.type for param in use.function.params]
        for param, offset in zip(use.params, self.layout.field_offsets(param_types), strict=True):
            self.lift.from_memory(body, cx, param.node, 0, offset)
        body.local_get(cx)
        body.local_get(0)
        for value in (*self.layout.record(param_types), 0):  # the caller allocated it with cabi_realloc
            body.i32_const(value)
        body.call_to(self.assembly.intrinsic(intrinsics.DEALLOC_BYTES))

    def _lower_result(self, body: Body, cx: int, use: FunctionUse) -> None:
        """Leaves the core result on the operand stack."""
        if use.result is None:
            return
        if not use.signature.result_pointer:
            assert not use.result.node.has_pointers, "a string or list is two flat values, too many for a result"
            self.lower.to_flat(body, cx, use.result.node, cx)
            return
        area = body.local(I32)
        body.global_get(MEMORY_BASE_INDEX)
        body.i32_const(self.statics.result)
        body.op(Op.I32_ADD)
        body.local_set(area)
        self.lower.to_memory(body, cx, use.result.node, area, 0)
        body.local_get(area)

    def _write_post_return(self, index: int, use: FunctionUse) -> None:
        name = post_return_name(self.resolve, use.instance.key, use.function)
        function = self.assembly.declare(name, FuncType(use.signature.type.results))
        self.assembly.export(name, function)
        body = function.body = Body(len(function.type.params))
        body.i32_const(index)
        body.call_to(self._export_finish())

    def _export_finish(self) -> Func:
        """(index of the export): tells the interpreter that the caller has read the result."""
        if self._finish is None:
            self._finish = self.assembly.declare("finish export", FuncType((I32,)))
            body = self._finish.body = Body(1)
            body.global_get(MEMORY_BASE_INDEX)
            body.mem(Mem.I32_LOAD, POINTER_SIZE, self.statics.context)
            body.local_get(0)
            body.call_to(self.assembly.intrinsic(intrinsics.EXPORT_FINISH))
        return self._finish
