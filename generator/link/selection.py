"""The libraries that take part, their order, and the bindings of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.errors import GeneratorError
from generator.link.errors import LinkError
from generator.link.library import Library
from generator.link.order import dependency_order, reachable
from generator.link.roots import is_root
from generator.link.symbols import STUBS, Bindings, FunctionSymbol, resolve
from generator.link.worlds import companions, refuse_two_generated

RESERVED_PREFIX = "link:"
"""The prefix of the names of the modules that the linker makes."""


@dataclass(frozen=True, slots=True)
class SelectedLibraries:
    by_priority: Sequence[Library]
    """The libraries in the order of the command line, without dead libraries."""
    in_order: Sequence[Library]
    """In the order of instantiation and construction: each after those that it needs."""
    bindings: Mapping[str, Bindings]
    places: Mapping[str, int]
    """Each library's place in `in_order`, by name; the stubs come before all."""
    dropped: Sequence[Library]
    """Dead libraries, as given."""

    def exists_before(self, function: FunctionSymbol, importer: str) -> bool:
        """Whether the module that defines the function is instantiated before the importer."""
        return self.places[function.library] < self.places[importer]


def select(
    libraries: Sequence[Library], *, stub_missing_functions: bool, several_worlds: bool = False
) -> SelectedLibraries:
    """Symbols are resolved, and missing ones refused, over all libraries that are given. Then dead libraries are
    dropped: those that no root reaches (see `is_root`), as the reference does; but a generated library lives with its
    interpreter (see `companions`). Raises LinkError.
    """
    _check_names(libraries)
    refuse_two_generated(libraries, several_worlds=several_worlds)
    bindings = resolve(libraries, stub_missing_functions=stub_missing_functions)
    dependencies = {item.name: _dependencies(item, bindings[item.name]) for item in libraries}
    kept = {
        name: [*dependencies[name], *others]
        for name, others in companions(libraries, bindings).items()
        if name != STUBS
    }
    live = reachable([item.name for item in libraries if _is_root(item)], {**dependencies, **kept})
    by_priority = [item for item in libraries if item.name in live]
    by_name = {item.name: item for item in by_priority}
    order = dependency_order(list(by_name), dependencies)
    places = {name: place for place, name in enumerate(order)}
    places[STUBS] = -1
    dropped = [item for item in libraries if item.name not in live]
    selection = SelectedLibraries(by_priority, [by_name[name] for name in order], bindings, places, dropped)
    _check_tags(selection)
    return selection


def _is_root(library: Library) -> bool:
    try:
        return is_root(library)
    except GeneratorError as error:
        raise LinkError(f"library `{library.name}`: its world cannot be read: {error}") from error


def _dependencies(library: Library, bindings: Bindings) -> Sequence[str]:
    found = dict.fromkeys([*library.contents.dylink.needed, *bindings.dependencies()])
    found.pop(STUBS, None)
    return tuple(found)


def _check_names(libraries: Sequence[Library]) -> None:
    names = Counter([library.name for library in libraries])
    for name, count in names.items():
        if count > 1:
            raise LinkError(f"{count} libraries have the name `{name}`: give them different names, as NAME=PATH")
        if name.startswith(RESERVED_PREFIX):
            raise LinkError(f"library `{name}`: names that begin with `{RESERVED_PREFIX}` are the linker's own")
    missing = [
        f"  `{library.name}` needs `{needed}`"
        for library in libraries
        for needed in library.contents.dylink.needed
        if needed not in names
    ]
    if missing:
        raise LinkError(
            "missing libraries (add them, as NAME=PATH where the file is called differently):\n" + "\n".join(missing)
        )


def _check_tags(selection: SelectedLibraries) -> None:
    for library in selection.in_order:
        for tag, exporter in selection.bindings[library.name].tags.items():
            if selection.places[exporter] >= selection.places[library.name]:
                raise LinkError(
                    f"`{library.name}` imports the tag `{tag}` from `{exporter}`, which also needs `{library.name}`: "
                    "a tag cannot cross a circle of libraries"
                )
