"""The stub interpreter `boxed`: C sources, the header of its interface, its build script, the built libraries.

`PROTOCOL.md` describes how the harness drives it.
"""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parent

VERSIONS = (2, 3)
"""The versions of the interpreter interface (`wit_t.version`) that have a library."""
HOOKS = ("task-hook", "init-task")
"""The two generations of task hooks; each has a library of the newest version."""
MODES = ("async", "async-sync")
"""Kinds of libraries for asynchronous worlds (`ASYNC.md`): `run` and `finish` lifted with a callback, synchronously."""
LIBRARIES: tuple[tuple[int, str], ...] = (
    *((version, "") for version in VERSIONS),
    *((VERSIONS[-1], hooks) for hooks in HOOKS),
)
"""All libraries for synchronous worlds: the version, and which hooks."""
ASYNC_LIBRARIES: tuple[tuple[int, str], ...] = (
    *((version, MODES[0]) for version in VERSIONS),
    (VERSIONS[-1], MODES[1]),
)
"""All libraries for asynchronous worlds: the version, and the mode."""
ALL: tuple[tuple[int, str, str], ...] = (
    *((version, hooks, "") for version, hooks in LIBRARIES),
    *((version, "", mode) for version, mode in ASYNC_LIBRARIES),
    *((VERSIONS[-1], hooks, mode) for hooks in HOOKS for mode in MODES),
)
"""All libraries: what `boxed` takes."""
WITH_FAULTS: tuple[int, str, str] = (VERSIONS[-1], "", MODES[0])
"""The library that also exists with faults."""
CHOOSE_FAULT = "boxed_choose_fault"


def boxed(version: int = VERSIONS[-1], hooks: str = "", mode: str = "") -> Path:
    """The interpreter's library for a version of the interface, with these task hooks; with a mode, for asynchronous
    worlds. ValueError if there is none."""
    if (version, hooks, mode) not in ALL:
        known = ", ".join([_name(*library) for library in ALL])
        raise ValueError(f"no interpreter {_name(version, hooks, mode)} (there are: {known})")
    return _ROOT / "lib" / f"{_name(version, hooks, mode)}.so"


def faulty() -> Path:
    """The library `boxed(*WITH_FAULTS)` with all of `faults()`, none of them chosen. Its export `CHOOSE_FAULT` chooses
    one by its place in `faults()`, counted from 1."""
    return _ROOT / "lib" / f"{_name(*WITH_FAULTS)}-faults.so"


def faults() -> tuple[str, ...]:
    """The names of the faults that `src/faults.h` declares, in its order."""
    text = (_ROOT / "src" / "faults.h").read_text(encoding="utf-8")
    return tuple(re.findall(r"^ +X\((\w+)\)", text, flags=re.MULTILINE))


def kind(hooks: str, mode: str) -> str:
    """The name of a library among those of one version; empty: for synchronous worlds, without hooks."""
    return "-".join(filter(None, (hooks, mode)))


def _name(version: int, hooks: str, mode: str) -> str:
    return "-".join(filter(None, (f"boxed-v{version}", kind(hooks, mode))))


def header() -> Path:
    """`wit_dylib.h`: the interface between a generated library and an interpreter."""
    return _ROOT / "include" / "wit_dylib.h"


def functions() -> tuple[str, ...]:
    """The functions that `wit_dylib.h` declares, without `wit_dylib_`, in its order."""
    declared = re.findall(r"\bwit_dylib_(\w+)\(", header().read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(declared))


def typed_functions() -> tuple[str, ...]:
    """The names in `functions` whose parameter `ty` is the index of a type."""
    text = header().read_text(encoding="utf-8")
    return tuple(dict.fromkeys(re.findall(r"\bwit_dylib_(\w+)\((?:void \*cx, )?size_t ty\b", text)))
