"""Draws one call on both sides: arguments, the callee's actions, its result, the caller's use of it.

`passing.py` draws where the handles in its values come from, and `ownership.py` the fate of own handles. Handles that a
callee keeps to the end are never dropped. About half the time a callee lends a borrowed handle again before it drops it
(`lending.py` gives the reason).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random

from harness.model.table import ResourceIdentity
from harness.plan.async_steps import AwaitStep, ReturnStep, YieldStep
from harness.plan.roles import Role
from harness.plan.steps import CallStep, Step
from harness.planner.composition import PRECIOUS, Composition
from harness.planner.lending import Lent
from harness.planner.named import WORLD
from harness.planner.ownership import Ownership
from harness.planner.passing import HandlePassing
from harness.planner.registers import OutOfRegisters
from harness.planner.room import Doing, Room
from harness.planner.streaming import MOST_STEPS
from harness.planner.streaming_together import Meeting
from harness.planner.values import ANY_RANK, Values
from harness.planner.visits import borrowed
from harness.script import operations as s
from harness.script.encoding import handles
from harness.values.values import HandleName, Value
from harness.world import types as t
from harness.world.world import Function

Waiting = Callable[[Doing, Sequence[str], Value | None], None]
"""What a callee does before it returns while others go on: from its frame, the borrows that it drops by steps of its
own, and its result."""


class Caller:
    """Draws calls as steps."""

    def __init__(
        self,
        composition: Composition,
        random: Random,
        lists: s.Lists = s.Lists.BY_ELEMENT,
        waiting: Iterable[Function] = (),
        nested: Sequence[Function] = (),
        together: bool = False,
    ) -> None:
        """`waiting`: imports of the subject that need handles which only its caller can give it. `nested`: imports
        that the subject calls now and then while it is being called. `together`: both sides of a call may go on at
        once; then no register is used twice."""
        self._together = together
        self.waiting = list(waiting)
        self._nested = [f for f in nested if composition.rank(Role.SUBJECT, f) < PRECIOUS]
        self._rooms = {role: Room(role, once=together) for role in composition.worlds}
        self.calls = 0
        """The number of calls so far."""
        self.composition = composition
        self._random = random
        self.lists = lists
        self._own = self._ownership()
        self._values = Values(composition, random, lists is s.Lists.NUMBERS)
        self._passing = HandlePassing(composition, random, self._own, self._values, self, nested)
        self._streaming = self._passing.streaming

    def _ownership(self) -> Ownership:
        return Ownership(self.composition, self._random, self._rooms, self._call_in_destructor)

    def run_of(self, role: Role) -> Doing:
        """The actions of an entered component."""
        return Doing(self._rooms[role], role, waits=self.composition.asynchronous)

    def finish(self, frame: Doing) -> None:
        """Drop the handles that the frame's component has kept, except those for which there are no registers."""
        self._streaming.left = MOST_STEPS
        with contextlib.suppress(OutOfRegisters), self._whole(frame):
            self._streaming.finish(frame)
        self._own.finish(frame, self._whole)

    def attempt(self, frame: Doing, function: Function) -> None:
        """Call an import in a run. Raises `OutOfRegisters`, and then nothing of it is planned."""
        self._streaming.left = MOST_STEPS
        with self._whole(frame):
            self._draw(frame, function)
            self._streaming.act(frame)

    def _draw(self, frame: Doing, function: Function) -> None:
        """The steps of a run for a function."""
        self._yield(frame)
        self.call(frame, function)

    def leave_out(self, function: Function) -> None:
        """No call of this import while another call goes on."""
        self._nested = [other for other in self._nested if other is not function]
        self._passing.leave_out(function)

    @contextlib.contextmanager
    def _whole(self, frame: Doing) -> Iterator[None]:
        """What is planned inside for a run is planned whole, or not at all."""
        self._own.mark()
        steps, calls, waiting = len(frame.steps), self.calls, list(self.waiting)
        marks = [(room, room.free) for room in self._rooms.values()]
        try:
            yield
        except OutOfRegisters:
            self._own.reset()
            self._streaming.forget()
            for room, free in marks:
                room.free = free
            del frame.steps[steps:]
            self.calls = calls
            self.waiting[:] = waiting
            raise

    def _once_in(self, count: int) -> bool:
        return self._random.randrange(count) == count - 1

    def _call_nested(self, frame: Doing, in_place: bool = False) -> bool:
        """Call an import of the subject while it is being called; False if there is none for it. `in_place`: rather one
        that the task waits for in place."""
        if not self._nested:
            return False
        waiting = [f for f in self._nested if self.composition.concurrent(Role.SUBJECT, f)] if in_place else []
        self.call(frame, self._random.choice(waiting or self._nested))
        return True

    def _call_in_destructor(self, frame: Doing) -> bool:
        """All that a destructor does, if there is an import for it."""
        called = self._call_nested(frame)
        self._streaming.leave(frame)
        return called

    def call(
        self, frame: Doing, function: Function, wanted: ResourceIdentity | None = None, rank: int = ANY_RANK
    ) -> list[str]:
        """Call an import from `frame`.

        Returns the own handles of `wanted` in the result; the rest is dropped. Raises `Impossible` before anything is
        planned.
        """
        args = self._values.arguments(frame.role, function, rank)
        return self.call_with(frame, function, args, wanted, rank)

    def call_with(
        self,
        frame: Doing,
        function: Function,
        args: list[Value],
        wanted: ResourceIdentity | None = None,
        rank: int = ANY_RANK,
        lent: Lent | None = None,
    ) -> list[str]:
        callee, exported = self.composition.links.callee(frame.role, function.interface, function.name)
        result = self._values.result(callee, exported, wanted, rank)
        given = self._given(frame, function, args, lent)
        self.calls += 1
        meeting = self._meeting(frame, function, given)
        if meeting is None:
            self._streaming.act(frame)
        if not function.is_async:
            self._streaming.before_synchronous(frame)
        waits = frame.waits and function.is_async
        during, keep, result = self._answer(callee, exported, given, result, waits, meeting)
        if function.result is not None:
            frame.room.take()
        name = function.canonical.removeprefix(WORLD)
        goes_on = None if meeting is None or meeting.returned else self._own.new_name("call")
        frame.steps.append(CallStep(name, given, result, frame.by, during=during, keep=keep, name=goes_on))
        if meeting is not None:
            frame.steps += meeting.caller.steps
        if goes_on is not None:
            frame.steps.append(AwaitStep(goes_on, by=frame.by))
        self._gave(frame, function, given, lent)
        if function.result is None or result is None:
            return []
        brought = self._passing.receive(frame, result, function.result, wanted)
        frame.room.give_back()
        return brought

    def _given(
        self, frame: Doing, function: Function, args: Sequence[Value], lent: Lent | None = None
    ) -> tuple[Value, ...]:
        """The arguments with handles."""
        return tuple(
            [
                self._passing.give(frame, value, param.type, lent) if param.type.holds_handles else value
                for value, param in zip(args, function.params, strict=True)
            ]
        )

    def _gave(
        self,
        frame: Doing,
        function: Function,
        given: Sequence[Value],
        lent: Lent | None = None,
        started: bool = True,
    ) -> None:
        """After a call with these arguments."""
        for value, param in zip(given, function.params, strict=True):
            if param.type.holds_handles:
                self._passing.after(frame, value, param.type, lent, started)

    def _meeting(self, frame: Doing, function: Function, given: Sequence[Value]) -> Meeting | None:
        if not (self._together and frame.waits and function.is_async):
            return None
        for _ in range(6):
            frame.room.take()  # of the call: no register is used twice
        return self._streaming.meeting(frame, _names(given, [param.type for param in function.params]))

    def _answer(
        self,
        role: Role,
        function: Function,
        args: tuple[Value, ...],
        result: Value | None,
        waits: bool,
        way: Meeting | Waiting | None,
    ) -> tuple[tuple[Step[Value], ...], frozenset[str], Value | None]:
        """The callee's steps, which drop its arguments and make its result; the borrows, each dropped by a step; the
        result."""
        meeting, wait = (way, None) if isinstance(way, Meeting) else (None, way)
        frame = Doing(self._rooms[role], waits=waits and wait is None)
        lent: list[str] = []
        for value, param in zip(args, function.params, strict=True):
            if param.type.holds_handles:
                lent += borrowed(self.composition, role, value, param.type)
                self._passing.receive(frame, value, param.type, hold=True)
        if self._together and waits and way is None and self._once_in(3):
            frame.steps.append(YieldStep(1 + self._random.randrange(2)))
        if meeting is not None and not meeting.returned:
            self._streaming.meet(frame, meeting)
        if role is Role.SUBJECT:
            self._call_waiting(frame)
            in_place = waits and not self.composition.lifted_async(role, function)
            if self._nested and self._once_in(2 if in_place else 6):
                self._call_nested(frame, in_place)
        returned: list[str] = []
        if result is not None and function.result is not None and function.result.holds_handles:
            result = self._passing.give(frame, result, function.result)
            returned = [held.name for _, _, held in handles(result, function.result) if isinstance(held, HandleName)]
        self._streaming.act(frame)
        self._streaming.leave(frame)
        for identity, held in frame.held.items():
            for name in held:
                self._own.keep_or_drop(frame, identity, name)
        for _ in returned:
            frame.room.give_back()
        if way is None:
            self._yield(frame)
        if meeting is not None and meeting.returned:
            frame.steps.append(ReturnStep())
            self._streaming.meet(frame, meeting)
        elif wait is not None:
            wait(frame, lent, result)
        elif self._together and waits and way is None:
            self._streaming.tail(frame, returned)
        return tuple(frame.steps), frozenset(lent), result

    def _yield(self, frame: Doing) -> None:
        """Now and then a task that may wait yields, so that there is something to choose."""
        if frame.waits and self._once_in(4):
            frame.steps.append(YieldStep(1 + self._random.randrange(2), by=frame.by))

    def _call_waiting(self, frame: Doing) -> None:
        """Call imports that need handles which only the caller of an export can give: now they are here."""
        if not frame.held:
            return
        for function in list(self.waiting):
            args = self._values.of_what_is_here(frame, function)
            if args is not None:
                self.waiting.remove(function)
                self.call_with(frame, function, args)


def _names(values: Sequence[Value], types: Sequence[t.Type]) -> list[str]:
    """The names of the handles in values."""
    found = [handles(value, type) for value, type in zip(values, types, strict=True)]
    return [held.name for each in found for _, _, held in each if isinstance(held, HandleName)]
