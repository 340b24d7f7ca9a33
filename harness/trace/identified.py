"""The events of an asynchronous component by task, whatever the order of the tasks: with the objects that the numbers
of handles stand for, of resources, waitables and waitable sets (they are in one table, CanonicalABI.md "Table State").

In another order of tasks, tables hand out other numbers, and the tasks have other numbers, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from harness.trace import async_events as a
from harness.trace.event import HANDLES, Event
from harness.trace.events import PopEnd, PushEnd
from harness.trace.tasks import Reported, Tasks


class _Number(NamedTuple):
    """A field with a handle. `shift`: the bits below the handle; `brings`: the handle is new with the event."""

    field: str
    brings: bool = False
    shift: int = 0


_NUMBERS: dict[type[Event], tuple[_Number, ...]] = {
    PushEnd: (_Number("end", brings=True),),
    PopEnd: (_Number("end"),),
    a.EndsNew: (_Number("readable", brings=True), _Number("writable", brings=True)),
    **{made: (_Number("end"),) for made in (a.EndRead, a.EndWrite, a.CancelRead, a.CancelWrite)},
    **{made: (_Number("end"),) for made in (a.DropReadable, a.DropWritable)},
    a.SetNew: (_Number("set", brings=True),),
    a.SetDrop: (_Number("set"),),
    a.Joined: (_Number("waitable"), _Number("set")),
    a.ImportStart: (_Number("status", brings=True, shift=4),),
    a.SubtaskCancelled: (_Number("subtask"),),
    a.SubtaskDropped: (_Number("subtask"),),
    a.Delivered: (_Number("handle"),),
    **{made: (_Number("code", shift=4),) for made in (a.ExportAsyncCall, a.ExportAsyncCallback, a.RunCode)},
}
"""The handles of the events that `harness.trace.event.HANDLES` does not have."""

_Shape = tuple[Event, tuple[int, ...]]
"""An event without its handles, and the objects behind these; 0 is none."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Equal for the same events in each task about the same objects. `tasks`: the events of each task; objects are
    numbered by their first use. `late`: the late events, which belong to no task."""

    tasks: tuple[tuple[_Shape, ...], ...]
    late: tuple[str, ...]


def identified(tasks: Tasks) -> Identified:
    """The events of a component, its tasks in an order that does not depend on the order of the run."""
    by_task: dict[int, list[_Shape]] = {}
    for told, shape in zip(tasks.told, _shapes(tasks.told), strict=True):
        by_task.setdefault(told.task, []).append(shape)
    numbers = sorted(by_task, key=lambda task: (str(_numbered([by_task[task]])), task))
    late = [str(event) for told in tasks.told for event in told.late] + [str(event) for event in tasks.at_end]
    return Identified(_numbered([by_task[task] for task in numbers]), tuple(sorted(late)))


def _shapes(told: Sequence[Reported]) -> Iterator[_Shape]:
    """Each event with its objects, which are numbered in the order of the trace."""
    objects: dict[int, int] = {}
    count = 0
    for each in told:
        blank, handles = _blank(each.event)
        found = []
        for handle, brings in handles:
            if handle and (brings or handle not in objects):
                count += 1
                objects[handle] = count
            found.append(objects[handle] if handle else 0)
        yield blank, tuple(found)


def _blank(event: Event) -> tuple[Event, list[tuple[int, bool]]]:
    """The event without its handles, and each handle with whether it is new."""
    if (fields := HANDLES.get(event.__class__)) is not None:
        return fields.renamed(event, 0), [(fields.handle(event), fields.brings)]
    found = []
    changed: dict[str, Any] = {}
    for field, brings, shift in _NUMBERS.get(event.__class__, ()):
        number = getattr(event, field)
        found.append((number >> shift, brings))
        changed[field] = number & ((1 << shift) - 1)
    return (replace(event, **changed) if changed else event), found  # type: ignore[type-var]


def _numbered(tasks: Sequence[Sequence[_Shape]]) -> tuple[tuple[_Shape, ...], ...]:
    """The same events with objects that are numbered by their first use here."""
    known = {0: 0}
    return tuple(
        tuple((event, tuple(known.setdefault(each, len(known)) for each in objects)) for event, objects in shapes)
        for shapes in tasks
    )
