"""Waitables, sets of them, and subtasks (CanonicalABI.md, "Waitable State", "Subtask State")."""

from __future__ import annotations

from abc import abstractmethod
from enum import IntEnum, unique
from typing import TYPE_CHECKING

from harness.model import table
from harness.model.concurrency.forking import Forked
from harness.model.table import Entry, SpecTrap
from harness.plan.outcomes import TrapClass

if TYPE_CHECKING:
    from harness.model.concurrency.calls import ImportedCall
    from harness.model.concurrency.threads import Task


@unique
class EventCode(IntEnum):
    NONE = 0
    SUBTASK = 1
    STREAM_READ = 2
    STREAM_WRITE = 3
    FUTURE_READ = 4
    FUTURE_WRITE = 5
    TASK_CANCELLED = 6


EventTuple = tuple[EventCode, int, int]

BLOCKED = 0xFFFF_FFFF


class Waitable(Entry, Forked):
    """A source of events. It computes its pending event at delivery, so the event has the state at that time."""

    def __init__(self) -> None:
        self.wset: WaitableSet | None = None
        self.has_sync_waiter = False
        self.index = 0
        """Its index in the table of its instance."""

    @abstractmethod
    def has_pending_event(self) -> bool: ...

    @abstractmethod
    def get_pending_event(self) -> EventTuple: ...

    def join(self, wset: WaitableSet | None) -> None:
        if self.wset is not None:
            self.wset.elems.remove(self)
        self.wset = wset
        if wset is not None:
            wset.elems.append(self)


class WaitableSet(Entry, Forked):
    def __init__(self) -> None:
        self.elems: list[Waitable] = []
        self.num_waiting = 0

    def has_pending_event(self) -> bool:
        return bool(self.ready())

    def ready(self) -> list[Waitable]:
        """The members with an event. The specification leaves open which is delivered first ("Nondeterminism")."""
        return [waitable for waitable in self.elems if waitable.has_pending_event()]

    def drop(self) -> None:
        if self.elems or self.num_waiting:
            raise SpecTrap(TrapClass.SET_IN_USE)


@unique
class SubtaskState(IntEnum):
    STARTING = 0
    STARTED = 1
    RETURNED = 2
    CANCELLED_BEFORE_STARTED = 3
    CANCELLED_BEFORE_RETURNED = 4


class Subtask(Waitable, table.Subtask):
    """A call on the caller's side. `call`: its values; `task`: the callee's side."""

    def __init__(self, call: ImportedCall) -> None:
        Waitable.__init__(self)
        table.Subtask.__init__(self)
        self.state = SubtaskState.STARTING
        self.call = call
        self.task: Task | None = None
        self.cancellation_requested = False
        self.resolve_delivered = False
        self._progress = False
        """Whether there is an event. There is none before the caller has the subtask's index (`maybe_on_progress`)."""

    def resolved(self) -> bool:
        return self.state > SubtaskState.STARTED

    def on_progress(self) -> None:
        if self.index:
            self._progress = True

    def deliver_resolve(self) -> None:
        super().deliver_resolve()
        self.lenders.clear()
        self.resolve_delivered = True

    def has_pending_event(self) -> bool:
        return self._progress

    def get_pending_event(self) -> EventTuple:
        self._progress = False
        if self.resolved():
            self.deliver_resolve()
        return EventCode.SUBTASK, self.index, self.state

    def drop(self) -> None:
        if not self.resolve_delivered:
            raise SpecTrap(TrapClass.UNRESOLVED)
        self.join(None)
