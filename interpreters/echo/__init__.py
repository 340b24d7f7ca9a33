"""`echo`: a small interpreter whose program is the same for every world (docs/interpreters.md), as an example of one
that is not the harness's own."""

from __future__ import annotations

from pathlib import Path

from interpreters import VERSIONS

SOURCES = Path(__file__).resolve().parent


def echo(version: int = VERSIONS[-1], asynchronous: bool = False, copies: bool = False) -> Path:
    """Its library for a version of the interface. `asynchronous`: with async functions; the engine must have their
    built-ins. `copies`: it copies streams and futures that it would return, and has async functions, too."""
    kind = "-copy" if copies else "-async" if asynchronous else ""
    return SOURCES.parent / "lib" / f"echo-v{version}{kind}.so"
