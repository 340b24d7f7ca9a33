"""The work of a run as data: components, their wiring, scripts, expected events. Planners make it, workers run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import interpreters
from harness.plan.engine_faults import MetFault
from harness.plan.events import Events
from harness.plan.left_out import LeftOut
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.roles import Role, Wire
from harness.script.operations import Script
from harness.world.world import World

ASYNC = "async"
"""The interpreter for asynchronous worlds."""
BLOCKING = "async-sync"
"""The same with `run` and `finish` lifted synchronously."""


@dataclass(frozen=True, slots=True)
class ComponentPlan:
    """A component that any toolchain can build: a WIT text (one file, nested packages allowed) and a world in it."""

    role: Role
    wit: str
    world: str
    features: tuple[str, ...] = ()
    merge_versions: bool = True
    """Linked as tools do by default: imports in compatible versions become one (`harness/world/merging.py`)."""
    hooks: str = ""
    """The task hooks of its interpreter (`interpreters.HOOKS`); empty: none."""
    asynchronous: bool = False
    """Linked with the interpreter for asynchronous worlds. All components of a plan are, or none is."""
    async_filters: tuple[str, ...] = ()
    """`--async` of `wit-dylib`: which functions are lowered and lifted async (`harness/model/abi.py`)."""
    blocking_run: bool = False
    """`run` and `finish` of its interpreter for asynchronous worlds are lifted synchronously."""
    foreign: bool = False
    """Linked with the user's interpreter (`--interpreter`), which follows no script and writes no trace."""
    counted: bool = False
    """Such a component with a library that counts the calls of the interpreter (`composition/counting.py`)."""

    @property
    def interpreter(self) -> str:
        """The kind of the interpreter's library (`interpreters.kind`)."""
        mode = (BLOCKING if self.blocking_run else ASYNC) if self.asynchronous else ""
        return interpreters.kind(self.hooks, mode)


@dataclass(frozen=True, slots=True)
class ScriptPlan:
    """One run of a composition: a script for each component, and the events that the specification predicts.

    `expected` has handles renamed and NaNs canonical: pass actual lines through `harness.trace.handles.normalize`
    before comparing. In a run that traps, the events of a component may end early, but only where the trap stopped it.
    """

    scripts: dict[Role, str]
    expected: dict[Role, Events]
    outcome: ExpectedOutcome
    calls: Sequence[str] = ()
    """The calls as text for people: `a:b/c#f(1, "x") -> ok(3)`, in the order in which paths of events count them."""
    entries: tuple[Role, ...] | None = None
    """Entries of this run, if they differ from the plan's: components take turns, each `run` does its next frame."""
    functions: Sequence[str] = ()
    """The canonical name of the function of each call, in the order of `calls`."""
    followed: Mapping[Role, Script] | None = None
    """In an asynchronous run: the scripts as data, with which the model follows the trace. `expected` has the events
    of one of the schedules that the specification allows."""
    met: frozenset[MetFault] = frozenset()
    """In an asynchronous run: the faults of the engine that its steps may meet."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A composition and its runs. `entries` are the components whose `control.run` is called, in order."""

    title: str
    components: tuple[ComponentPlan, ...]
    wires: tuple[Wire, ...]
    entries: tuple[Role, ...]
    runs: tuple[ScriptPlan, ...]
    needs: frozenset[str] = frozenset()
    """Engine features beyond the default: `fixed-length-lists`, `error-context`, `map`, `implements`, `accessors`."""
    worlds: Mapping[Role, World] = field(default_factory=dict)
    """The meaning of each component's WIT: the model of the generators' descriptions and the linkers' components."""
    unsupported: tuple[LeftOut, ...] = ()
    """Items of the world that are not run."""
    unmergeable: str = ""
    """Why a linker must refuse to merge the subject's imports in compatible versions; the subject then keeps them."""
    encodings: tuple[str, ...] = ()
    """The encodings of `component embed`, `new` and `wit` for the subject's world (`harness/judge/embedding.py`)."""

    @property
    def not_run(self) -> tuple[str, ...]:
        """`unsupported` as lines for people: `import a:b/c#f: REASON`."""
        return tuple(map(str, self.unsupported))

    @property
    def subject_wit(self) -> str:
        return next((part.wit for part in self.components if part.role is Role.SUBJECT), "")

    @property
    def asynchronous(self) -> bool:
        return any(part.asynchronous for part in self.components)

    @property
    def hooks(self) -> dict[Role, str]:
        """The task hooks of each component."""
        return {part.role: part.hooks for part in self.components}

    @property
    def async_filters(self) -> dict[Role, tuple[str, ...]]:
        """The filters of each component that has some."""
        return {part.role: part.async_filters for part in self.components if part.async_filters}

    @property
    def blocking_runs(self) -> frozenset[Role]:
        return frozenset(part.role for part in self.components if part.blocking_run)

    def calls_of(self, run: int) -> Sequence[str]:
        """The calls of run number `run`, counted from 1; 0 stands for no run."""
        return self.runs[run - 1].calls if run else ()
