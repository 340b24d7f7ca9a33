"""Code that lifts: core values, or values in memory, become values on the interpreter's stack
(CanonicalABI.md, `lift_flat` and `load`; the calls are those of wit_dylib.h)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from generator.canonical.layout import POINTER_SIZE, discriminant_size
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.branches import branch_on_case
from generator.dylib.code.elements import visit_elements, visit_elements_unrolled
from generator.dylib.code.helpers import Helpers
from generator.dylib.code.intrinsics import core_type, push
from generator.dylib.code.joined import Source, get_flat
from generator.dylib.code.plan import Mode, unrolls
from generator.dylib.code.products import visit_parts
from generator.dylib.world.types import Kind, Node, Passing
from generator.wasm.code import Mem, Op
from generator.wasm.types import ValType

I32 = ValType.I32

LOADS = {
    Kind.U8: Mem.I32_LOAD8_U,
    Kind.BOOL: Mem.I32_LOAD8_U,
    Kind.S8: Mem.I32_LOAD8_S,
    Kind.U16: Mem.I32_LOAD16_U,
    Kind.S16: Mem.I32_LOAD16_S,
    Kind.U64: Mem.I64_LOAD,
    Kind.S64: Mem.I64_LOAD,
    Kind.F32: Mem.F32_LOAD,
    Kind.F64: Mem.F64_LOAD,
}
_LOAD_SIZE = {1: Mem.I32_LOAD8_U, 2: Mem.I32_LOAD16_U, 4: Mem.I32_LOAD}


class Lift:
    """Appends to bodies. `cx` is the local of the context; addresses are a local and a constant offset.

    Each shape has a lifting method with a public name: a seam (docs/house.md).
    """

    def __init__(self, assembly: Assembly, helpers: Helpers) -> None:
        self.assembly = assembly
        self.helpers = helpers

    def write_helper(self, function: Func, node: Node, mode: Mode) -> None:
        body = function.body = Body(len(function.type.params))
        if mode is Mode.LIFT_MEMORY:
            self.inline_from_memory(body, 0, node, 1, 0)
        else:
            self.inline_from_flat(body, 0, node, list(enumerate(function.type.params))[1:])

    def from_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """Push the value at `base + offset`."""
        helper = self.helpers.find(node, Mode.LIFT_MEMORY)
        if helper is None:
            self.inline_from_memory(body, cx, node, base, offset)
            return
        body.local_get(cx)
        body.address(base, offset)
        body.call_to(helper)

    def from_flat(self, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
        """Push the value whose flat values are in `sources`."""
        helper = self.helpers.find(node, Mode.LIFT_FLAT)
        if helper is None:
            self.inline_from_flat(body, cx, node, sources)
            return
        body.local_get(cx)
        for source, wanted in zip(sources, helper.type.params[1:], strict=True):
            get_flat(body, source, wanted)
        body.call_to(helper)

    def inline_from_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """Like `from_memory`, but with the code of the type itself inlined."""
        match node.passing:
            case Passing.WHOLE:
                self._whole_from_memory(body, cx, node, base, offset)
            case Passing.PRODUCT:
                self.product_from_memory(body, cx, node, base, offset)
            case Passing.SUM:
                self._sum_from_memory(body, cx, node, base, offset)
            case Passing.SEQUENCE:
                address, length = body.local(I32), body.local(I32)
                _load_pointers(body, base, offset)
                body.local_set(length)
                body.local_set(address)
                self.from_flat(body, cx, node, [(address, I32), (length, I32)])
                body.free_local(address)
                body.free_local(length)

    def inline_from_flat(self, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
        """Like `from_flat`, but with the code of the type itself inlined."""
        match node.passing:
            case Passing.WHOLE:
                self._whole_from_flat(body, cx, node, sources)
            case Passing.PRODUCT:
                for part, start, end in node.flat_parts:
                    self.from_flat(body, cx, part, sources[start:end])
                self._push(body, cx, node)
            case Passing.SUM:
                self._sum_from_flat(body, cx, node, sources)
            case Passing.SEQUENCE:
                self.sequence_from_flat(body, cx, node, sources)

    def _whole_from_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        body.local_get(cx)
        if node.kind.has_index:
            body.i32_const(node.index)
        if node.kind is Kind.STRING:
            _load_pointers(body, base, offset)
        else:
            body.local_get(base)
            body.mem(LOADS.get(node.kind) or _LOAD_SIZE[node.size], node.size, offset)
        body.call_to(self.assembly.intrinsic(push(node.kind)))

    def _whole_from_flat(self, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
        body.local_get(cx)
        if node.kind.has_index:
            body.i32_const(node.index)
        wanted = (I32, I32) if node.kind is Kind.STRING else (core_type(node.kind),)
        for source, type in zip(sources, wanted, strict=True):
            get_flat(body, source, type)
        body.call_to(self.assembly.intrinsic(push(node.kind)))

    def _push(self, body: Body, cx: int, node: Node) -> None:
        body.local_get(cx)
        body.i32_const(node.index)
        body.call_to(self.assembly.intrinsic(push(node.kind)))

    def _sum_from_flat(self, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
        discriminant = body.local(I32)
        get_flat(body, sources[0], I32)
        body.local_set(discriminant)

        def payload(part: Node) -> None:
            assert part.flat is not None
            self.from_flat(body, cx, part, sources[1 : 1 + len(part.flat)])

        self.push_case(body, cx, node, discriminant, payload)
        body.free_local(discriminant)

    def push_case(self, body: Body, cx: int, node: Node, discriminant: int, payload: Callable[[Node], None]) -> None:
        """Push the payload of the case in `discriminant`, then the sum itself."""
        branch_on_case(self.assembly, body, discriminant, node, payload)
        body.local_get(cx)
        body.i32_const(node.index)
        body.local_get(discriminant)
        body.call_to(self.assembly.intrinsic(push(node.kind)))

    def _sum_from_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        discriminant = body.local(I32)
        size = discriminant_size(len(node.parts))
        body.local_get(base)
        body.mem(_LOAD_SIZE[size], size, offset)
        body.local_set(discriminant)
        at = offset + node.offsets[0]
        self.push_case(body, cx, node, discriminant, lambda payload: self.from_memory(body, cx, payload, base, at))
        body.free_local(discriminant)

    def product_from_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """Push every part, and the value that they form."""
        unrolled = unrolls(node, Mode.LIFT_MEMORY, self.helpers.plan.element_cost(node, Mode.LIFT_MEMORY))
        visit_parts(body, node, base, offset, unrolled, partial(self.from_memory, body, cx))
        self._push(body, cx, node)

    def sequence_from_flat(self, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
        """Push a list or map at an address with a length, then free its memory.

        A list is first offered whole; if the interpreter takes it, it also takes the memory.
        """
        cursor, left, length = body.local(I32), body.local(I32), body.local(I32)
        is_list = node.kind is Kind.LIST
        get_flat(body, sources[0], I32)
        body.local_set(cursor)
        get_flat(body, sources[1], I32)
        body.local_set(length)
        body.block()
        body.local_get(cx)
        body.i32_const(node.index)
        if is_list:
            body.local_get(cursor)
        body.local_get(length)
        body.call_to(self.assembly.intrinsic(push(node.kind)))
        if is_list:
            body.br_if(0)
        body.local_get(length)
        body.local_tee(left)
        body.op(Op.I32_EQZ)
        body.br_if(0)
        plan = self.helpers.plan

        def element(offset: int) -> None:
            for part, at in node.places:
                inlined = plan.in_loop((part, Mode.LIFT_MEMORY))
                lift = self.inline_from_memory if inlined else self.from_memory
                lift(body, cx, part, cursor, offset + at)
            body.local_get(cx)
            body.i32_const(node.index)
            body.call_to(self.assembly.intrinsic(intrinsics.LIST_APPEND if is_list else intrinsics.MAP_APPEND))

        visit = visit_elements_unrolled if plan.unrolls_loop(node, Mode.LIFT_FLAT) else visit_elements
        visit(body, cursor, left, node.stride, element)
        self.free_elements(body, cx, node, cursor, length)
        body.end()
        for local in (cursor, left, length):
            body.free_local(local)

    def free_elements(self, body: Body, cx: int, node: Node, end: int, length: int) -> None:
        """Free the elements that end at `end`; there is at least one."""
        size = length
        body.local_get(cx)
        body.local_get(end)
        body.local_get(length)
        if node.stride > 1:
            body.i32_const(node.stride)
            body.op(Op.I32_MUL)
            body.local_tee(size)
        body.op(Op.I32_SUB)
        body.local_get(size)
        body.i32_const(node.stride_alignment)
        body.i32_const(0)
        body.call_to(self.assembly.intrinsic(intrinsics.DEALLOC_BYTES))


def _load_pointers(body: Body, base: int, offset: int) -> None:
    """The address and the length of a string, list or map in memory."""
    for at in (offset, offset + POINTER_SIZE):
        body.local_get(base)
        body.mem(Mem.I32_LOAD, POINTER_SIZE, at)
