"""Streams and futures of a run as a planner knows them: who has which end, and what an operation on it does.

The rules are those of the model (`harness/model/concurrency/copies.py`); a payload counts as none, because here only
numbers of elements matter. Which values have moved is kept beside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique
from typing import cast

from harness.model.concurrency.component import ComponentInstance
from harness.model.concurrency.copies import Buffer, CopyEnd, CopyState, Shared
from harness.plan.roles import Role
from harness.values.values import Value
from harness.world import types as t


@dataclass(eq=False)
class KnownEnd:
    """One end. `role`: who has it; None while it travels, and once it is gone. `type`: as `role` sees it."""

    name: str
    type: t.End
    role: Role | None
    copy: CopyEnd
    frame: object = None
    """In which its last copy began."""
    buffer: Buffer | None = None
    """Of its last copy."""
    values: list[Value] = field(default_factory=list)
    """Of its last copy: the written or the read values."""

    @property
    def writable(self) -> bool:
        return self.copy.writable

    @property
    def is_stream(self) -> bool:
        return isinstance(self.type, t.Stream)

    @property
    def copying(self) -> bool:
        return self.copy.copying()

    @property
    def has_event(self) -> bool:
        return self.copy.has_pending_event()

    @property
    def over(self) -> bool:
        """Whether a copy is under way that only has to be waited for."""
        return self.copying and self.has_event

    @property
    def told(self) -> bool:
        """Whether it is idle, and has the event that the other end was dropped."""
        return not self.copying and self.has_event

    @property
    def done(self) -> bool:
        return self.copy.state is CopyState.DONE

    @property
    def copied(self) -> int:
        """How many elements its last copy has moved."""
        return self.buffer.progress if self.buffer is not None else 0

    @property
    def numeric(self) -> bool:
        """Whether both ends may be used in one component."""
        payload = self.type.type
        return payload is None or payload in t.NUMBERS

    @property
    def may_leave_a_read(self) -> bool:
        """Whether its task may end while it reads: not so by the engine's fault F1 (docs/async.md)."""
        return self.is_stream and self.numeric

    @property
    def droppable(self) -> bool:
        """Whether dropping it is no trap."""
        return not self.copying and (self.is_stream or not self.writable or self.done)


@unique
class Tail(Enum):
    """A task that has returned writes once more, waits and drops its end: at once, or after a turn."""

    WRITES = 1
    YIELDS_FIRST = 2


class Channel:
    """A stream or a future with both of its ends. `shape`: of its payload."""

    def __init__(self, type: t.End, role: Role, readable: str, writable: str, shape: int) -> None:
        bare = t.Stream(None) if isinstance(type, t.Stream) else t.Future(None)
        shared = Shared(0, bare, 0)
        self.shape = shape
        self.tail: Tail | None = None
        """What a task that has returned its readable end still does with the writable one."""
        self.stays = False
        """Whether the readable end is given to nobody any more."""
        self.offered = 0
        """How many elements it writes."""
        self._bare: t.Stream | t.Future = bare
        nowhere = cast(ComponentInstance, None)
        self.readable = KnownEnd(readable, type, role, CopyEnd(shared, nowhere, bare, writable=False))
        self.writable = KnownEnd(writable, type, role, CopyEnd(shared, nowhere, bare, writable=True))

    @property
    def ends(self) -> tuple[KnownEnd, KnownEnd]:
        return self.readable, self.writable

    def other(self, end: KnownEnd) -> KnownEnd:
        return self.readable if end is self.writable else self.writable

    @property
    def copies_nothing(self) -> bool:
        """Whether a copy would trap because one component has both ends."""
        return self.readable.role is self.writable.role and not self.readable.numeric

    def start(self, end: KnownEnd, frame: object, length: int, values: list[Value]) -> None:
        """A read, or a write of `values`. Afterwards the end is `copying`, or the copy is over."""
        end.frame, end.values = frame, values
        before = self.other(end).copied
        buffer = end.buffer = Buffer(cast(ComponentInstance, None), self._bare, length)
        end.copy.start_copy(buffer)
        moved = buffer.progress
        if end.writable:
            self.readable.values += values[:moved] if moved else []
        else:
            end.values = self.writable.values[before : before + moved]

    def finish(self, end: KnownEnd) -> None:
        """The end of a copy is told."""
        end.copy.get_pending_event()

    def stop(self, end: KnownEnd) -> None:
        end.copy.cancel_copy()

    def drop(self, end: KnownEnd) -> None:
        end.copy.drop()
        end.role = None

    def send(self) -> None:
        """The readable end is given away."""
        end = self.readable
        end.copy.check_transfer()
        end.role = None

    def arrive(self, role: Role, type: t.End) -> None:
        """A component has received the readable end."""
        end = self.readable
        end.role, end.type = role, type
        end.buffer, end.values = None, []
        end.copy = CopyEnd(end.copy.shared, cast(ComponentInstance, None), self._bare, writable=False)
