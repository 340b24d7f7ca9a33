"""Operations of interpreters for asynchronous worlds, as data (interpreters/ASYNC.md, "Operations").

A call, an end or a set is a value: a register that holds it, an argument, or a bare handle.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from harness.records.unguarded import unguarded
from harness.script.operands import TypePlace, Value


@unguarded
@dataclass(frozen=True, slots=True)
class Start:
    """Call an imported function asynchronously; the call goes into `register`."""

    interface: str | None
    name: str
    register: int
    args: tuple[Value, ...]


@unguarded
@dataclass(frozen=True, slots=True)
class Got:
    """`register` := what a settled object has delivered."""

    register: int
    source: Value


@unguarded
@dataclass(frozen=True, slots=True)
class NewSet:
    register: int


@unguarded
@dataclass(frozen=True, slots=True)
class Join:
    """`set` None: leave the set."""

    waitable: Value
    set: Value | None


@unguarded
@dataclass(frozen=True, slots=True)
class DropSet:
    set: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Wait:
    """One event of the set."""

    set: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Poll:
    set: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Await:
    """Events of the set until `waitable` is settled or the task was cancelled."""

    waitable: Value
    set: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Yield:
    """`in_place`: by `thread.yield`, not by a callback code."""

    times: int
    in_place: bool = False


@unguarded
@dataclass(frozen=True, slots=True)
class TaskReturn:
    value: Value | None = None


@unguarded
@dataclass(frozen=True, slots=True)
class TaskCancel:
    pass


@unguarded
@dataclass(frozen=True, slots=True)
class Exit:
    pass


@unguarded
@dataclass(frozen=True, slots=True)
class CallbackCode:
    """End the core call with this number as the callback code."""

    code: int


@unguarded
@dataclass(frozen=True, slots=True)
class SubtaskCancel:
    call: Value
    asynchronous: bool = False


@unguarded
@dataclass(frozen=True, slots=True)
class SubtaskDrop:
    call: Value


@unguarded
@dataclass(frozen=True, slots=True)
class NewEnds:
    """`stream.new` or `future.new`."""

    writable: int
    readable: int
    type: TypePlace


@unguarded
@dataclass(frozen=True, slots=True)
class Read:
    end: Value
    count: int


@unguarded
@dataclass(frozen=True, slots=True)
class Write:
    """`offered` None: as many as there are values."""

    end: Value
    values: tuple[Value, ...]
    offered: int | None = None


@unguarded
@dataclass(frozen=True, slots=True)
class CancelCopy:
    end: Value


@unguarded
@dataclass(frozen=True, slots=True)
class DropEnd:
    end: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Backpressure:
    """`change` is 1 or -1."""

    change: int


@unique
class State(Enum):
    """States of calls and ends; the value is the word in a script."""

    STARTING = "starting"
    STARTED = "started"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    IDLE = "idle"
    COPYING = "copying"
    COMPLETED = "completed"
    DROPPED = "dropped"


@unguarded
@dataclass(frozen=True, slots=True)
class If:
    """Skip the next `count` operations unless the object has this state."""

    state: State
    object: Value
    count: int


@unguarded
@dataclass(frozen=True, slots=True)
class IfCancelled:
    """Skip the next `count` operations unless the task got the event that it is cancelled."""

    count: int


AsyncOp = (
    Start
    | Got
    | NewSet
    | Join
    | DropSet
    | Wait
    | Poll
    | Await
    | Yield
    | TaskReturn
    | TaskCancel
    | Exit
    | CallbackCode
    | SubtaskCancel
    | SubtaskDrop
    | NewEnds
    | Read
    | Write
    | CancelCopy
    | DropEnd
    | Backpressure
    | If
    | IfCancelled
)
