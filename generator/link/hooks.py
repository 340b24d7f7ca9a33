"""Task hooks of libraries: the first library that exports one defines it, as for any symbol (as in the reference)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.componentize.plan import CoreExport
from generator.componentize.task_hooks import counting, exported_hooks, wrong_type
from generator.link.errors import LinkError
from generator.link.library import Library


def find_task_hooks(libraries: Sequence[Library]) -> dict[str, CoreExport]:
    """The hooks of the whole program, by name (`Plan.task_hooks`). `libraries`: in the order of priority. Raises
    LinkError for a hook of a wrong type in any library."""
    exporters = [(library, _defined(library)) for library in libraries]
    found: dict[str, CoreExport] = {}
    for name in counting([name for _, defined in exporters for name in defined]):
        for library, defined in exporters:
            if name not in defined:
                continue
            problem = wrong_type(library.contents.module, name)
            if problem is not None:
                raise LinkError(f"library `{library.name}`: {problem}")
            found.setdefault(name, CoreExport(library.name, name))
    return found


def _defined(library: Library) -> list[str]:
    """The functions that the library defines itself; re-exported imports do not count."""
    contents = library.contents
    functions = (*contents.defined_functions, *contents.unusable_functions)
    return [name for name in exported_hooks(contents.module) if name in functions]
