"""How deep types may be nested: a limit of the engines, not of the Component Model.

wasmparser, which wasm-tools and wasmtime use, allows 100 levels in all; a function, an instance and the component
around a value type take three of them.
"""

from __future__ import annotations

from generator.componentize.errors import ComponentizeError
from generator.wit.kinds import children
from generator.wit.model import Alias, Resolve, TypeId

DEEPEST = 97
"""Levels of a value type, counting the primitive type inside; names add none."""


def check_nesting(resolve: Resolve) -> None:
    """Raises ComponentizeError for types that no engine would take."""
    depths: dict[TypeId, int] = {}

    def depth(id: TypeId) -> int:
        found = depths.get(id)
        if found is None:
            kind = resolve.types[id].kind
            inside = [depth(child) if isinstance(child, int) else 1 for child in children(kind)]
            found = depths[id] = max(inside, default=0) + (not isinstance(kind, Alias))
            if found > DEEPEST:
                name = resolve.types[id].name
                what = "an anonymous type" if name is None else f"type `{name}`"
                raise ComponentizeError(f"{what} is nested more than {DEEPEST} levels deep: no engine takes that")
        return found

    for index in range(len(resolve.types)):  # types mostly stand behind those they mention: recursion stays shallow
        depth(TypeId(index))
