"""The interpreter's records of its calls and ends (interpreters/ASYNC.md, "Operations")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.model.concurrency.forking import Forked
from harness.model.concurrency.waitables import SubtaskState
from harness.script import operations as s
from harness.script.async_operations import State
from harness.world import types as t

if TYPE_CHECKING:
    from harness.model.concurrency.calls import ImportedCall
    from harness.model.concurrency.copies import Buffer

EndType = t.Stream | t.Future


@dataclass(eq=False)
class CallObject(Forked):
    """A started call. `handle`: the handle of its subtask, 0 if there is none."""

    call: ImportedCall
    handle: int
    state: SubtaskState
    delivered: s.Value | None = None
    """The result, until the script takes it."""

    @property
    def settled(self) -> bool:
        return self.state > SubtaskState.STARTED

    def has_state(self, state: State) -> bool:
        return state is _CALL_STATES[self.state]


_CALL_STATES = {
    SubtaskState.STARTING: State.STARTING,
    SubtaskState.STARTED: State.STARTED,
    SubtaskState.RETURNED: State.RETURNED,
    SubtaskState.CANCELLED_BEFORE_STARTED: State.CANCELLED,
    SubtaskState.CANCELLED_BEFORE_RETURNED: State.CANCELLED,
}


@dataclass(eq=False)
class EndObject(Forked):
    """An end. The record begins when the end is made or copies first, and ends when it is dropped or given away."""

    type: EndType
    number: int
    writable: bool = False
    state: State = State.IDLE
    """IDLE before the first copy, then COPYING or the result of the last copy."""
    writing: bool = False
    """The direction of the last copy."""
    buffer: Buffer | None = None
    """The buffer of the copy in progress."""
    delivered: s.Value | None = None
    """The elements of the last read, until the script takes them."""

    @property
    def settled(self) -> bool:
        return self.state is not State.COPYING

    def has_state(self, state: State) -> bool:
        return self.settled if state is State.IDLE else state is self.state
