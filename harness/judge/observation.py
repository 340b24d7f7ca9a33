"""The observations of a plan in every cell, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.engine.results import EngineKind, Rejected, RunResult
from harness.plan.roles import Role
from harness.process.clock import Clock
from harness.toolchains.cells import Cell
from harness.toolchains.component_build import ComponentBuild
from harness.trace.reader import Trace


@dataclass(frozen=True, slots=True)
class Observation:
    """One run of one cell: the engine's result and each component's trace."""

    result: RunResult | Rejected
    traces: dict[Role, Trace]


@dataclass(frozen=True, slots=True)
class CellRun:
    """The observations of one cell: failures to build, or a refusal by the engine, or a run for each script."""

    cell: Cell
    builds: dict[Role, ComponentBuild]
    rejected: Rejected | None = None
    composition: bytes | None = None
    observations: tuple[Observation, ...] = ()

    @property
    def built(self) -> bool:
        return all(build.failure is None for build in self.builds.values())


@dataclass(slots=True)
class Observed:
    """A plan's cells in order, and the seconds spent by stage. `runs`: by engine and components."""

    cells: list[CellRun]
    clock: Clock = field(default_factory=Clock)
    runs: dict[tuple[EngineKind, tuple[bytes, ...]], CellRun] = field(default_factory=dict)
