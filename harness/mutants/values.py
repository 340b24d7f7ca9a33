"""Generators that lift or lower values wrongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.dylib.adapters.values as adapter_values
import generator.dylib.code.branches as branches
import generator.dylib.code.lift as lift
from generator.canonical.layout import POINTER_SIZE
from generator.dylib.adapters.kit import Kit
from generator.dylib.code.assembly import Body, Func
from generator.dylib.code.helpers import Helpers, helper_type
from generator.dylib.code.joined import Source
from generator.dylib.code.lift import Lift
from generator.dylib.code.lower import Lower
from generator.dylib.code.plan import Mode
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.types import Kind, Node
from generator.wasm.code import Mem, Op
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, MappingEntry, Member

VALUES = Table(Area.GENERATOR)
_row, _value = VALUES.function, VALUES.value

I32 = ValType.I32
Original = Callable[..., Any]

_F64_ADD = 0xA0


_value(
    "s8-loaded-unsigned",
    MappingEntry(lift, "LOADS", Kind.S8),
    Mem.I32_LOAD8_U,
    "an s8 in memory is loaded without its sign",
    needs="a negative s8 in memory",
    shown_by="numbers",
)
_value(
    "s16-loaded-unsigned",
    MappingEntry(lift, "LOADS", Kind.S16),
    Mem.I32_LOAD16_U,
    "an s16 in memory is loaded without its sign",
    needs="a negative s16 in memory",
    shown_by="numbers",
)


def _cut(body: Body, source: Source, mask: int) -> None:
    local, type = source
    if type is I32:
        body.local_get(local)
        body.i32_const(mask)
        body.op(Op.I32_AND)
        body.local_set(local)


@_row(
    "flat-s8-unsigned",
    Member(Lift, "inline_from_flat"),
    "a flat s8 loses its sign",
    needs="a negative s8 as a parameter",
    shown_by="numbers",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.S8:
        _cut(body, sources[0], 0xFF)
    original(self, body, cx, node, sources)


@_row(
    "flat-s16-unsigned",
    Member(Lift, "inline_from_flat"),
    "a flat s16 loses its sign",
    needs="a negative s16 as a parameter",
    shown_by="numbers",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.S16:
        _cut(body, sources[0], 0xFFFF)
    original(self, body, cx, node, sources)


@_row(
    "char-of-16-bits",
    Member(Lower, "pop_value"),
    "only the lower 16 bits of a char are lowered",
    needs="a char beyond U+FFFF",
    shown_by="numbers",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node) -> None:
    original(self, body, cx, node)
    if node.kind is Kind.CHAR:
        body.i32_const(0xFFFF)
        body.op(Op.I32_AND)


@_row(
    "negative-zero-lost",
    Member(Lower, "pop_value"),
    "0.0 is added to every f64 that is lowered, so that -0.0 becomes 0.0",
    needs="an f64 of -0.0",
    shown_by="numbers",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node) -> None:
    original(self, body, cx, node)
    if node.kind is Kind.F64:
        body.f64_const(0.0)
        body.out.append(_F64_ADD)


@_row(
    "unchecked-discriminant",
    Member(Lower, "check_discriminant"),
    "a discriminant without a case is stored like any other",
    needs="a discriminant of 2 or more for a result of two payloads in memory",
    shown_by="bad-discriminants",
)
def _(original: Original, self: Lower, body: Body, discriminant: int, cases: int) -> None:
    pass


@_row(
    "discriminant-of-count",
    Member(Lower, "check_discriminant"),
    "a discriminant equal to the number of cases is stored like one of a case",
    needs="an enum or variant of 256 cases in memory, and the discriminant 256",
    shown_by="bad-256",
)
def _(original: Original, self: Lower, body: Body, discriminant: int, cases: int) -> None:
    original(self, body, discriminant, cases + (cases == 256))


@_row(
    "fields-reversed",
    Member(Lift, "inline_from_memory"),
    "the fields of a record in memory are pushed in reverse order",
    needs="a record with fields of different values in memory",
    shown_by="layout",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
    if node.kind is Kind.RECORD:
        node = replace(node, parts=node.parts[::-1], offsets=node.offsets[::-1])
    original(self, body, cx, node, base, offset)


@_row(
    "parameters-reversed",
    FunctionOf(adapter_values, "lift_params"),
    "the parameters of an export are pushed in reverse order",
    needs="an exported function with two parameters",
    shown_by="numbers",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse) -> None:
    if use.signature.indirect_params:
        original(kit, body, cx, use)
        return
    end = len(use.signature.type.params)
    for param in reversed(use.params):
        start = end - len(param.node.flat or ())
        kit.lift.from_flat(body, cx, param.node, [(at, use.signature.type.params[at]) for at in range(start, end)])
        end = start


@_row(
    "option-inverted",
    Member(Lift, "push_case"),
    "some is lifted as none, none as some",
    needs="an option",
    shown_by="variants",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, discriminant: int, payload: Original) -> None:
    if node.kind is Kind.OPTION:
        _invert(body, discriminant)
    original(self, body, cx, node, discriminant, payload)


@_row(
    "result-inverted",
    Member(Lift, "push_case"),
    "ok is lifted as error, error as ok",
    needs="a result",
    shown_by="variants",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, discriminant: int, payload: Original) -> None:
    if node.kind is Kind.RESULT:
        _invert(body, discriminant)
    original(self, body, cx, node, discriminant, payload)


def _invert(body: Body, discriminant: int) -> None:
    body.local_get(discriminant)
    body.op(Op.I32_EQZ)
    body.local_set(discriminant)


@_row(
    "enum-counted-from-the-end",
    Member(Lower, "pop_value"),
    "the cases of an enum are numbered in reverse order when it is lowered",
    needs="an enum of two cases",
    shown_by="variants",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node) -> None:
    if node.kind is Kind.ENUM:
        body.i32_const(node.cases - 1)
    original(self, body, cx, node)
    if node.kind is Kind.ENUM:
        body.op(Op.I32_SUB)


@_row(
    "map-reversed",
    Member(Lower, "store_elements"),
    "the pairs of a map are lowered in reverse order",
    needs="a map of two pairs",
    shown_by="maps",
)
def _(
    original: Original, self: Lower, body: Body, cx: int, node: Node, base: int, offset: int, cursor: int, left: int
) -> None:
    if node.kind is Kind.MAP:
        body = _Backwards(body, cursor, left, node.stride)
    original(self, body, cx, node, base, offset, cursor, left)


class _Backwards(Body):
    """Another view of a body, in which `cursor` goes from the last element to the first."""

    def __init__(self, body: Body, cursor: int, left: int, stride: int) -> None:
        vars(self).update(vars(body))  # code written here appears there
        self._cursor, self._left, self._stride = cursor, left, stride
        self._entered = False

    def loop(self, result: int | None = None) -> None:
        if not self._entered:
            self._entered = True
            self.local_get(self._cursor)
            self.address(self._left, -1)
            self.i32_const(self._stride)
            self.op(Op.I32_MUL, Op.I32_ADD)
            self.local_set(self._cursor)
        super().loop(result)

    def advance(self, local: int, bytes: int) -> None:
        super().advance(local, -bytes if local == self._cursor else bytes)


@_row(
    "map-keys-and-values-swapped",
    Member(Lift, "sequence_from_flat"),
    "the value of a pair is pushed before its key",
    needs="a map with a pair",
    shown_by="maps",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.MAP:
        node = replace(node, parts=node.parts[::-1], offsets=node.offsets[::-1])
    original(self, body, cx, node, sources)


@_row(
    "list-length-in-bytes",
    Member(Lift, "sequence_from_flat"),
    "the length of a list is multiplied by the size of an element, as if it were in bytes",
    needs="a list of elements of more than a byte",
    shown_by="lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    length, type = sources[1]
    if node.kind is Kind.LIST and type is I32:
        body.local_get(length)
        body.i32_const(node.stride)
        body.op(Op.I32_MUL)
        body.local_set(length)
    original(self, body, cx, node, sources)


@_row(
    "long-lists-cut",
    Member(Lift, "sequence_from_flat"),
    "only the lower 8 bits of the length of a list count",
    needs="a list of 256 elements or more",
    shown_by="long-lists",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.LIST:
        _cut(body, sources[1], 0xFF)
    original(self, body, cx, node, sources)


@_row(
    "third-payload-is-the-second",
    FunctionOf(branches, "branch_by_table"),
    "the third type of payload of a variant is treated as the second",
    needs="a variant with three types of payload",
    shown_by="variants",
)
def _(
    original: Original, body: Body, discriminant: int, labels: dict[Node, list[int]], arm: Original, *rest: object
) -> None:
    nodes = list(labels)
    original(body, discriminant, labels, lambda part: arm(nodes[1] if part in nodes[2:3] else part), *rest)


@_row(
    "string-one-too-long",
    Member(Lower, "inline_to_memory"),
    "the length of a string in memory counts a final NUL",
    needs="a string in memory",
    shown_by="strings",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
    original(self, body, cx, node, base, offset)
    if node.kind is Kind.STRING:
        body.local_get(base)
        body.local_get(base)
        body.mem(Mem.I32_LOAD, POINTER_SIZE, offset + POINTER_SIZE)
        body.i32_const(1)
        body.op(Op.I32_ADD)
        body.mem(Mem.I32_STORE, POINTER_SIZE, offset + POINTER_SIZE)


@_row(
    "string-pointer-and-length-swapped",
    Member(Lift, "inline_from_flat"),
    "the pointer of a flat string is used as its length",
    needs="a string as a parameter",
    shown_by="strings",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    original(self, body, cx, node, sources[::-1] if node.kind is Kind.STRING else sources)


@_row(
    "helper-shared-by-two-types",
    Member(Helpers, "find"),
    "one helper is used for all types of the same kind and size",
    needs="two records of one size, each used often",
    shown_by="twins",
)
def _(original: Original, self: Helpers, node: Node, mode: Mode) -> Func | None:
    for (other, other_mode), function in self.known.items():
        alike = (other.kind, other.size, other.parts) == (node.kind, node.size, node.parts)
        if alike and other_mode is mode and function.type == helper_type(node, mode):
            return function
    found: Func | None = original(self, node, mode)
    return found
