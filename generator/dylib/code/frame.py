"""Memory of one call: on the shadow stack, or from `cabi_realloc` if it would be too much for a stack
(tool-conventions, BasicCABI.md, "The linear stack")."""

from __future__ import annotations

from generator.canonical.layout import align_to
from generator.canonical.names import ROOT
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.globals import STACK_POINTER_INDEX
from generator.dylib.world.options import StackPointer
from generator.wasm.code import Op
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32

STACK_ALIGNMENT = 16
"""Alignment of the stack pointer (the C ABI of the tools)."""

LARGEST_ON_STACK = 1 << 14
"""Bytes. Fixed-length lists can be larger than any stack."""


class Frames:
    """Makes frames in function bodies."""

    def __init__(self, assembly: Assembly, place: StackPointer) -> None:
        self.assembly = assembly
        self.place = place
        self.uses_global = False
        self._get: Func | None = None
        self._set: Func | None = None

    def enter(self, body: Body, cx: int, size: int, alignment: int) -> int:
        """Code that makes a frame; the local with its address."""
        frame = body.local(I32)
        if size > LARGEST_ON_STACK:
            self._allocate(body, cx, frame, size, alignment)
            return frame
        self._get_stack_pointer(body)
        body.i32_const(align_to(size, STACK_ALIGNMENT))
        body.op(Op.I32_SUB)
        body.local_tee(frame)
        self.set_stack_pointer(body)
        return frame

    def leave(self, body: Body, frame: int, size: int) -> None:
        """Code that releases the frame; allocated memory is freed with the context."""
        if size <= LARGEST_ON_STACK:
            body.address(frame, align_to(size, STACK_ALIGNMENT))
            self.set_stack_pointer(body)
        body.free_local(frame)

    def _allocate(self, body: Body, cx: int, frame: int, size: int, alignment: int) -> None:
        for value in (0, 0, alignment, size):
            body.i32_const(value)
        body.call_to(self.assembly.intrinsic(intrinsics.REALLOC))
        body.local_set(frame)
        body.local_get(cx)
        body.local_get(frame)
        for value in (size, alignment, 1):
            body.i32_const(value)
        body.call_to(self.assembly.intrinsic(intrinsics.DEALLOC_BYTES))

    def _get_stack_pointer(self, body: Body) -> None:
        if self.place is StackPointer.GLOBAL:
            self.uses_global = True
            body.global_get(STACK_POINTER_INDEX)
            return
        if self._get is None:
            self._get = self.assembly.import_function((ROOT, "[context-get-0]"), FuncType((), (I32,)))
        body.call_to(self._get)

    def set_stack_pointer(self, body: Body) -> None:
        if self.place is StackPointer.GLOBAL:
            body.global_set(STACK_POINTER_INDEX)
            return
        if self._set is None:
            self._set = self.assembly.import_function((ROOT, "[context-set-0]"), FuncType((I32,)))
        body.call_to(self._set)
