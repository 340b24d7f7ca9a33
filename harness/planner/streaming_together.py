"""Draws calls of asynchronous functions whose two sides run concurrently, because one waits for the other's end.

The callee waits for its caller's write, before or after its return; or it writes after it has returned a readable end.
Neither side uses such a channel afterwards, unless both have met before the return.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.concurrency.copies import CopyState
from harness.plan.async_steps import AwaitStep, ReadStep, ReturnStep, TakeStep, WriteStep, YieldStep
from harness.plan.steps import DropStep
from harness.planner.channels import Channel, KnownEnd, Tail
from harness.planner.room import Doing
from harness.planner.streaming import Streaming
from harness.planner.tails import many
from harness.values.values import Value
from harness.world import types as t


@dataclass(eq=False)
class Meeting:
    """A callee waits for its caller's write, before or after its return. `caller`: the caller's steps after the step
    that starts the call."""

    channel: Channel
    values: list[Value]
    caller: Doing
    returned: bool


class StreamingTogether(Streaming):
    """The ends of a run in which both sides of calls may run concurrently."""

    def meeting(self, frame: Doing, names: Iterable[str]) -> Meeting | None:
        """Plan that a callee reads from one of these ends, which the frame is about to give it."""
        new = [self._channels[name] for name in names if name in self._channels]
        fit = [channel for channel in new if channel.writable.role is frame.role and self._is_new(channel)]
        if not fit:
            return None
        channel = self._random.choice(fit)
        values = self._drawn(frame, channel.writable.type.type, 1 + self._random.randrange(3))
        if values is None or not self._is_new(channel):
            return None
        caller = Doing(frame.room, frame.by, waits=True)
        return Meeting(channel, values if channel.writable.is_stream else values[:1], caller, self._once_in(2))

    def _is_new(self, channel: Channel) -> bool:
        """Whether its ends are unused, and the readable one is on its way."""
        writable = channel.writable
        return channel.readable.role is None and writable.role is not None and writable.buffer is None

    def meet(self, frame: Doing, meeting: Meeting) -> None:
        """The callee reads and waits, the caller writes, and the callee continues."""
        channel, caller = meeting.channel, meeting.caller
        reader, writer = channel.ends
        used = reader.buffer is not None or writer.buffer is not None
        if used or not self._has(frame, reader) or writer.role is not caller.role:
            return
        payload = writer.type.type
        offered = 1 + self._random.randrange(3) if payload is None else len(meeting.values)
        low = offered if payload is not None and payload.holds_handles else 1
        self._read(frame, reader, low + self._random.randrange(3))
        if not reader.copying:
            return
        frame.steps.append(AwaitStep(reader.name, by=frame.by))
        if writer.is_stream and self._once_in(8):
            self._drop(caller, writer)
        else:
            self._begin_write(caller, writer, meeting.values, offered if payload is None else None)
            if writer.droppable and (meeting.returned or self._once_in(2)):
                self._drop(caller, writer)
        channel.finish(reader)
        if not meeting.returned:
            self._settled(frame, reader)
            return
        # nobody knows when the task does this, so nothing else is done with the channel
        if reader.values and not _is_plain(payload):
            frame.room.take()
            frame.steps.append(TakeStep(reader.name, tuple(reader.values)))
        frame.steps.append(DropStep(reader.name))
        for end in channel.ends:
            self._channels.pop(end.name, None)
            end.role = None

    def copy_in_vain(self, frame: Doing) -> str | None:
        """The frame begins a read, or a write without handles, that nobody takes part in, and will stop it. Returns the
        end; None if it has none for that."""
        held = [end for end in self._held_ends(frame.role) if self._blocks_alone(end)]
        if not held:
            return None
        writable = self._random.choice(sorted({end.writable for end in held}))
        end = self._random.choice([end for end in held if end.writable is writable])
        channel = self._channels[end.name]
        if writable:
            values = self._drawn(frame, end.type.type, 1 + self._random.randrange(2))
            if values is None or not self._blocks_alone(end):
                return None
            values = values if end.is_stream else values[:1]
            offered = 1 + self._random.randrange(3) if end.type.type is None else None
            frame.steps.append(WriteStep(end.name, tuple(values), offered))
            channel.start(end, frame, len(values) if offered is None or not end.is_stream else offered, values)
        else:
            count = many(end, self._random)
            frame.steps.append(ReadStep(end.name, count))
            channel.start(end, frame, count, [])
        channel.stop(end)
        end.values = []
        return end.name

    def _blocks_alone(self, end: KnownEnd) -> bool:
        """Whether a copy blocks that it begins now."""
        channel = self._channels[end.name]
        other = channel.other(end)
        ready = end.copy.state is CopyState.IDLE and not end.has_event and channel.tail is None
        there = other.role is not None and not other.copying and not self._sets.has(end)
        return ready and there and not (end.writable and not _is_plain(end.type.type))

    def tail(self, frame: Doing, names: Iterable[str]) -> bool:
        """Whether the callee writes after the return of one of these readable ends; then these steps are added."""
        channels = [self._channels[name] for name in names if name in self._channels]
        fit = [
            channel
            for channel in channels
            if channel.writable.role is frame.role and self._is_new(channel) and _is_plain(channel.writable.type.type)
        ]
        if not fit:
            return False
        channel = self._random.choice(fit)
        writer, count = channel.writable, 1 + self._random.randrange(4) if channel.writable.is_stream else 1
        values = self._drawn(frame, writer.type.type, count)
        if values is None:
            return False
        channel.offered = count
        channel.tail = Tail.YIELDS_FIRST if self._once_in(2) else Tail.WRITES
        frame.steps.append(ReturnStep())
        if channel.tail is Tail.YIELDS_FIRST:
            frame.steps.append(YieldStep(1 + self._random.randrange(2)))
        offered = count if writer.type.type is None else None
        frame.steps.append(WriteStep(writer.name, tuple(values), offered))
        frame.steps += [AwaitStep(writer.name), DropStep(writer.name)]
        frame.room.give_back()
        del self._channels[writer.name]
        writer.role = None
        return True


def _is_plain(payload: t.Type | None) -> bool:
    return payload is None or not payload.holds_handles
