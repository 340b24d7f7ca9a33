"""Code that lowers: values from the interpreter's stack become core values, or values in memory
(CanonicalABI.md, `lower_flat` and `store`; the calls are those of wit_dylib.h).

Popping an aggregate leaves its first field on top, popping a variant leaves its payload, so values are popped in their
order in memory and among the flat values.
"""

from __future__ import annotations

from functools import partial

from generator.canonical.layout import POINTER_SIZE, discriminant_size
from generator.dylib.code import intrinsics
from generator.dylib.code.allocate import define_allocate
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.branches import branch_on_case
from generator.dylib.code.elements import visit_elements, visit_elements_unrolled
from generator.dylib.code.helpers import Helpers
from generator.dylib.code.intrinsics import core_type, pop
from generator.dylib.code.joined import Flat, widen, widen_all, zeros
from generator.dylib.code.plan import Mode, unrolls
from generator.dylib.code.products import visit_parts
from generator.dylib.world.types import Kind, Node, Passing
from generator.wasm.code import Mem, Op
from generator.wasm.types import ValType

I32 = ValType.I32

_STORE = {
    Kind.U64: Mem.I64_STORE,
    Kind.S64: Mem.I64_STORE,
    Kind.F32: Mem.F32_STORE,
    Kind.F64: Mem.F64_STORE,
}
_STORE_SIZE = {1: Mem.I32_STORE8, 2: Mem.I32_STORE16, 4: Mem.I32_STORE}


