"""Stream and future types that no function of a world uses.

A type with a name is its own; one without is the same wherever it is spelled alike in one package. (So the reference
tells types apart, learnt from wasm-tools 1.262: it describes all types, and has built-ins for those of functions.)
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.world.types import Future, Record, Stream, Type, Variant
from harness.world.world import World


def has_unused_end(world: World, name: str) -> bool:
    """`name`: the world's own, with its package: `a:b/w@1.0.0`."""
    functions = world.import_functions() + world.export_functions()
    used = _ends(
        (type, _package(function.interface, name))
        for function in functions
        for type in (*(param.type for param in function.params), function.result)
        if type is not None
    )
    sides = (*world.imports.values(), *world.exports.values())
    described = _ends((type, _package(interface.key, name)) for interface in sides for type in interface.types.values())
    return not described <= used


def _ends(roots: Iterable[tuple[Type, str]]) -> set[tuple[str, str]]:
    """The streams and futures within types, each root with the package that spells it."""
    found: set[tuple[str, str]] = set()
    todo = list(roots)
    seen: set[tuple[int, str]] = set()
    while todo:
        type, package = todo.pop()
        if (id(type), package) in seen:
            continue
        seen.add((id(type), package))
        own = type.canonical if isinstance(type, Record | Variant) else getattr(type, "name", None)
        if own:  # the package of a name spells what it means
            package = _package(own.rpartition("#")[0], package)
        if isinstance(type, Stream | Future):
            found.add(("" if own else package, type.canonical))
        todo += [(part, package) for part in type.parts]
    return found


def _package(interface: str | None, world: str) -> str:
    """The package of an interface's id; labels and the world's own items are in that of the world, or of the place."""
    if interface is None or "/" not in interface:
        interface = world
    name, _, rest = interface.partition("/")
    return f"{name}@{rest.partition('@')[2]}" if rest else name
