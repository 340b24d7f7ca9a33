"""The stub interpreter `boxed`: C sources, the header of its interface, its build script, the built libraries.

`PROTOCOL.md` describes how the harness drives it.
"""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parent

VERSIONS = (2, 3)
"""The versions of the interpreter interface (`wit_t.version`) that have a library."""


def boxed(version: int = 3) -> Path:
    """The interpreter's library for a version of the interface; ValueError for a version without one."""
    if version not in VERSIONS:
        known = ", ".join(map(str, VERSIONS))
        raise ValueError(f"no boxed interpreter for interface version {version} (there are: {known})")
    return _ROOT / "lib" / f"boxed-v{version}.so"


def header() -> Path:
    """`wit_dylib.h`: the interface between a generated library and an interpreter."""
    return _ROOT / "include" / "wit_dylib.h"


def functions() -> tuple[str, ...]:
    """The functions that `wit_dylib.h` declares, without `wit_dylib_`, in its order."""
    declared = re.findall(r"\bwit_dylib_(\w+)\(", header().read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(declared))
