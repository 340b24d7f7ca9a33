"""The needs of worlds beyond an engine's defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.script.operations import Lists
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import World

FEATURES: dict[type[object], str] = {t.FixedLengthList: "fixed-length-lists", t.Map: "map"}


@dataclass(frozen=True)
class Needs:
    engine: frozenset[str]
    """Names as in `Plan.needs`."""
    lists: tuple[Lists, ...]
    """The ways in which lists can go that make a difference, other than by element."""


def needs_of(worlds: Iterable[World], has_labels: bool = False) -> Needs:
    """`has_labels`: a world's view does not show them."""
    roots: list[t.Type | None] = []
    accessors = asynchronous = False
    for world in worlds:
        for function in world.import_functions() + world.export_functions():
            asynchronous = asynchronous or function.why_async is not None
            accessors = accessors or "[get]" in function.name  # there is no setter without one
            roots += [*(param.type for param in function.params), function.result]
        for interface in (*world.imports.values(), *world.exports.values()):
            roots += interface.types.values()
    found = reachable(*roots)
    engine = {FEATURES[type.__class__] for type in found if type.__class__ in FEATURES}
    if t.Prim.ERROR_CONTEXT in found:
        engine.add("error-context")
    if asynchronous:
        engine.add("async")
    if accessors:
        engine.add("accessors")
    if has_labels:
        engine.add("implements")
    elements = [type.type for type in found if isinstance(type, t.List)]
    lists = {Lists.NUMBERS: any(element in t.NUMBERS for element in elements)}
    lists[Lists.ANY] = not all(element.holds_handles for element in elements)
    return Needs(frozenset(engine), tuple([way for way, possible in lists.items() if possible]))
