"""Runs of an engine as data: their bounds, and what came of them. Loads no engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, unique

from harness.plan.outcomes import TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role


@unique
class EngineKind(Enum):
    """How wasmtime compiles: Winch in one fast pass, Cranelift with optimisation. Two opinions."""

    WINCH = "winch"
    CRANELIFT = "cranelift"


_FUEL_PER_EVENT = 10_000


_FUEL_PER_BYTE = 200
"""Of the script and of the trace; about ten times what `boxed` takes for an event, or to read and write a byte."""


_MEMORY_PER_BYTE = 16


_TRACE_PER_BYTE = 4
"""Events of memory are not among the expected ones, and others stand there with indices in place of names."""


_LARGEST_MEMORY = 768 << 20
"""Bytes a memory, also for the longest plan: eight of them and all tables are 7 GiB."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """Bounds of one run. `fuel` in wasm instructions, `seconds` of processor time, `memory` in bytes a memory, `table`
    in elements a table, `trace` in bytes a role, `resident` in bytes by which the process may grow.

    All memories and tables of a run stay together below what a worker may use (`harness/runs/messages.py`), also as
    large as they may become: what a guest takes never costs the worker.

    They stop what would go on for ever. What a plan asks for comes on top (`for_plan`), so that long plans do not meet
    them.
    """

    fuel: int = 2_000_000_000
    seconds: float = 20.0
    memory: int = 512 << 20
    memories: int = 8
    table: int = 1 << 20
    tables: int = 128
    trace: int = 64 << 20
    polls: int = 100_000
    resident: int = 6 << 30

    def for_plan(self, plan: ScriptPlan) -> RunLimits:
        """The bounds of a run that shows all that the plan expects: each grows with what it bounds."""
        events = sum(map(len, plan.expected.values()))
        shown = max((expected.size for expected in plan.expected.values()), default=0)
        script = max(map(len, plan.scripts.values()), default=0)
        fuel = self.fuel + _FUEL_PER_EVENT * events + _FUEL_PER_BYTE * (shown + script)
        return replace(
            self,
            fuel=fuel,
            seconds=self.seconds * fuel / self.fuel,
            memory=min(_LARGEST_MEMORY, self.memory + _MEMORY_PER_BYTE * (shown + script)),
            trace=self.trace + _TRACE_PER_BYTE * shown,
        )


@dataclass(frozen=True, slots=True)
class Trap:
    """`entry`: the export that was called (`driver-run`), or `instantiate`."""

    kind: TrapClass
    detail: str
    entry: str
    message: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run of a script. `trap` None: every entry returned."""

    traces: dict[Role, str]
    trap: Trap | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The engine does not take the composition: it is invalid (`compile`), cannot be instantiated, or did not end with
    it in the time that a step has (`timed_out`)."""

    stage: str
    message: str
    timed_out: bool = False

    def __str__(self) -> str:
        """`not compiled: ...`."""
        return f"not {'run' if self.stage == 'run' else f'{self.stage}d'}: {self.message}"
