"""Runs of an engine as data: their limits and results. Loads no engine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, unique

from harness.plan.outcomes import TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.process.steps import Loss


@unique
class EngineKind(Enum):
    """The compilers of wasmtime: Winch in one fast pass, Cranelift with optimization. Two opinions."""

    WINCH = "winch"
    CRANELIFT = "cranelift"


_FUEL_PER_EVENT = 10_000


_FUEL_PER_BYTE = 200
"""Fuel for the script and the trace; about ten times the usage of `boxed` for an event, or for reading and writing a
byte."""


_MEMORY_PER_BYTE = 16


_TRACE_PER_BYTE = 4
"""Expected events do not include events of memory, and the trace has indices instead of names."""


_LARGEST_MEMORY = 768 << 20
"""Bytes for each memory, also for the longest plan: eight memories and all tables are 7 GiB."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """Limits of one run. `fuel` in wasm instructions, `seconds` of processor time, `memory` in bytes for each memory,
    `table` in elements for each table, `trace` in bytes for each role, `resident` in bytes by which the process may
    grow.

    All memories and tables of a run together stay below a worker's limit (`harness/process/memory.py`), even at their
    maximum sizes: a guest's memory never kills the worker.

    They stop endless runs. `for_plan` adds the needs of a plan, so that long plans do not reach them.
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
        """The limits of a run that shows everything that the plan expects: each grows with the plan."""
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
    order: tuple[tuple[Role, int], ...] = ()
    """In an asynchronous composition: all calls of `trace` in order, by component, with the length of each text."""
    counts: tuple[int, ...] = ()
    """The counts of a component (`harness/composition/counting.py`), if it counts and the run did not trap."""
    spent: float = field(default=1.0, compare=False)
    """The share of a limit that the run used: of fuel, time or trace, whichever came nearest to its limit. 1 if nobody
    counted."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The engine does not accept the composition: it is invalid (`compile`), cannot be instantiated, or exceeds the
    time of a step (`timed_out`). `signal`: the number of the signal that ended the engine; 0 if none did."""

    stage: str
    message: str
    timed_out: bool = False
    signal: int = 0

    @staticmethod
    def lost(stage: str, loss: Loss) -> Rejected:
        """A step of the engine that was lost."""
        code = loss.exit_code
        return Rejected(stage, loss.message, code is None, -code if code is not None and code < 0 else 0)

    def __str__(self) -> str:
        """`not compiled: ...`."""
        return f"not {'run' if self.stage == 'run' else f'{self.stage}d'}: {self.message}"
