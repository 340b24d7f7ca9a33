"""Generators that mix up handles of one resource type: number and type are right, but each handle means another
resource."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.dylib.adapters.values as values
from generator.dylib.adapters.kit import Kit
from generator.dylib.code.assembly import Body
from generator.dylib.code.joined import Source
from generator.dylib.code.lift import Lift
from generator.dylib.code.lower import Lower
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.types import Kind, Node, Passing
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Member

IDENTITY = Table(Area.GENERATOR)
_row = IDENTITY.function

Original = Callable[..., Any]


def _first_two(nodes: Sequence[Node | None], kind: Kind) -> tuple[int, int] | None:
    """The positions of the first two handles of one resource among parameters or fields."""
    seen: dict[int, int] = {}
    for at, node in enumerate(nodes):
        if node is not None and node.kind is kind:
            if node.index in seen:
                return seen[node.index], at
            seen[node.index] = at
    return None


def _swap_params(kind: Kind) -> Original:
    """Lifts an export's flat parameters with the first two handles of one resource exchanged."""

    def wrong(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse) -> None:
        pair = _first_two([param.node for param in use.params], kind)
        if use.signature.indirect_params or pair is None:
            original(kit, body, cx, use)
            return
        sources: list[list[Source]] = []
        start = 0
        for param in use.params:
            end = start + len(param.node.flat or ())
            sources.append([(local, use.signature.type.params[local]) for local in range(start, end)])
            start = end
        one, other = pair
        sources[one], sources[other] = sources[other], sources[one]
        for param, found in zip(use.params, sources, strict=True):
            kit.lift.from_flat(body, cx, param.node, found)

    return wrong


_row(
    "borrows-exchanged",
    FunctionOf(values, "lift_params"),
    "two borrowed parameters of one resource are exchanged when they are lifted",
    needs="an exported function with two borrows of one imported resource, and a function that borrows them again",
    shown_by="two-handles",
)(_swap_params(Kind.BORROW))
_row(
    "owns-exchanged",
    FunctionOf(values, "lift_params"),
    "two owned parameters of one resource are exchanged when they are lifted",
    needs="an exported function with two own handles of one resource",
    shown_by="two-handles",
)(_swap_params(Kind.OWN))


def _with_swapped_offsets(node: Node, kind: Kind) -> Node:
    pair = _first_two(node.parts, kind) if node.passing is Passing.PRODUCT else None
    if pair is None:
        return node
    offsets = list(node.offsets)
    one, other = pair
    offsets[one], offsets[other] = offsets[other], offsets[one]
    return replace(node, offsets=tuple(offsets))


@_row(
    "borrows-of-a-record-exchanged",
    Member(Lift, "inline_from_memory"),
    "two borrows of one resource are exchanged when they are lifted from a record or tuple in memory",
    needs="a list of tuples of two borrows of an imported resource, and a function that borrows them again",
    shown_by="two-handles",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
    original(self, body, cx, _with_swapped_offsets(node, Kind.BORROW), base, offset)


@_row(
    "owns-of-a-record-exchanged",
    Member(Lower, "inline_to_memory"),
    "two own handles of one resource are exchanged when they are stored in a record or tuple in memory",
    needs="a list of tuples of two own handles",
    shown_by="two-handles",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node, base: int, offset: int) -> None:
    original(self, body, cx, _with_swapped_offsets(node, Kind.OWN), base, offset)
