"""Worlds that libraries carry and that no component can have unchanged: two worlds for one interpreter, and worlds of
libraries that are dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from generator.componentize.world import decoded_world
from generator.link.errors import LinkError
from generator.link.library import Library
from generator.link.symbols import Bindings
from generator.wasm.types import FuncType, ValType

INITIALIZE = "wit_dylib_initialize"
"""Through this symbol a generated library gives an interpreter its world (wit_dylib.h)."""

Warn = Callable[[str], None]


def ignore(warning: str) -> None:
    """For callers that want no warnings."""


def is_generated(library: Library) -> bool:
    """Whether the library gives an interpreter a world. Its own `component-type` section distinguishes it from a
    library that merely calls the same function."""
    return INITIALIZE in library.contents.functions and bool(library.contents.component_types)


def tells_its_world(library: Library) -> bool:
    """Whether a generated library uses the extension for several worlds (wit_dylib.h)."""
    return library.contents.functions[INITIALIZE] == FuncType((ValType.I32, ValType.I32))


def refuse_two_generated(libraries: Sequence[Library], *, several_worlds: bool = False) -> None:
    """Raises LinkError if several libraries are generated, unless `several_worlds` is asked for and all of them use the
    extension of that name.

    Without it the interface passes an interpreter numbers of functions and types that count within one world. The
    interpreter knows the world that comes last, so the function of any other world runs under a number of the last one.
    """
    generated = [library for library in libraries if is_generated(library)]
    if len(generated) < 2:
        return
    names = " and ".join([f"`{library.name}`" for library in generated])
    without = [f"`{library.name}`" for library in generated if not tells_its_world(library)]
    if several_worlds and without:
        raise LinkError(
            f"{names} are libraries of `wit-dylib`, each with a world of its own, but {' and '.join(without)} would "
            "not tell the interpreter which world a call belongs to.\n"
            "  hint: generate each with `wit-dylib --several-worlds`"
        )
    if without:
        raise LinkError(
            f"{names} are libraries of `wit-dylib`, each with a world of its own: an interpreter "
            "knows only the last one, and would run its functions in place of the others'.\n"
            "  hint: generate one library for a world that includes both (`include` in WIT), or link a component for "
            "each world; an interpreter that knows several worlds takes them with `--several-worlds`"
        )
    if not several_worlds:
        raise LinkError(
            f"{names} are libraries of `wit-dylib`, each with a world of its own.\n"
            "  hint: link them with `--several-worlds`"
        )


def companions(libraries: Iterable[Library], bindings: Mapping[str, Bindings]) -> Mapping[str, Sequence[str]]:
    """For each interpreter, the names of the generated libraries that give it its worlds.

    Nothing depends on a generated library whose world only imports, but its interpreter calls those imports. So one
    lives with the other; the reference drops such a library.
    """
    found: dict[str, list[str]] = {}
    for library in libraries:
        if is_generated(library):
            found.setdefault(bindings[library.name].functions[INITIALIZE].library, []).append(library.name)
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
