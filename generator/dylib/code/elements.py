"""The loop over the elements of a list or map in memory."""

from __future__ import annotations

from collections.abc import Callable

from generator.dylib.code.assembly import Body
from generator.wasm.code import Op

UNROLLED = 4
"""Elements of a turn of an unrolled loop; a power of two."""

Element = Callable[[int], None]
"""Appends the code of the element at an offset from the cursor."""


def visit_elements(body: Body, cursor: int, left: int, stride: int, element: Element) -> None:
    """Repeat `element` for `left` elements, at least one, from `cursor` on: a local that then is their end."""
    body.loop()
    element(0)
    body.advance(cursor, stride)
    body.count_down(left)
    body.end()


def visit_elements_unrolled(body: Body, cursor: int, left: int, stride: int, element: Element) -> None:
    """Like `visit_elements`, also for no elements: single ones until the rest are full turns of several."""
    body.loop()
    body.local_get(left)
    body.i32_const(UNROLLED - 1)
    body.op(Op.I32_AND)
    body.if_()
    element(0)
    body.advance(cursor, stride)
    body.advance(left, -1)
    body.br(1)
    body.end()
    body.end()
    body.local_get(left)
    body.if_()
    body.loop()
    for index in range(UNROLLED):
        element(index * stride)
    body.advance(cursor, UNROLLED * stride)
    body.count_down(left, UNROLLED)
    body.end()
    body.end()
