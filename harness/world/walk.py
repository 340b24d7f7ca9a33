"""The types within types."""

from __future__ import annotations

from harness.world.types import Future, Stream, Type


def reachable(*roots: Type | None, payloads: bool = True) -> list[Type]:
    """Every type that values of `roots` contain, each once, parts before wholes. `payloads`: also those of streams and
    futures, which other definitions than those of a function move."""
    seen: set[int] = set()
    order: list[Type] = []
    for root in roots:
        if root is not None:
            _visit(root, payloads, seen, order)
    return order


def _visit(type: Type, payloads: bool, seen: set[int], order: list[Type]) -> None:
    """No function inside `reachable`: one that calls itself is garbage that only the collector frees, and each world
    asks two hundred times."""
    if id(type) in seen:
        return
    seen.add(id(type))
    for part in type.parts if payloads or not isinstance(type, Future | Stream) else ():
        _visit(part, payloads, seen, order)
    order.append(type)
