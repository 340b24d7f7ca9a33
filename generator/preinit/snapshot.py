"""The state of a component after its initialisation, taken by running it in an engine of its own process."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import UsageError
from generator.preinit.errors import PreinitError
from generator.preinit.instrument import Instrumented
from generator.processes.limited import run

_ENGINE = "wasmtime"
STATE = 1 << 30
"""Bytes of all memories together after initialisation."""
_CHILD = Path(__file__).with_name("engine_child.py")

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

    memories: dict[tuple[int, int], bytes] = field(repr=False)
    globals: dict[tuple[int, int], int]
    printed: str = ""
    """The component's output on standard output and standard error."""


def take_snapshot(instrumented: Instrumented, options: InitOptions) -> Snapshot:
    """Raises PreinitError with the trap, UsageError without an engine."""
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
    command = [sys.executable, "-P", str(_CHILD), json.dumps(request)]
    done = run(command, instrumented.binary, seconds=options.seconds, engine=True)
    start = done.output.find(b"\n") + 1
    found = json.loads(done.output[:start]) if start else {}
    failure = done.failure or found.get("failure")
    if failure or done.exit_code:
        reason = failure or (done.errors.strip().splitlines() or ["no reason given"])[-1]
        raise PreinitError(f"{'it' if options.init is None else f'`{options.init}`'} cannot be run: {reason}")
    memories = {}
    for place, size in zip(instrumented.memories, found["sizes"], strict=True):
        memories[place] = done.output[start : start + size]
        start += size
    return Snapshot(memories, dict(zip(instrumented.globals, found["globals"], strict=True)), done.errors)
