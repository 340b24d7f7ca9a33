"""Types that are too large for the Component Model, or nested too deep for the engines."""

from __future__ import annotations

from generator.canonical.limits import LARGEST_SIZE, oversized_types
from generator.componentize.errors import ComponentizeError
from generator.wit.kinds import children
from generator.wit.model import Alias, Resolve, TypeId

DEEPEST = 97
"""Levels of a value type, counting the primitive type inside; names add none.

No limit of the Component Model: wasmparser, which wasm-tools and wasmtime use, allows 100 levels in all; a function, an
instance and the component around a value type take three of them.
"""


def check_types(resolve: Resolve) -> None:
    """Raises ComponentizeError for types that no component may have, or that no engine would take."""
    _check_nesting(resolve)
    for id, size in oversized_types(resolve, map(TypeId, range(len(resolve.types)))):
        raise ComponentizeError(f"{_name(resolve, id)} takes {size} bytes; at most {LARGEST_SIZE} are allowed")


def _name(resolve: Resolve, id: TypeId) -> str:
    name = resolve.types[id].name
    return "an anonymous type" if name is None else f"type `{name}`"


def _check_nesting(resolve: Resolve) -> None:
    depths: dict[TypeId, int] = {}

    def depth(id: TypeId) -> int:
        found = depths.get(id)
        if found is None:
            kind = resolve.types[id].kind
            inside = [depth(child) if isinstance(child, int) else 1 for child in children(kind)]
            found = depths[id] = max(inside, default=0) + (not isinstance(kind, Alias))
            if found > DEEPEST:
                where = _name(resolve, id)
                raise ComponentizeError(f"{where} is nested more than {DEEPEST} levels deep: no engine takes that")
        return found

    for index in range(len(resolve.types)):  # types mostly stand behind those they mention: recursion stays shallow
        depth(TypeId(index))
