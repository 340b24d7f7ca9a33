"""The state of a component after its initialisation, taken by running it in an engine of its own process."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from generator.errors import UsageError
from generator.preinit.errors import PreinitError
from generator.preinit.instrument import Instrumented
from generator.preinit.kept_pages import PAGE_SIZE
from generator.processes.limited import run

_ENGINE = "wasmtime"
STATE = 1 << 30
"""Bytes of all memories together after initialisation."""
Contents: TypeAlias = bytes | bytearray
"""Of a memory."""
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from generator.preinit.engine_child import main; sys.exit(main())"
)
"""The engine's process finds this package wherever it was found here."""

NO_ENGINE = "component init runs the component, and needs the Python package wasmtime for that (pip install wasmtime)"


@dataclass(frozen=True, slots=True)
class InitOptions:
    """`init`: the function to run, `NAME` or `INTERFACE#NAME`; None: only instantiation. `environment` and
    `folders` (host, guest): for WASI. `seconds`: of wall time. `memory`: bytes of each memory.
    """

    init: str | None
    environment: tuple[tuple[str, str], ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    seconds: int = 300
    memory: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Contents of memories and bits of globals, by the module's place in the component and their index in it."""

    memories: dict[tuple[int, int], Contents] = field(repr=False)
    globals: dict[tuple[int, int], int]
    printed: str = ""
    """The component's output on standard output and standard error."""


def take_snapshot(instrumented: Instrumented, options: InitOptions) -> Snapshot:
    """Raises PreinitError with the trap, UsageError without an engine; RuntimeError for a fault of its process, which
    says nothing about the component."""
    if importlib.util.find_spec(_ENGINE) is None:
        raise UsageError(NO_ENGINE)
    request = {
        "init": options.init,
        "dumps": instrumented.dumps,
        "memories": len(instrumented.memories),
        "environment": options.environment,
        "folders": options.folders,
        "memory": options.memory,
        "state": STATE,
    }
    command = [sys.executable, "-P", "-c", _CHILD, json.dumps(request)]
    done = run(command, instrumented.binary, seconds=options.seconds, engine=True)
    start = done.output.find(b"\n") + 1
    found = json.loads(done.output[:start]) if start else {}
    failure = done.failure or found.get("failure")
    if failure:
        raise PreinitError(f"{'it' if options.init is None else f'`{options.init}`'} cannot be run: {failure}")
    if done.exit_code or not start:
        raise RuntimeError(f"the engine of component init ended by a fault of its own: {done.errors}")
    contents = _memories(found["memories"], memoryview(done.output)[start:])
    memories = dict(zip(instrumented.memories, contents, strict=True))
    return Snapshot(memories, dict(zip(instrumented.globals, found["globals"], strict=True)), done.errors)


def _memories(described: list[dict[str, Any]], pages: memoryview) -> Iterator[Contents]:
    """`pages`: those that are not all zeros, of all memories."""
    at = 0
    for memory in described:
        contents = bytearray(memory["pages"] * PAGE_SIZE)
        for number in memory["kept"]:
            contents[number * PAGE_SIZE : (number + 1) * PAGE_SIZE] = pages[at : at + PAGE_SIZE]
            at += PAGE_SIZE
        yield contents
