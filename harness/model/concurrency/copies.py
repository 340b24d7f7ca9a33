"""Streams and futures (CanonicalABI.md, "Stream State", "Future State", `canon {stream,future}.*`).

The rules are those of docs/async.md, which are newer: an idle end gets the event that the other end was dropped at
once, and a cancelled copy of a stream is CANCELLED even if a part was copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum, unique
from typing import TYPE_CHECKING

from harness.model.concurrency.calls import Kept
from harness.model.concurrency.forking import Forked
from harness.model.concurrency.waitables import BLOCKED, EventCode, EventTuple, Waitable
from harness.model.context import LiftLowerContext, Unpredictable, unseen
from harness.model.table import SpecTrap
from harness.plan.outcomes import TrapClass
from harness.plan.places import OfEnd
from harness.script import operations as s
from harness.world import types as t

if TYPE_CHECKING:
    from harness.model.concurrency.component import ComponentInstance
    from harness.model.concurrency.objects import EndType

MAX_LENGTH = (1 << 28) - 1
"""`Buffer.MAX_LENGTH`."""


@unique
class CopyResult(IntEnum):
    COMPLETED = 0
    DROPPED = 1
    CANCELLED = 2


@unique
class CopyState(Enum):
    IDLE = 1
    COPYING = 2
    DONE = 4


@dataclass(eq=False)
class Buffer(Forked):
    """The buffer of a write has `values`, which the interpreter stored. That of a read has `got`, with the events of
    taking them."""

    inst: ComponentInstance
    type: EndType
    length: int
    values: tuple[s.Value, ...] = ()
    got: list[tuple[s.Value, Kept]] = field(default_factory=list)
    progress: int = 0

    def __post_init__(self) -> None:
        if self.length > MAX_LENGTH:
            raise SpecTrap(TrapClass.TOO_LONG)

    def remain(self) -> int:
        return self.length - self.progress


def transfer(source: Buffer, target: Buffer) -> None:
    """Copy as many elements as both buffers have. All are lifted before the first is lowered."""
    count = min(source.remain(), target.remain())
    writer, reader = source.type.type, target.type.type
    if writer is not None and reader is not None:
        store = source.inst.store_of
        passage = store.crossings.payload(writer, reader, source.inst.lists, target.inst.lists)
        lifted = []
        for index in range(source.progress, source.progress + count):
            if index >= len(source.values):
                raise Unpredictable(f"element {index} of a write is read, but the script gives {len(source.values)}")
            cx = LiftLowerContext(source.inst, None)
            cx.show = unseen
            lifted.append(passage.lift(cx, source.values[index], ""))
            cx.finish()
        for index, value in enumerate(lifted, target.progress):
            kept: Kept = []
            cx = LiftLowerContext(target.inst, None)
            cx.show = kept.append
            place = (OfEnd(target.type.canonical), index)
            target.got.append((passage.lower(cx, value, place), kept))
    source.progress += count
    target.progress += count


class Shared(Forked):
    """A stream or future. `pending`: the end whose copy waits for the other end, to which its buffer is offered."""

    def __init__(self, number: int, type: EndType, shape: int) -> None:
        self.number = number
        self.is_stream = isinstance(type, t.Stream)
        self.shape = shape
        """The number of the payload's type in `Shapes`."""
        self.numeric = type.type is None or (isinstance(type.type, t.Prim) and type.type in t.NUMBERS)
        self.dropped = False
        self.pending: CopyEnd | None = None
        self.ends: list[CopyEnd] = []
        """The ends in tables. A readable end between two components is in none."""

    def reset_and_notify_pending(self, result: CopyResult) -> None:
        pending, self.pending = self.pending, None
        assert pending is not None
        pending.notify(result)

    def drop(self, dropped: CopyEnd) -> None:
        self.ends.remove(dropped)
        if self.dropped:
            return
        self.dropped = True
        if self.pending is not None:
            self.reset_and_notify_pending(CopyResult.DROPPED)
        for other in self.ends:
            other.tell_dropped()

    def copy(self, end: CopyEnd, buffer: Buffer) -> None:
        if self.dropped:
            end.notify(CopyResult.DROPPED)
            return
        pending = self.pending
        if pending is None or pending.buffer is None:
            self.pending = end
            return
        if end.inst is pending.inst and not self.numeric:
            raise SpecTrap(TrapClass.SAME_INSTANCE)
        offered = pending.buffer
        if offered.remain() > 0:
            if buffer.remain() > 0:
                transfer(*((buffer, offered) if end.writable else (offered, buffer)))
                if self.is_stream:
                    pending.notify(CopyResult.COMPLETED, reclaim=True)
                else:
                    self.reset_and_notify_pending(CopyResult.COMPLETED)
            end.notify(CopyResult.COMPLETED)
        elif end.writable and buffer.length == 0 and offered.length == 0:
            end.notify(CopyResult.COMPLETED)
        else:
            self.reset_and_notify_pending(CopyResult.COMPLETED)
            self.pending = end


