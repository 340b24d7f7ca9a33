"""Draws what components do with ends of streams and futures: make, write, read, stop, drop, give away.

A component that gives a readable end away keeps the writable one. Both are used whenever their component runs, so the
operations come in any order, on parts of any size. No operation waits for a later one, which would stop the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from harness.model.concurrency.shapes import Shapes
from harness.plan.async_steps import AwaitStep, EndsStep, ReadStep, StopStep, TakeStep, WriteStep
from harness.plan.roles import Role
from harness.plan.steps import DropStep
from harness.planner.channels import Channel, KnownEnd
from harness.planner.composition import Composition
from harness.planner.end_sets import EndSets
from harness.planner.payloads import Owner, View, allocates, count_of
from harness.planner.room import Doing
from harness.planner.tails import last_reads
from harness.values.draws import Impossible
from harness.values.values import Value
from harness.world import types as t
from harness.world.walk import reachable

MOST_HELD = 8
"""The number of ends from which on a component first drops or gives away some."""
MOST_STEPS = 16
"""Operations on ends in and around one call of a run."""


class Streaming:
    """The ends of a run, and the steps with them."""

    def __init__(self, composition: Composition, random: Random, owner: Owner, new_name: Callable[[str], str]) -> None:
        self.left = 0
        """Operations that may still be drawn for this call of the run."""
        self._composition = composition
        self._random = random
        self._owner = owner
        self._new_name = new_name
        self._shapes = Shapes()
        self._sets = EndSets(random, new_name)
        self._channels: dict[str, Channel] = {}
        """By the names of both ends, while operations on them are possible."""
        self._depth = 0

    def forget(self) -> None:
        """Stop all operations on ends: their states are unknown."""
        self._channels.clear()
        self._sets.forget()

    # -- giving away

    def obtain(self, frame: Doing, type: t.End) -> str:
        """The name of a readable end that the frame gives away: a new one, or one that its component received."""
        shape = self._shape(frame.role, type)
        if self._once_in(3):
            fit = [
                channel
                for channel in self._held(frame.role, writable=False)
                if channel.shape == shape and channel.readable.is_stream == isinstance(type, t.Stream)
                if not (channel.readable.copying or channel.readable.done or channel.stays)
            ]
            if fit:
                channel = self._random.choice(fit)
                channel.send()
                return channel.readable.name
        channel = self._new(frame, type, shape)
        channel.send()
        return channel.readable.name

    def _new(self, frame: Doing, type: t.End, shape: int) -> Channel:
        word = "s" if isinstance(type, t.Stream) else "f"
        readable, writable = self._new_name(word), self._new_name(f"{word}w")
        frame.room.take()
        frame.room.take()
        exported = self._composition.end_places(frame.role).side(type)
        frame.steps.append(EndsStep(readable, writable, type.canonical, exported, frame.by))
        channel = Channel(type, frame.role, readable, writable, shape)
        self._channels[readable] = self._channels[writable] = channel
        return channel

    def give_on(self, name: str) -> None:
        """A component gives a readable end away as it came."""
        channel = self._channels.get(name)
        if channel is not None:
            channel.send()

    def discard(self, frame: Doing, name: str) -> None:
        """The frame's component drops a readable end as it came."""
        channel = self._channels.get(name)
        if channel is not None:
            self._drop(frame, channel.readable)
        else:
            frame.steps.append(DropStep(name, by=frame.by))
            frame.room.give_back()

    def arrive(self, role: Role, name: str, type: t.End) -> None:
        """A component with room for it receives a readable end."""
        channel = self._channels.get(name)
        if channel is not None:
            channel.arrive(role, type)

    def stay(self, role: Role, name: str, type: t.End) -> None:
        """A component keeps a readable end that a wait of another one names, too. So it never gives it away."""
        channel = self._channels.get(name)
        if channel is not None:
            channel.arrive(role, type)
            channel.stays = True

    # -- operations

    def act(self, frame: Doing) -> None:
        """Some operations on ends of the frame's component."""
        if not self._channels or self._depth > 1:
            return
        self._depth += 1
        held = self._held_ends(frame.role)
        for end in held[: max(0, len(held) - MOST_HELD)]:
            if self.left > 0 and self._has(frame, end):
                self._end(frame, end)
        for _ in range(self._random.randrange(4)):
            held = self._held_ends(frame.role)
            if not held or self.left <= 0:
                break
            self._some(frame, self._random.choice(held))
        self._depth -= 1

    def leave(self, frame: Doing) -> None:
        """A task ends. It must not leave a read that stops the engine (docs/async.md, F1)."""
        for end in self._reading(frame):
            if end.frame is frame and not end.may_leave_a_read:
                self._stop(frame, end)

    def before_synchronous(self, frame: Doing) -> None:
        """A synchronous call begins. Its memory is not counted while a read of values is pending
        (interpreters/ASYNC.md, `import_balance`), so no read that allocates memory for elements may be pending."""
        for end in self._reading(frame):
            if not end.over and allocates(end.type.type):
                self._stop(frame, end)

    def _reading(self, frame: Doing) -> Iterator[KnownEnd]:
        """The readable ends of the frame's component that are copying now; operations in between may end that."""
        for end in self._held_ends(frame.role) if self._channels else ():
            if self._has(frame, end) and end.copying and not end.writable:
                yield end

    def finish(self, frame: Doing) -> None:
        """The run of a component ends. It drops most of its ends."""
        for end in self._held_ends(frame.role):
            if not self._once_in(5) and self._has(frame, end):
                self._end(frame, end)
        self.leave(frame)
        self._sets.finish(frame)

    def _some(self, frame: Doing, end: KnownEnd) -> None:
        """One operation that the end allows, if any."""
        channel = self._channels[end.name]
        self.left -= 1
        if channel.tail is not None:
            self._last_reads(frame, channel)
        elif end.over:
            if not self._once_in(4) and (frame.waits or self._once_in(2)):
                self._await(frame, end)
            else:
                self._stop(frame, end)
        elif end.copying:
            if self._once_in(3):
                self._stop(frame, end)
            elif self._once_in(2) and not self._sets.has(end):
                self._sets.join(frame, end)
        elif end.told and self._once_in(2):
            self._sets.take_alone(frame, end)
            channel.finish(end)
        elif end.done or channel.copies_nothing:
            if end.droppable:
                self._drop(frame, end)
        elif end.droppable and self._once_in(6):
            self._drop(frame, end)
        elif end.writable:
            self._write(frame, end)
        else:
            self._read(frame, end)

    def _end(self, frame: Doing, end: KnownEnd) -> None:
        """Drop it, if that is possible."""
        channel = self._channels[end.name]
        self.left -= 1
        if channel.tail is not None:
            self._last_reads(frame, channel)
            return
        if end.copying:
            self._stop(frame, end)
        if not end.droppable and not channel.copies_nothing and self._has(frame, end):
            self._write(frame, end)
        if self._has(frame, end) and end.copying and channel.readable.role is None:
            self._stop(frame, end)
        if self._has(frame, end) and end.droppable:
            self._drop(frame, end)

    def _last_reads(self, frame: Doing, channel: Channel) -> None:
        """The remaining operations on a readable end whose writer continues alone."""
        last_reads(frame, channel, self._random)
        del self._channels[channel.readable.name]

    def _write(self, frame: Doing, end: KnownEnd) -> None:
        channel, count = self._channels[end.name], count_of(end, self._random)
        values = self._drawn(frame, end.type.type, count)
        if values is None:
            return
        offered = None
        if end.type.type is None:
            offered = count
        elif end.is_stream and values and self._once_in(8):
            offered = len(values) - 1
        if end.copying or end.done or channel.copies_nothing or not self._has(frame, end):
            return  # the calls that the values took have used it, or its other end
        self._begin_write(frame, end, values, offered)

    def _begin_write(self, frame: Doing, end: KnownEnd, values: list[Value], offered: int | None) -> None:
        frame.steps.append(WriteStep(end.name, tuple(values), offered, by=frame.by))
        length = len(values) if offered is None else offered
        self._channels[end.name].start(end, frame, length if end.is_stream else 1, values)
        if not end.copying:
            self._settled(frame, end)

    def _drawn(self, frame: Doing, payload: t.Type | None, count: int) -> list[Value] | None:
        """At most this many elements; None if none can be made, or the engine cannot move them (docs/async.md, F8)."""
        values: list[Value] = []
        if t.Prim.ERROR_CONTEXT in reachable(payload, payloads=False):
            return None
        try:
            while payload is not None and len(values) < count:
                values.append(self._owner.payload(frame, payload))
        except Impossible:
            return values or None
        return values

    def _read(self, frame: Doing, end: KnownEnd, count: int | None = None) -> None:
        count = count_of(end, self._random) if count is None else count
        frame.steps.append(ReadStep(end.name, count, by=frame.by))
        self._channels[end.name].start(end, frame, count, [])
        if not end.copying:
            self._settled(frame, end)

    def _await(self, frame: Doing, end: KnownEnd) -> None:
        """A copy that is over: by a wait, or a poll, of a set that has the end."""
        ends = [end]
        if self._sets.has(end):
            ends = self._sets.take_all(frame)
        elif frame.waits and not self._once_in(3):
            frame.steps.append(AwaitStep(end.name, by=frame.by))
        else:
            self._sets.take_alone(frame, end)
        for each in ends:
            self._channels[each.name].finish(each)
        for each in ends:
            self._settled(frame, each)

    def _stop(self, frame: Doing, end: KnownEnd) -> None:
        self._sets.leave(frame, end)
        frame.steps.append(StopStep(end.name, by=frame.by))
        self._channels[end.name].stop(end)
        self._settled(frame, end)

    def _settled(self, frame: Doing, end: KnownEnd) -> None:
        """A copy is over: its values were received, sent or kept."""
        payload, values, copied = end.type.type, end.values, end.copied
        end.values = []
        if payload is None or not payload.holds_handles:
            return
        if end.writable:
            for value in values[:copied]:
                self._owner.went(frame, value, payload)
            for value in values[copied:]:
                self._owner.stayed(frame, value, payload)
        elif values:
            frame.room.take()
            frame.steps.append(TakeStep(end.name, tuple(values), by=frame.by))
            frame.room.give_back()
            for value in values:
                self._owner.came(frame, value, payload)

    def _drop(self, frame: Doing, end: KnownEnd) -> None:
        frame.steps.append(DropStep(end.name, by=frame.by))
        frame.room.give_back()
        self._sets.dropped(end)
        self._channels.pop(end.name).drop(end)

    # -- who has what

    def _has(self, frame: Doing, end: KnownEnd) -> bool:
        """Whether the frame's component still has the end: calls in between may have used it."""
        return end.name in self._channels and end.role is frame.role

    def _held(self, role: Role, writable: bool) -> list[Channel]:
        return [
            channel
            for name, channel in self._channels.items()
            for end in channel.ends
            if end.name == name and end.role is role and end.writable is writable
        ]

    def _held_ends(self, role: Role) -> list[KnownEnd]:
        return [
            end
            for name, channel in self._channels.items()
            for end in channel.ends
            if end.name == name and end.role is role
        ]

    def _shape(self, role: Role, type: t.End) -> int:
        return self._shapes.of(View(self._composition, role), type.type)

    def _once_in(self, count: int) -> bool:
        return self._random.randrange(count) == count - 1
