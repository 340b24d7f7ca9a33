"""The waitable sets of a run in which components wait for their ends: one end in a set of its own, or several in one
that stays."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from harness.plan.async_steps import AwaitStep, JoinStep, SetStep, WaitStep
from harness.plan.roles import Role
from harness.plan.steps import DropStep
from harness.planner.channels import KnownEnd
from harness.planner.room import Doing


class EndSets:
    """Draws the steps with these sets. A member copies; when its event was delivered, it leaves."""

    def __init__(self, random: Random, new_name: Callable[[str], str]) -> None:
        self._random = random
        self._new_name = new_name
        self._sets: dict[Role, str] = {}
        self._members: list[KnownEnd] = []

    def forget(self) -> None:
        """Undo the last plan."""
        self._sets.clear()
        self._members.clear()

    def has(self, end: KnownEnd) -> bool:
        return end in self._members

    def join(self, frame: Doing, end: KnownEnd) -> None:
        """The end becomes a member of its component's set."""
        name = self._sets.get(frame.role)
        if name is None:
            name = self._sets[frame.role] = self._new(frame)
        frame.steps.append(JoinStep(end.name, name, by=frame.by))
        self._members.append(end)

    def leave(self, frame: Doing, end: KnownEnd) -> None:
        """Nothing for an end that is no member."""
        if self.has(end):
            self._members.remove(end)
            frame.steps.append(JoinStep(end.name, by=frame.by))

    def dropped(self, end: KnownEnd) -> None:
        """An end that was dropped is no member."""
        if self.has(end):
            self._members.remove(end)

    def take_all(self, frame: Doing) -> list[KnownEnd]:
        """Take the present events, in any order; returns the members that had one, which leave."""
        name = self._sets[frame.role]
        found = [end for end in self._members if end.role is frame.role and end.has_event]
        if frame.waits and self._random.randrange(3) == 2:
            frame.steps += [AwaitStep(end.name, by=frame.by, set=name) for end in found]
        else:
            frame.steps += [self._wait(frame, name) for _ in found]
        for end in found:
            self.leave(frame, end)
        return found

    def take_alone(self, frame: Doing, end: KnownEnd) -> None:
        """Take the event of an end in a set that is made for it."""
        name = self._new(frame)
        frame.steps += [JoinStep(end.name, name, by=frame.by), self._wait(frame, name)]
        frame.steps += [JoinStep(end.name, by=frame.by), DropStep(name, by=frame.by)]
        frame.room.give_back()

    def finish(self, frame: Doing) -> None:
        """The run of a component ends: its set is dropped if it has no members."""
        name = self._sets.get(frame.role)
        if name is not None and not any(end.role is frame.role for end in self._members):
            del self._sets[frame.role]
            frame.steps.append(DropStep(name, by=frame.by))
            frame.room.give_back()

    def _new(self, frame: Doing) -> str:
        frame.room.take()
        name = self._new_name("set")
        frame.steps.append(SetStep(name, by=frame.by))
        return name

    def _wait(self, frame: Doing, name: str) -> WaitStep:
        """For a present event: a poll where the task must not wait."""
        return WaitStep(name, poll=not frame.waits or self._random.randrange(2) == 1, by=frame.by)
