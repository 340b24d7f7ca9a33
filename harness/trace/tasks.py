"""Traces of interpreters for asynchronous worlds: each event with its task (interpreters/ASYNC.md, "Trace")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from harness.records.unguarded import unguarded
from harness.trace.async_events import TaskSwitch
from harness.trace.event import Event
from harness.trace.events import LATE
from harness.trace.handles import rename

BALANCE = "balance "
"""The beginning of the last line of a component that ended."""


@unguarded
@dataclass(frozen=True, slots=True)
class Reported:
    """An event as an interpreter reported it, with the raw numbers of handles. `at`: the characters before its line."""

    at: int
    task: int
    event: Event
    late: tuple[Event, ...] = ()
    """The late events since the one before, which left with it and belong to no task."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """The events that a component reported. `at_end`: the late ones between the last of `told` and the balance; they
    leave with it."""

    told: tuple[Reported, ...] = ()
    at_end: tuple[Event, ...] = ()

    def events(self) -> list[Event]:
        """All events, handles renamed, and a `TaskSwitch` wherever another task continues."""
        renamed = rename([told.event for told in self.told])
        told = zip([told.task for told in self.told], [told.late for told in self.told], renamed, strict=True)
        return [*switched(told), *self.at_end]


def switched(events: Iterable[tuple[int, tuple[Event, ...], Event]]) -> list[Event]:
    """The events of tasks, each after the late ones, with a `TaskSwitch` wherever another task goes on."""
    found: list[Event] = []
    current = 0
    for task, late, event in events:
        found += late
        if task != current:
            found.append(TaskSwitch(task))
            current = task
        found.append(event)
    return found


def read_tasks(start: int, lines: Sequence[str], event_of: Callable[[str], Event | None]) -> Tasks:
    """`start`: the number of characters before the first line; `event_of` returns None for what is not an event."""
    told: list[Reported] = []
    late: list[Event] = []
    at_end: tuple[Event, ...] = ()
    task, at = 0, start
    for line in lines:
        event = event_of(line)
        if event is None:
            if line.startswith(BALANCE):
                at_end = tuple(late)
        elif event.__class__ in LATE:
            late.append(event)
        elif isinstance(event, TaskSwitch):
            task = event.number
        else:
            told.append(Reported(at, task, event, tuple(late)))
            late.clear()
        at += len(line) + 1
    return Tasks(tuple(told), at_end)
