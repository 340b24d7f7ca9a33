"""The parts of a product in memory, one after the other or in a loop."""

from __future__ import annotations

from collections.abc import Callable

from generator.dylib.code.assembly import Body
from generator.dylib.world.types import Node
from generator.wasm.types import ValType

I32 = ValType.I32


def visit_parts(
    body: Body, node: Node, base: int, offset: int, unrolled: bool, visit: Callable[[Node, int, int], None]
) -> None:
    """Append the code of `visit` for each part of the product at `base + offset`.

    `visit` gets the part and its address: a local and an offset. A product that is not `unrolled` is a fixed-length
    list; its code is a loop.
    """
    if unrolled:
        for index in range(node.times or 1):
            for part, at in node.places:
                visit(part, base, offset + index * node.stride + at)
        return
    assert node.times is not None
    cursor, left = body.local(I32), body.local(I32)
    body.address(base, offset)
    body.local_set(cursor)
    body.i32_const(node.times)
    body.local_set(left)
    body.loop()
    for part, at in node.places:
        visit(part, cursor, at)
    body.advance(cursor, node.stride)
    body.count_down(left)
    body.end()
    body.free_local(cursor)
    body.free_local(left)