class Lower:
    """Appends to bodies. `cx` is the local of the context; addresses are a local and a constant offset.

    `slot` is a local with the address of 8 bytes in which the interpreter can leave an address; only types with
    pointers among their flat values use it. Each shape has a lowering method with a public name: a seam
    (docs/house.md).
    """

    def __init__(self, assembly: Assembly, helpers: Helpers, abi_version: int) -> None:
        self.assembly = assembly
        self.helpers = helpers
        self.abi_version = abi_version
        self._allocate: Func | None = None

    def write_helper(self, function: Func, node: Node, mode: Mode) -> None:
        body = function.body = Body(len(function.type.params))
        if mode is Mode.LOWER_MEMORY:
            self.inline_to_memory(body, 0, node, 1, 0)
        else:
            self.inline_to_flat(body, 0, node, 1, function.type.results)

    def to_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """Pop a value and store it at `base + offset`."""
        helper = self.helpers.find(node, Mode.LOWER_MEMORY)
        if helper is None:
            self.inline_to_memory(body, cx, node, base, offset)
            return
        body.local_get(cx)
        body.address(base, offset)
        body.call_to(helper)

    def to_flat(self, body: Body, cx: int, node: Node, slot: int, wanted: Flat | None = None) -> None:
        """Pop a value and leave its flat values on the operand stack, widened to the types `wanted`."""
        assert node.flat is not None, "the type is passed flat"
        if wanted is None:
            wanted = node.flat
        helper = self.helpers.find(node, Mode.LOWER_FLAT)
        if helper is None:
            self.inline_to_flat(body, cx, node, slot, wanted)
            return
        body.local_get(cx)
        if node.has_pointers:
            body.local_get(slot)
        body.call_to(helper)
        widen_all(body, node.flat, wanted)

    def inline_to_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """Like `to_memory`, but with the code of the type itself inlined."""
        match node.passing:
            case Passing.WHOLE:
                self._whole_to_memory(body, cx, node, base, offset)
            case Passing.PRODUCT:
                self._product_to_memory(body, cx, node, base, offset)
            case Passing.SUM:
                self._sum_to_memory(body, cx, node, base, offset)
            case Passing.SEQUENCE:
                self.sequence_to_memory(body, cx, node, base, offset)

    def inline_to_flat(self, body: Body, cx: int, node: Node, slot: int, wanted: Flat) -> None:
        """Like `to_flat`, but with the code of the type itself inlined."""
        match node.passing:
            case Passing.WHOLE if node.kind is Kind.STRING:
                self._string_to_flat(body, cx, slot, wanted)
            case Passing.WHOLE:
                self.pop_value(body, cx, node)
                widen(body, core_type(node.kind), wanted[0])
            case Passing.PRODUCT:
                self.pop_value(body, cx, node)
                for part, start, end in node.flat_parts:
                    self.to_flat(body, cx, part, slot, wanted[start:end])
            case Passing.SUM:
                self._sum_to_flat(body, cx, node, slot, wanted)
            case Passing.SEQUENCE:
                self.to_memory(body, cx, node, slot, 0)
                for index in range(2):
                    body.local_get(slot)
                    body.mem(Mem.I32_LOAD, POINTER_SIZE, index * POINTER_SIZE)
                    widen(body, I32, wanted[index])

    def _whole_to_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """The address is loaded after the call that gives the value: a single-pass engine would save it before."""
        string = node.kind is Kind.STRING
        value = body.local(I32 if string else core_type(node.kind))
        if string:
            body.local_get(cx)
            body.address(base, offset)
            body.call_to(self.assembly.intrinsic(pop(node.kind)))
        else:
            self.pop_value(body, cx, node)
        body.local_set(value)
        if node.kind is Kind.ENUM:
            self.check_discriminant(body, value, node.cases)
        body.local_get(base)
        body.local_get(value)
        if string:
            body.mem(Mem.I32_STORE, POINTER_SIZE, offset + POINTER_SIZE)
        else:
            body.mem(_STORE.get(node.kind) or _STORE_SIZE[node.size], node.size, offset)
        body.free_local(value)

    def pop_value(self, body: Body, cx: int, node: Node) -> None:
        """Call the pop function of a type that needs only its index."""
        body.local_get(cx)
        if node.kind.has_index:
            body.i32_const(node.index)
        body.call_to(self.assembly.intrinsic(pop(node.kind)))

    def check_discriminant(self, body: Body, discriminant: int, cases: int) -> None:
        """Trap if the local `discriminant` is invalid, because it could be cut to a valid one.

        The comparison is inlined: a call takes as long as a call of the interpreter. If the number of cases is a power
        of two, the bits above are tested: a single-pass engine makes a number of a comparison before it branches.
        """
        if discriminant_size(cases) == POINTER_SIZE:  # the reader sees the whole value
            return
        body.local_get(discriminant)
        if cases & (cases - 1) == 0:
            body.i32_const(-cases)
            body.op(Op.I32_AND)
        else:
            body.i32_const(cases)
            body.op(Op.I32_GE_U)
        body.if_()
        body.call_to(self.helpers.invalid_discriminant())
        body.end()

    def _sum_to_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        discriminant = body.local(I32)
        size = discriminant_size(node.cases)
        self.pop_value(body, cx, node)
        body.local_set(discriminant)
        self.check_discriminant(body, discriminant, node.cases)
        body.local_get(base)
        body.local_get(discriminant)
        body.mem(_STORE_SIZE[size], size, offset)
        at = offset + node.offsets[0]
        branch_on_case(self.assembly, body, discriminant, node, lambda part: self.to_memory(body, cx, part, base, at))
        body.free_local(discriminant)

    def _sum_to_flat(self, body: Body, cx: int, node: Node, slot: int, wanted: Flat) -> None:
        """The discriminant is passed unchanged: the lifting side traps on a wrong one.

        With two cases with payloads, one of them is the default branch: it would pop a payload that does not exist, so
        the check comes first.
        """
        discriminant = body.local(I32)
        self.pop_value(body, cx, node)
        body.local_tee(discriminant)
        if len(node.parts) == 2 and None not in node.parts:
            self.check_discriminant(body, discriminant, 2)
        widen(body, I32, wanted[0])
        rest = wanted[1:]

        def payload(part: Node) -> None:
            assert part.flat is not None
            self.to_flat(body, cx, part, slot, rest[: len(part.flat)])
            zeros(body, rest[len(part.flat) :])

        branch_on_case(self.assembly, body, discriminant, node, payload, lambda: zeros(body, rest), rest, valid=False)
        body.free_local(discriminant)

    def _string_to_flat(self, body: Body, cx: int, slot: int, wanted: Flat) -> None:
        length = body.local(I32)
        body.local_get(cx)
        body.local_get(slot)
        body.call_to(self.assembly.intrinsic(pop(Kind.STRING)))
        body.local_set(length)
        body.local_get(slot)
        body.mem(Mem.I32_LOAD, POINTER_SIZE, 0)
        widen(body, I32, wanted[0])
        body.local_get(length)
        widen(body, I32, wanted[1])
        body.free_local(length)

    def _product_to_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """Take the value apart and store every part."""
        self.pop_value(body, cx, node)
        unrolled = unrolls(node, Mode.LOWER_MEMORY, self.helpers.plan.element_cost(node, Mode.LOWER_MEMORY))
        visit_parts(body, node, base, offset, unrolled, partial(self.to_memory, body, cx))

    def sequence_to_memory(self, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
        """Pop a list or map and store its address and length.

        If a list comes whole, its memory belongs to the interpreter. Otherwise its elements are popped one by one into
        memory that lives as long as the context.
        """
        cursor, left = body.local(I32), body.local(I32)
        is_list = node.kind is Kind.LIST
        body.local_get(base)
        body.local_get(cx)
        body.i32_const(node.index)
        if is_list:
            body.address(base, offset)
        body.call_to(self.assembly.intrinsic(pop(node.kind)))
        body.local_tee(left)
        body.mem(Mem.I32_STORE, POINTER_SIZE, offset + POINTER_SIZE)
        if is_list:
            body.local_get(base)
            body.mem(Mem.I32_LOAD, POINTER_SIZE, offset)
            body.op(Op.I32_EQZ)
            body.if_()
        self.store_elements(body, cx, node, base, offset, cursor, left)
        if is_list:
            body.end()
        body.free_local(cursor)
        body.free_local(left)

    def store_elements(self, body: Body, cx: int, node: Node, base: int, offset: int, cursor: int, left: int) -> None:
        """Pop the elements one by one into separate memory, whose address is stored at `base + offset`."""
        body.local_get(base)
        body.local_get(cx)
        body.local_get(left)
        body.i32_const(node.stride)
        body.i32_const(node.stride_alignment)
        body.call_to(self._allocate_elements())
        body.local_tee(cursor)
        body.mem(Mem.I32_STORE, POINTER_SIZE, offset)
        plan = self.helpers.plan

        def element(offset: int) -> None:
            body.local_get(cx)
            body.i32_const(node.index)
            body.call_to(self.assembly.intrinsic(intrinsics.pop_iter_next(node.kind, self.abi_version)))
            for part, at in node.places:
                inlined = plan.in_loop((part, Mode.LOWER_MEMORY))
                lower = self.inline_to_memory if inlined else self.to_memory
                lower(body, cx, part, cursor, offset + at)

        if plan.unrolls_loop(node, Mode.LOWER_MEMORY):
            visit_elements_unrolled(body, cursor, left, node.stride, element)
        else:
            body.local_get(left)
            body.if_()
            visit_elements(body, cursor, left, node.stride, element)
            body.end()
        body.local_get(cx)
        body.i32_const(node.index)
        body.call_to(self.assembly.intrinsic(intrinsics.pop_iter(node.kind, self.abi_version)))

    def _allocate_elements(self) -> Func:
        if self._allocate is None:
            self._allocate = define_allocate(self.assembly)
        return self._allocate
