"""Generators whose two ends share a fault, so that a component agrees with itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from generator.canonical.layout import Layout
from generator.dylib.code.assembly import Body
from generator.dylib.code.lift import Lift
from generator.dylib.code.lower import Lower
from generator.dylib.world.types import Kind, Node
from generator.resolved.types import Type
from generator.wasm.code import Op
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Member, SeveralSeams

BOTH_ENDS = Table(Area.GENERATOR)
_row = BOTH_ENDS.function


@_row(
    "last-cases-exchanged-at-both-ends",
    SeveralSeams((Member(Lower, "pop_value"), Member(Lift, "push_case"))),
    "the last two cases of a variant that have the same payload are exchanged when it is lowered and when it is lifted",
    needs="a variant whose last two cases have the same payload",
    shown_by="both-ends",
)
def _(original: Callable[..., Any], self: Lower | Lift, body: Body, cx: int, node: Node, *rest: Any) -> None:
    alike = node.kind is Kind.VARIANT and len(node.parts) > 1 and node.parts[-1] is node.parts[-2]
    if not alike:
        original(self, body, cx, node, *rest)
    elif isinstance(self, Lower):
        original(self, body, cx, node, *rest)
        popped = body.local(ValType.I32)
        body.local_set(popped)
        _exchange(body, popped, len(node.parts))
        body.local_get(popped)
        body.free_local(popped)
    else:
        _exchange(body, rest[0], len(node.parts))
        original(self, body, cx, node, *rest)


def _exchange(body: Body, discriminant: int, cases: int) -> None:
    """Exchange the last two cases; an invalid discriminant stays invalid."""
    body.i32_const(2 * cases - 3)
    body.local_get(discriminant)
    body.op(Op.I32_SUB)
    body.local_get(discriminant)
    body.local_get(discriminant)
    body.i32_const(cases - 2)
    body.op(Op.I32_GE_U)
    body.op(Op.SELECT)
    body.local_set(discriminant)


@_row(
    "first-fields-exchanged-at-both-ends",
    Member(Layout, "field_offsets"),
    "the first two fields of a record are exchanged in memory if they have the same size",
    needs="a record in memory whose first two fields have the same size",
    shown_by="both-ends",
)
def _(original: Callable[..., list[int]], self: Layout, types: Iterable[Type]) -> list[int]:
    fields = list(types)
    offsets = original(self, fields)
    if len(fields) > 1 and self.size_and_alignment(fields[0]) == self.size_and_alignment(fields[1]):
        offsets[:2] = offsets[1::-1]
    return offsets
