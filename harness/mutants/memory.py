"""Generators that use memory that does not belong to them or no longer belongs to them.

The interpreter's allocator and its guards detect these faults (interpreters/PROTOCOL.md, "Memory").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.dylib.adapters.values as values
import generator.dylib.code.allocate as allocate
import generator.dylib.code.frame as frame
from generator.canonical.layout import align_to
from generator.canonical.names import export_name, post_return_name
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.sync_exports import SyncExports
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.frame import Frames
from generator.dylib.code.joined import Source, get_flat
from generator.dylib.code.lift import Lift
from generator.dylib.code.lower import Lower
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.types import Kind, Node
from generator.wasm.code import Code, Mem, Op
from generator.wasm.types import FuncType, ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, Member

MEMORY = Table(Area.GENERATOR)
_row = MEMORY.function

I32 = ValType.I32
_24_BITS = 0xFFFFFF

Original = Callable[..., Any]


@_row(
    "list-allocated-with-alignment-1",
    Member(Lower, "store_elements"),
    "memory for the elements of a list is requested with an alignment of 1",
    needs="a list of elements aligned to more than 1 that is lowered element by element",
    shown_by="lists",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node, *rest: int) -> None:
    original(self, body, cx, replace(node, stride_alignment=1), *rest)


@_row(
    "list-allocated-one-short",
    FunctionOf(allocate, "define_allocate"),
    "memory for the elements of a list is one element too small",
    needs="a list of more than one element that is lowered element by element",
    shown_by="lists",
)
def _(original: Original, assembly: Assembly) -> Func:
    function: Func = original(assembly)
    assert function.body is not None
    code = Code(4)
    code.local_get(1)
    code.local_get(1)
    code.i32_const(1)
    code.op(Op.I32_GT_U, Op.I32_SUB)
    code.local_set(1)
    _prepend(function.body, code)
    return function


def _prepend(body: Body, code: Code) -> None:
    body.out[0:0] = code.out
    body.calls = [(position + len(code.out), function) for position, function in body.calls]


@_row(
    "zero-behind-a-list",
    FunctionOf(allocate, "define_allocate"),
    "a byte of zero is written after the memory for the elements of a list",
    needs="a list that is lowered element by element",
    shown_by="lists",
)
def _(original: Original, assembly: Assembly) -> Func:
    function: Func = original(assembly)
    assert function.body is not None
    _store_zero(function.body, behind=True)
    return function


@_row(
    "zero-before-a-list",
    FunctionOf(allocate, "define_allocate"),
    "a byte of zero is written before the memory for the elements of a list",
    needs="a list that is lowered element by element",
    shown_by="lists",
)
def _(original: Original, assembly: Assembly) -> Func:
    function: Func = original(assembly)
    assert function.body is not None
    _store_zero(function.body, behind=False)
    return function


def _store_zero(body: Body, behind: bool) -> None:
    """At the end of `define_allocate`, which has the size in local 1: a zero after or before the memory."""
    body.local_set(2)
    body.local_get(1)
    body.if_()
    body.local_get(2)
    if behind:
        body.local_get(1)
        body.op(Op.I32_ADD)
    else:
        body.i32_const(-1)
        body.op(Op.I32_ADD)
    body.i32_const(0)
    body.mem(Mem.I32_STORE8, 1, 0)
    body.end()
    body.local_get(2)


@_row(
    "list-lifted-from-24-bits",
    Member(Lift, "sequence_from_flat"),
    "the address of a lifted list is cut to 24 bits",
    needs="a list that is lifted",
    shown_by="lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    address = body.local(I32)
    get_flat(body, sources[0], I32)
    body.i32_const(_24_BITS)
    body.op(Op.I32_AND)
    body.local_set(address)
    original(self, body, cx, node, [(address, I32), *sources[1:]])
    body.free_local(address)


@_row(
    "list-lowered-to-24-bits",
    FunctionOf(allocate, "define_allocate"),
    "the address of memory for the elements of a list is cut to 24 bits",
    needs="a list that is lowered element by element",
    shown_by="lists",
)
def _(original: Original, assembly: Assembly) -> Func:
    function: Func = original(assembly)
    assert function.body is not None
    function.body.i32_const(_24_BITS)
    function.body.op(Op.I32_AND)
    return function


@_row(
    "frame-16-bytes-too-small",
    Here(frame, "align_to"),
    "a frame on the stack is 16 bytes smaller than its contents",
    needs="an imported function with something in memory",
    shown_by="spills",
)
def _(original: Callable[[int, int], int], size: int, alignment: int) -> int:
    return max(0, original(size, alignment) - 16)


@_row(
    "frame-below-the-stack-pointer",
    Member(Frames, "enter"),
    "a frame is below the stack pointer, which is not moved",
    needs="an imported function with something in memory",
    shown_by="spills",
)
def _(original: Original, self: Frames, body: Body, cx: int, size: int, alignment: int) -> int:
    made: int = original(self, body, cx, size, alignment)
    if size <= frame.LARGEST_ON_STACK:
        body.address(made, align_to(size, frame.STACK_ALIGNMENT))
        self.set_stack_pointer(body)
    return made


@_row(
    "spilled-parameters-freed-before-they-are-read",
    FunctionOf(values, "lift_params"),
    "the memory in which an export gets its parameters is freed before they are lifted",
    needs="an exported function with more than 16 flat parameters",
    shown_by="spills",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse) -> None:
    if not use.signature.indirect_params:
        original(kit, body, cx, use)
        return
    types = [param.type for param in use.function.params]
    body.local_get(cx)
    body.local_get(0)
    for value in (*kit.layout.record(types), 0):
        body.i32_const(value)
    body.call_to(kit.assembly.intrinsic(intrinsics.DEALLOC_BYTES))
    for param, offset in zip(use.params, kit.layout.field_offsets(types), strict=True):
        kit.lift.from_memory(body, cx, param.node, 0, offset)


@_row(
    "list-written-after-it-was-freed",
    Member(Lift, "free_elements"),
    "the last byte of a list is cleared after its memory was freed",
    needs="a list that is lifted element by element",
    shown_by="lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, end: int, length: int) -> None:
    original(self, body, cx, node, end, length)
    body.address(end, -1)
    body.i32_const(0)
    body.mem(Mem.I32_STORE8, 1, 0)


@_row(
    "export-finished-before-its-result-is-read",
    Member(SyncExports, "write_post_return"),
    "the interpreter learns before the export returns that the result was read",
    needs="an exported function whose result has a string or list",
    shown_by="strings",
)
def _(original: Original, self: SyncExports, index: int, use: FunctionUse) -> None:
    assembly, resolve = self.kit.assembly, self.kit.layout.resolve
    exports = dict(assembly.exports)
    core = exports[export_name(resolve, use.instance.key, use.function)]
    assert core.body is not None
    self.finish(core.body, index)
    name = post_return_name(resolve, use.instance.key, use.function)
    function = assembly.declare(name, FuncType(use.signature.type.results))
    function.body = Body(len(function.type.params))
    assembly.export(name, function)


_NUMBERS = range(Kind.U8, Kind.STRING)
"""Kinds of elements whose lists go whole as bytes, including bool and char."""


@_row(
    "taken-list-lifted-again",
    Member(Lift, "sequence_from_flat"),
    "a list whose elements are not numbers is lifted element by element, although the interpreter took it whole",
    needs="a list of anything but numbers that is taken whole",
    shown_by="any-lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.LIST and node.parts[0] is not None and node.parts[0].kind not in _NUMBERS:
        _instead_once(body, "br_if", lambda: body.op(Op.DROP))
    original(self, body, cx, node, sources)


@_row(
    "given-list-popped-again",
    Member(Lower, "sequence_to_memory"),
    "a list whose elements are not numbers is popped element by element, although the interpreter gave it whole",
    needs="a list of anything but numbers that is given whole",
    shown_by="any-lists",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
    if node.kind is Kind.LIST and node.parts[0] is not None and node.parts[0].kind not in _NUMBERS:

        def always() -> None:
            body.op(Op.DROP)
            body.i32_const(1)
            Body.if_(body)

        _instead_once(body, "if_", always)
    original(self, body, cx, node, base, offset)


def _instead_once(body: Body, method: str, emit: Callable[[], None]) -> None:
    """The next call of a method of the body emits something else."""

    def instead(*_: Any) -> None:
        delattr(body, method)
        emit()

    setattr(body, method, instead)
