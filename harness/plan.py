"""What is to be run: components, their wiring, scripts, and what must be seen. Data between planning and running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import overload

from harness.world import World


@unique
class Role(Enum):
    """The part that a component plays in a composition."""

    PROVIDER = "provider"
    SUBJECT = "subject"
    DRIVER = "driver"

    # Members are singletons; the hash of their name, which Enum takes, is slow.
    __hash__ = object.__hash__


@unique
class ItemKind(Enum):
    INSTANCE = "instance"
    FUNC = "func"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class ComponentPlan:
    """A component to be built by any toolchain: a WIT text (one file, nested packages allowed) and a world in it."""

    role: Role
    wit: str
    world: str
    features: tuple[str, ...] = ()
    merge_versions: bool = True
    """Linked as tools do by default: imports in compatible versions become one (`harness/merging.py`)."""


@dataclass(frozen=True, slots=True)
class Wire:
    """`consumer` imports `name`; it gets the item at `path` of `producer`'s exports (two steps: export, item of it)."""

    consumer: Role
    name: str
    kind: ItemKind
    producer: Role
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a trace with indices replaced by canonical names (`harness/types.py`), as it must stand there.

    Memory events, balances and `fail` are not among them. `path` says where inside which call's values the event
    belongs (`call 3 a:b/c#f, result.field[2]`); it is not compared.
    """

    line: str
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Events(Sequence[Event]):
    """The events of one component in one run. Lines are kept apart from paths: only a difference asks for a path."""

    lines: tuple[str, ...]
    paths: Sequence[str] = field(compare=False)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> Event | Events:
        if isinstance(index, slice):
            return Events(self.lines[index], self.paths[index])
        return Event(self.lines[index], self.paths[index])

    def __len__(self) -> int:
        return len(self.lines)


@unique
class TrapClass(Enum):
    """Causes of a trap that the specification names (CanonicalABI.md); text of an engine is mapped to these."""

    INVALID_CHAR = "invalid-char"
    INVALID_DISCRIMINANT = "invalid-discriminant"
    INVALID_UTF8 = "invalid-utf8"
    INVALID_HANDLE = "invalid-handle"
    HANDLE_TYPE = "handle-type"
    UNALIGNED = "unaligned"
    OUT_OF_BOUNDS = "out-of-bounds"
    TOO_LONG = "too-long"
    BORROW_LEFT = "borrow-left"
    LENT = "lent"
    CANNOT_LEAVE = "cannot-leave"
    CANNOT_ENTER = "cannot-enter"
    UNREACHABLE = "unreachable"
    STACK_OVERFLOW = "stack-overflow"
    OUT_OF_FUEL = "out-of-fuel"
    INTERPRETER = "interpreter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """`trap` None: every entry returns. `detail` names the interpreter's cause for `INTERPRETER`, without `fail_`.

    `also`: other classes that are right as well, where a value breaks several rules or two parties check the same one.
    """

    trap: TrapClass | None = None
    detail: str | None = None
    also: frozenset[TrapClass] = frozenset()


@dataclass(frozen=True, slots=True)
class ScriptPlan:
    """One run of a composition: a script for each component and what the specification says must be seen.

    `expected` has handles renamed and NaNs canonical: pass actual lines through `harness.handles.normalize` before
    comparing. In a run that traps, a component may show less than expected only where the trap stopped it.
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
    """In which `component embed`, `new` and `wit` are tried with the subject's world (`harness/embedding.py`)."""

    @property
    def subject_wit(self) -> str:
        return next((part.wit for part in self.components if part.role is Role.SUBJECT), "")

    def calls_of(self, run: int) -> Sequence[str]:
        """What run number `run` calls, counted from 1; 0 is no run."""
        return self.runs[run - 1].calls if run else ()
