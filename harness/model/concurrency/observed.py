"""The observations of a run, and the answers of the model, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.plan.events import PlacedEvent
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.places import Place
from harness.plan.roles import Role
from harness.records.unguarded import unguarded
from harness.trace.async_events import AsyncBalance
from harness.trace.event import Event
from harness.trace.events import Balance


@unguarded
@dataclass(frozen=True, slots=True)
class Seen:
    """An observed event, in the global order of a run.

    `task`: the number in the last `task N` line of the component. Handles, statuses and codes are raw. These lines are
    left out: `realloc`, `dealloc_bytes`, balances, `fail`, and `task` itself.
    """

    role: Role
    task: int
    event: Event
    late: tuple[Event, ...] = ()
    """The late events of the component (`harness.trace.events.LATE`) since the one before."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How the run ended. `trap` None: the host's calls of all entries and of `finish` returned.

    `detail`: the interpreter's cause where `trap` is `INTERPRETER`, without `fail_`.
    """

    trap: TrapClass | None = None
    detail: str | None = None


@unguarded
@dataclass(frozen=True, slots=True)
class PredictedEvent:
    """An event that the model predicts. Its place becomes a text only when it is read."""

    role: Role
    task: int
    event: Event
    place: Place
    late: tuple[Event, ...] = ()
    """The events of the component that left with it, before it: hooks and post-return, which belong to no task."""


@unguarded
@dataclass(frozen=True, slots=True)
class Shown:
    """An event that the model predicts, with its place."""

    role: Role
    task: int
    event: PlacedEvent
    late: tuple[Event, ...] = ()
    """As in `Seen`."""


@dataclass(frozen=True, slots=True)
class Left:
    """The remains of a component, as its `finish` writes them. `balance` None: the model cannot predict it."""

    asynchronous: AsyncBalance
    balance: Balance | None
    late: tuple[Event, ...] = ()
    """The late events before the balances, since the last other event."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Some schedule that the specification allows has these events and this end."""

    left: tuple[Mapping[Role, Left], ...]
    """The remains of the components, for each explanation that differs. Empty if the run trapped."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """No schedule that the specification allows has these events and this end."""

    index: int
    """The index of the first event that no schedule allows; the number of events if only the end is wrong."""
    allowed: tuple[Shown, ...]
    """The events that schedules allow in its place."""
    ends: tuple[ExpectedOutcome, ...]
    """The ends that schedules allow in its place."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The model cannot decide. This never counts as a pass."""

    index: int
    reason: str


Following = Explained | Unexplained | Undecided
