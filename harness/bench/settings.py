"""The settings of a run's processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.engine.results import RunLimits
from harness.process.launching import ProcessLimits
from harness.toolchains.interpreter import Interpreter, NamedFile
from harness.toolchains.selection import Selection


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run's processes. `directory`: for temporary files; its maker removes it."""

    directory: Path
    selection: Selection = field(default_factory=Selection)
    tool_limits: ProcessLimits = field(default_factory=ProcessLimits)
    run_limits: RunLimits = field(default_factory=RunLimits)
    interpreter: Interpreter | None = None
    """An interpreter that is not ours, which is then under test."""
    adapters: tuple[NamedFile, ...] = ()
    """What subjects that are pre-initialised call WASI through; empty: their initialisation uses no WASI."""
