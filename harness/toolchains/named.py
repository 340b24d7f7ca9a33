"""Toolchains by name, made inside worker processes: names travel between processes, objects do not.

`mutant:NAME` is one of the mutants of `harness/mutants`; `python:MODULE:FUNCTION` calls a function without parameters
that returns a `Toolchain`. Such a toolchain takes the place of ours in every cell.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from harness.toolchains.protocol import Toolchain

_KINDS = {"mutant": "harness.mutants.toolchain", "miniature": "harness.mutants.toolchain"}
"""Modules with a function `toolchain(name)` that raises `UnknownToolchain`. `miniature` is the old word for a mutant,
which works for one release."""


class UnknownToolchain(Exception):
    """No toolchain has this name. The message lists the existing names, or gives the reason."""


def is_name(text: str) -> bool:
    """Whether a text names a toolchain of this kind, rather than a file."""
    return text.partition(":")[0] in (*_KINDS, "python")


def named(name: str) -> Toolchain:
    """Raises `UnknownToolchain`."""
    kind, _, rest = name.partition(":")
    if kind in _KINDS:
        make: Callable[[str], Toolchain] = _function(name, _KINDS[kind], "toolchain")
        return make(rest)
    module, _, function = rest.partition(":")
    if kind != "python" or not function:
        raise UnknownToolchain(f"{name}: expected python:MODULE:FUNCTION or {', '.join(f'{k}:NAME' for k in _KINDS)}")
    found = _function(name, module, function)()
    if not isinstance(found, Toolchain):
        raise UnknownToolchain(f"{name}: returns a {type(found).__name__}, not a Toolchain")
    return found


def _function(name: str, module: str, function: str) -> Callable[..., Toolchain]:
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UnknownToolchain(f"{name}: {error}") from error
    if not callable(found):
        raise UnknownToolchain(f"{name}: {module}.{function} is not a function")
    made: Callable[..., Toolchain] = found
    return made
