"""What was observed of a run, and what the model says to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.plan.events import PlacedEvent
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.roles import Role
from harness.trace.async_events import AsyncBalance
from harness.trace.event import Event
from harness.trace.events import Balance


@dataclass(frozen=True, slots=True)
class Seen:
    """An observed event, in the global order of a run.

    `task`: the number in the last `task N` line of the component. Handles, statuses and codes are raw. Lines that come
    late (`realloc`, `dealloc_bytes`, `export_finish`), balances, `fail` and `task` itself are not events of this kind.
    """

    role: Role
    task: int
    event: Event


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How the run ended. `trap` None: the host's calls of all entries and of `finish` returned.

    `detail`: the interpreter's cause where `trap` is `INTERPRETER`, without `fail_`.
    """

    trap: TrapClass | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An event that the model shows, with its place for people."""

    role: Role
    task: int
    event: PlacedEvent


@dataclass(frozen=True, slots=True)
class Left:
    """What a component leaves, as its `finish` writes it. `balance` None: more depends on it than the model knows."""

    asynchronous: AsyncBalance
    balance: Balance | None


@dataclass(frozen=True, slots=True)
class Explained:
    """Some schedule that the specification allows shows these events and ends like this."""

    left: tuple[Mapping[Role, Left], ...]
    """What the components leave, for each different way of explaining the run. Empty where it trapped."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """No schedule does."""

    index: int
    """Of the first event that no schedule allows; their number where the end of the run is wrong."""
    allowed: tuple[Shown, ...]
    """The events that schedules allow in its place."""
    ends: tuple[ExpectedOutcome, ...]
    """The ends that schedules allow in its place."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The model cannot decide. This is never a pass."""

    index: int
    reason: str


Following = Explained | Unexplained | Undecided
