"""Worlds that libraries carry and that no component can have unchanged: two worlds for one interpreter, and worlds of
libraries that are dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from generator.componentize.world import decoded_world
from generator.link.errors import LinkError
from generator.link.library import Library
from generator.link.symbols import Bindings

INITIALIZE = "wit_dylib_initialize"
"""Through this symbol a generated library gives an interpreter its world (wit_dylib.h)."""

Warn = Callable[[str], None]


def ignore(warning: str) -> None:
    """For callers that want no warnings."""


def is_generated(library: Library) -> bool:
    """Whether the library gives an interpreter a world. Its own `component-type` section distinguishes it from a
    library that merely calls the same function."""
    return INITIALIZE in library.contents.functions and bool(library.contents.component_types)


def refuse_two_generated(libraries: Sequence[Library]) -> None:
    """Raises LinkError if several libraries are generated.

    The interface passes an interpreter numbers of functions and types that count within one world. The interpreter
    knows the world that comes last, so the function of any other world would run under a number of the last one.
    """
    generated = [f"`{library.name}`" for library in libraries if is_generated(library)]
    if len(generated) > 1:
        raise LinkError(
            f"{' and '.join(generated)} are libraries of `wit-dylib`, each with a world of its own: an interpreter "
            "knows only the last one, and would run its functions in place of the others'.\n"
            "  hint: generate one library for a world that includes both (`include` in WIT), or link a component for "
            "each world"
        )


def companions(libraries: Iterable[Library], bindings: Mapping[str, Bindings]) -> Mapping[str, str]:
    """For an interpreter the generated library that gives it its world, by name.

    Nothing depends on a generated library whose world only imports, but its interpreter calls those imports. So one
    lives with the other; the reference drops such a library.
    """
    found = {}
    for library in libraries:
        if is_generated(library):
            found[bindings[library.name].functions[INITIALIZE].library] = library.name
    return found


def warn_of_lost_imports(dropped: Iterable[Library], warn: Warn) -> None:
    """Warns that the component lacks imports that only a dropped library's world has."""
    for library in dropped:
        names = [name for section in library.contents.component_types for name in _imports(section.data)]
        if names:
            warn(
                f"library `{library.name}` is left out, and what its world imports ({', '.join(names)}): its world "
                "exports nothing, and no other library needs it"
            )


def _imports(section: bytes) -> list[str]:
    resolve, id, _ = decoded_world(section)
    return [resolve.world_key_name(key) for key in resolve.worlds[id].imports]
