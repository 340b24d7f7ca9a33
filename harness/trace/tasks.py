"""Traces of interpreters for asynchronous worlds: each event with its task (interpreters/ASYNC.md, "Trace")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.trace.async_events import TaskSwitch
from harness.trace.event import Event
from harness.trace.events import ExportFinish
from harness.trace.handles import rename

LATE = (ExportFinish,)
"""Events that cannot leave when they happen; they come with a later one, so their place says nothing. (Those of memory
are not looked at one by one in any world.)"""


@dataclass(frozen=True, slots=True)
class Reported:
    """An event as an interpreter reported it, with the raw numbers of handles. `at`: the characters before its line."""

    at: int
    task: int
    event: Event


@dataclass(frozen=True, slots=True)
class Tasks:
    """The events that a component reported. `late`: in the order of the text."""

    told: tuple[Reported, ...] = ()
    late: tuple[Event, ...] = ()

    def events(self) -> list[Event]:
        """The events of `told`, handles renamed, and a `TaskSwitch` wherever another task continues."""
        renamed = rename([told.event for told in self.told])
        return switched(zip([told.task for told in self.told], renamed, strict=True))


def switched(events: Iterable[tuple[int, Event]]) -> list[Event]:
    """The events of tasks with a `TaskSwitch` wherever another task goes on."""
    found: list[Event] = []
    current = 0
    for task, event in events:
        if task != current:
            found.append(TaskSwitch(task))
            current = task
        found.append(event)
    return found


def read_tasks(start: int, lines: Sequence[str], event_of: Callable[[str], Event | None]) -> Tasks:
    """`start`: the number of characters before the first line; `event_of` returns None for what is not an event."""
    late: list[Event] = []
    return Tasks(tuple(_told(start, lines, event_of, late)), tuple(late))


def _told(
    start: int, lines: Sequence[str], event_of: Callable[[str], Event | None], late: list[Event]
) -> Iterator[Reported]:
    task, at = 0, start
    for line in lines:
        event = event_of(line)
        if isinstance(event, TaskSwitch):
            task = event.number
        elif isinstance(event, LATE):
            late.append(event)
        elif event is not None:
            yield Reported(at, task, event)
        at += len(line) + 1