class CopyEnd(Waitable):
    """`ReadableStreamEnd`, `WritableStreamEnd`, `ReadableFutureEnd`, `WritableFutureEnd`."""

    def __init__(self, shared: Shared, inst: ComponentInstance, type: EndType, writable: bool) -> None:
        super().__init__()
        self.shared = shared
        self.inst = inst
        self.type = type
        self.writable = writable
        self.state = CopyState.IDLE
        self.buffer: Buffer | None = None
        self._result: CopyResult | None = None
        """The result in the pending event."""
        self._reclaim = False
        """Whether the buffer is offered until the event is delivered."""
        shared.ends.append(self)
        if shared.dropped:
            self.tell_dropped()

    @property
    def event_code(self) -> EventCode:
        return _CODES[self.shared.is_stream, self.writable]

    def copying(self) -> bool:
        return self.state is CopyState.COPYING

    def notify(self, result: CopyResult, reclaim: bool = False) -> None:
        self._result, self._reclaim = result, reclaim

    def tell_dropped(self) -> None:
        """Give this end the event that the other was dropped, if it is idle (PR 719, 720). The event also replaces the
        pending event of a stream's copy."""
        completed = self.shared.is_stream and self._result is CopyResult.COMPLETED
        if self.state is CopyState.IDLE or completed:
            self.notify(CopyResult.DROPPED)

    def has_pending_event(self) -> bool:
        return self._result is not None

    def get_pending_event(self) -> EventTuple:
        result, self._result = self._result, None
        assert result is not None
        if self._reclaim:
            self.shared.pending = None
        done = result is CopyResult.DROPPED or (result is CopyResult.COMPLETED and not self.shared.is_stream)
        self.state = CopyState.DONE if done else CopyState.IDLE
        progress = self.buffer.progress if self.buffer is not None else 0
        self.buffer = None
        return self.event_code, self.index, result | progress << 4 if self.shared.is_stream else result

    def start_copy(self, buffer: Buffer) -> int:
        """`stream_copy`, `future_copy` with the option `async`: the payload of the event, or BLOCKED."""
        self.buffer = buffer
        self.state = CopyState.COPYING
        self._result = None
        self.shared.copy(self, buffer)
        return self.get_pending_event()[2] if self.has_pending_event() else BLOCKED

    def cancel_copy(self) -> int:
        """Cancel the copy synchronously, which never blocks between components. The result is not COMPLETED if a part
        was copied (docs/async.md)."""
        if not self.copying():
            raise SpecTrap(TrapClass.NOT_COPYING, also=frozenset({TrapClass.IN_SET} if self.wset is not None else ()))
        if self.wset is not None:
            raise SpecTrap(TrapClass.IN_SET)
        if not self.has_pending_event():
            self.shared.pending = None
            self.notify(CopyResult.CANCELLED)
        elif self._result is CopyResult.COMPLETED and self.shared.is_stream:
            self._result = CopyResult.CANCELLED
        return self.get_pending_event()[2]

    def check_copy(self) -> None:
        if self.state is not CopyState.IDLE:
            raise SpecTrap(TrapClass.COPYING if self.copying() else TrapClass.END_DONE)

    def check_transfer(self) -> None:
        broken = [TrapClass.COPYING] if self.copying() else []
        broken += [TrapClass.END_DONE] if self.state is CopyState.DONE else []
        broken += [TrapClass.IN_SET] if self.wset is not None else []
        if broken:
            raise SpecTrap(broken[0], also=frozenset(broken[1:]))
        self.shared.ends.remove(self)

    def drop(self) -> None:
        unwritten = not self.shared.is_stream and self.writable and self.state is not CopyState.DONE
        if self.copying():
            raise SpecTrap(TrapClass.COPYING, also=frozenset({TrapClass.FUTURE_UNWRITTEN} if unwritten else ()))
        if unwritten:
            raise SpecTrap(TrapClass.FUTURE_UNWRITTEN)
        self.shared.drop(self)
        self.join(None)


_CODES = {
    (True, False): EventCode.STREAM_READ,
    (True, True): EventCode.STREAM_WRITE,
    (False, False): EventCode.FUTURE_READ,
    (False, True): EventCode.FUTURE_WRITE,
}
