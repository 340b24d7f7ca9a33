"""What is to be run: components, their wiring, scripts, and what must be seen. Data between planning and running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.plan.events import Events
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.roles import Role, Wire
from harness.world.world import World


@dataclass(frozen=True, slots=True)
class ComponentPlan:
    """A component to be built by any toolchain: a WIT text (one file, nested packages allowed) and a world in it."""

    role: Role
    wit: str
    world: str
    features: tuple[str, ...] = ()
    merge_versions: bool = True
    """Linked as tools do by default: imports in compatible versions become one (`harness/world/merging.py`)."""
    hooks: str = ""
    """The task hooks of its interpreter (`interpreters.HOOKS`); empty: none."""


@dataclass(frozen=True, slots=True)
class ScriptPlan:
    """One run of a composition: a script for each component and what the specification says must be seen.

    `expected` has handles renamed and NaNs canonical: pass actual lines through `harness.trace.handles.normalize`
    before comparing. In a run that traps, a component may show less than expected only where the trap stopped it.
    """

    scripts: dict[Role, str]
    expected: dict[Role, Events]
    outcome: ExpectedOutcome
    calls: Sequence[str] = ()
    """What is called, for people: `a:b/c#f(1, "x") -> ok(3)`, in the order in which paths of events count calls."""
    entries: tuple[Role, ...] | None = None
    """Entries of this run, where they differ from the plan's: components take turns, each `run` does its next frame."""
    functions: Sequence[str] = ()
    """The canonical name of the function of each call, in the order of `calls`."""


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
    """What each component's WIT means: the model of what generators tell and linkers build."""
    unsupported: tuple[str, ...] = ()
    """Items of the world that are not run, each with the reason (`a:b/c#f: async`)."""
    unmergeable: str = ""
    """Why a linker must refuse to merge the subject's imports in compatible versions; it is run with them kept then."""
    encodings: tuple[str, ...] = ()
    """In which `component embed`, `new` and `wit` are tried with the subject's world (`harness/judge/embedding.py`)."""

    @property
    def subject_wit(self) -> str:
        return next((part.wit for part in self.components if part.role is Role.SUBJECT), "")

    @property
    def hooks(self) -> dict[Role, str]:
        """The task hooks of each component."""
        return {part.role: part.hooks for part in self.components}

    def calls_of(self, run: int) -> Sequence[str]:
        """What run number `run` calls, counted from 1; 0 is no run."""
        return self.runs[run - 1].calls if run else ()
