"""The type of a stream or future at a place in a function's type (interpreters/ASYNC.md, "The type at a place")."""

from __future__ import annotations

from harness.model.concurrency.objects import EndType
from harness.script import operations as s
from harness.world import types as t
from harness.world.world import World


def type_at(world: World, place: s.TypePlace) -> EndType | None:
    """The type at the place; None if the path leads to no stream or future."""
    function = (world.export_function if place.exported else world.import_function)(place.interface, place.name)
    if function is None or place.param > len(function.params):
        return None
    found = function.params[place.param].type if place.param < len(function.params) else function.result
    for step in place.path:
        inner = () if found is None else _parts(found)
        found = inner[step] if step < len(inner) else None
    return found if isinstance(found, t.Stream | t.Future) else None


def _parts(type: t.Type) -> tuple[t.Type | None, ...]:
    """The types to which a step of a path can lead."""
    match type:
        case t.Option():
            return (type.type,)
        case t.Cases():
            return type.payloads
    return type.parts
