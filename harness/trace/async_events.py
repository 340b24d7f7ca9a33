"""Events of interpreters for asynchronous worlds (interpreters/ASYNC.md, "Trace")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.trace.event import Event, event
from harness.trace.events import ENDS, Balances, Change, Count, Export, Import, TypeOfKind


@event("task {number}")
@dataclass(frozen=True, slots=True)
class TaskSwitch(Event):
    """The following events belong to this task."""

    number: Count


@event("export_async_call {function} = {code}")
@dataclass(frozen=True, slots=True)
class ExportAsyncCall(Event):
    function: Export
    code: Count


@event("export_async_callback {function} = {code}")
@dataclass(frozen=True, slots=True)
class ExportAsyncCallback(Event):
    function: Export
    code: Count


@event("run = {code}")
@dataclass(frozen=True, slots=True)
class RunCode(Event):
    code: Count


@event("event {code} {handle} {payload}")
@dataclass(frozen=True, slots=True)
class Delivered(Event):
    """An event of the Canonical ABI (`EventCode`): its code, the index of the waitable, its payload."""

    code: Count
    handle: Count
    payload: Count


@event("yield = {cancelled}")
@dataclass(frozen=True, slots=True)
class Yielded(Event):
    cancelled: Count


@event("task_return {function}")
@dataclass(frozen=True, slots=True)
class TaskReturned(Event):
    function: Export


@event("run_return")
@dataclass(frozen=True, slots=True)
class RunReturned(Event):
    pass


@event("task_cancel")
@dataclass(frozen=True, slots=True)
class TaskCancelled(Event):
    pass


@event("import_start {function} = {status}")
@dataclass(frozen=True, slots=True)
class ImportStart(Event):
    """`status`: the state of the subtask, and its index shifted by 4."""

    function: Import
    status: Count


@event("import_lift {function}")
@dataclass(frozen=True, slots=True)
class ImportLift(Event):
    function: Import


@event("{kind}_new {type} = {readable} {writable}", ENDS)
@dataclass(frozen=True, slots=True)
class EndsNew(Event):
    kind: str
    type: TypeOfKind
    readable: Count
    writable: Count


@event("{kind}_read {type} {end} {count} = {result}", ENDS)
@dataclass(frozen=True, slots=True)
class EndRead(Event):
    kind: str
    type: TypeOfKind
    end: Count
    count: Count
    result: Count


@event("{kind}_write {type} {end} {count} = {result}", ENDS)
@dataclass(frozen=True, slots=True)
class EndWrite(Event):
    kind: str
    type: TypeOfKind
    end: Count
    count: Count
    result: Count


@event("{kind}_lower {type} {index}", ENDS)
@dataclass(frozen=True, slots=True)
class EndLower(Event):
    kind: str
    type: TypeOfKind
    index: Count


@event("{kind}_lift {type} {index}", ENDS)
@dataclass(frozen=True, slots=True)
class EndLift(Event):
    kind: str
    type: TypeOfKind
    index: Count


@event("{kind}_cancel_read {type} {end} = {result}", ENDS)
@dataclass(frozen=True, slots=True)
class CancelRead(Event):
    kind: str
    type: TypeOfKind
    end: Count
    result: Count


@event("{kind}_cancel_write {type} {end} = {result}", ENDS)
@dataclass(frozen=True, slots=True)
class CancelWrite(Event):
    kind: str
    type: TypeOfKind
    end: Count
    result: Count


@event("{kind}_drop_readable {type} {end}", ENDS)
@dataclass(frozen=True, slots=True)
class DropReadable(Event):
    kind: str
    type: TypeOfKind
    end: Count


@event("{kind}_drop_writable {type} {end}", ENDS)
@dataclass(frozen=True, slots=True)
class DropWritable(Event):
    kind: str
    type: TypeOfKind
    end: Count


@event("set_new = {set}")
@dataclass(frozen=True, slots=True)
class SetNew(Event):
    set: Count


@event("set_drop {set}")
@dataclass(frozen=True, slots=True)
class SetDrop(Event):
    set: Count


@event("join {waitable} {set}")
@dataclass(frozen=True, slots=True)
class Joined(Event):
    """`set` 0: of no set."""

    waitable: Count
    set: Count


@event("subtask_cancel {subtask} = {status}")
@dataclass(frozen=True, slots=True)
class SubtaskCancelled(Event):
    subtask: Count
    status: Count


@event("subtask_drop {subtask}")
@dataclass(frozen=True, slots=True)
class SubtaskDropped(Event):
    subtask: Count


@event("backpressure {change}")
@dataclass(frozen=True, slots=True)
class BackpressureChanged(Event):
    change: Change


@event("task_balance {function} {bytes} {stack}")
@dataclass(frozen=True, slots=True)
class TaskBalance(Balances):
    """What a call of an export's `task_return` left."""

    left: ClassVar = ("bytes", "stack")
    function: Export
    bytes: Change
    stack: Change

    def balanced(self) -> TaskBalance:
        return TaskBalance(self.function, 0, 0)


@event("{kind}_balance {type} {stack}", ENDS)
@dataclass(frozen=True, slots=True)
class EndBalance(Balances):
    """The lift or lower of an element moved the stack pointer; no event if it did not."""

    left: ClassVar = ("stack",)
    kind: str
    type: TypeOfKind
    stack: Change

    def balanced(self) -> EndBalance:
        return EndBalance(self.kind, self.type, 0)


OF_ENDS = (
    *(EndsNew, EndRead, EndWrite, EndLower, EndLift, CancelRead, CancelWrite, DropReadable, DropWritable),
    EndBalance,
)
"""The events of operations on one stream or future: those of `ENDS`."""


@event("async_balance {tasks} {calls} {copies} {sets}")
@dataclass(frozen=True, slots=True)
class AsyncBalance(Event):
    """The remains of a component: tasks, unresolved calls, copies in progress, waitable sets."""

    tasks: Count
    calls: Count
    copies: Count
    sets: Count
