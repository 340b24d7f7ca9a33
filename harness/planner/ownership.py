"""Own handles in the making of a run: made, kept for a later call, dropped, with the destructors that run then.

Most handles that a frame gets are dropped before the frame ends, unless they are given away. Some are kept for a later
call by any frame of the component.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from random import Random

from harness.model.resource_ops import parts_of
from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.plan.steps import DropStep, NewStep, RepStep, Step
from harness.planner.composition import PRECIOUS, Composition
from harness.planner.kept import MOST_KEPT, Kept
from harness.planner.registers import OutOfRegisters
from harness.planner.representations import Representations
from harness.planner.room import Doing, Room
from harness.values.values import Value
from harness.world import types as t

SPARE_REGISTERS = 128
"""When a component has only this many registers left, it drops an old handle for each that it keeps, because a call may
need them all at once."""
MOST_NESTED = 3
"""Maximum nesting of destructors."""

Whole = Callable[[Doing], contextlib.AbstractContextManager[None]]


class Ownership:
    """Draws the steps that make and end own handles."""

    def __init__(
        self,
        composition: Composition,
        random: Random,
        rooms: Mapping[Role, Room],
        call_nested: Callable[[Doing], bool],
    ) -> None:
        """`call_nested`: a call of an import by a destructor of the subject; False if there is no import for it."""
        self._composition = composition
        self._random = random
        self._rooms = rooms
        self._call_nested = call_nested
        self._kept = Kept()
        self._with_destructor: dict[ResourceIdentity, bool] = {}
        self._destructors = 0
        self._finishing = False
        self._reps = Representations(random)
        self._made: dict[str, int] = {}
        self._names: set[str] = set()

    def mark(self) -> None:
        """`reset` restores this state."""
        self._kept.mark()

    def reset(self) -> None:
        self._kept.reset()
        self._destructors = 0

    def new_name(self, kind: str) -> str:
        """A unique name: `r1` can be the first of `r1`s or the eleventh of `r`s."""
        while True:
            number = self._made[kind] = self._made.get(kind, 0) + 1
            name = f"{kind}{number}"
            if name not in self._names:
                self._names.add(name)
                return name

    def new(self, frame: Doing, interface: str | None, name: str) -> str:
        frame.room.take()
        rep = self._reps.next()
        handle = self.new_name(name)
        frame.steps.append(NewStep(handle, t.qualified(interface, name), rep, frame.by))
        return handle

    def take_kept(self, role: Role, identity: ResourceIdentity) -> str | None:
        """A handle from an earlier call; a handle that is hard to get is always used, others not always."""
        if self._kept.count(role, identity) and (self._is_precious(role, identity) or not self._once_in(3)):
            return self._kept.take(role, identity)
        return None

    def keep_or_drop(self, frame: Doing, identity: ResourceIdentity, name: str) -> None:
        """The fate of an own handle that is not needed now."""
        role = frame.role
        if identity.implementor is role and self._once_in(4):
            frame.room.take()
            frame.steps.append(RepStep(name, by=frame.by))
            frame.room.give_back()
        count = self._kept.count(role, identity)
        wanted = count == 0 if self._is_precious(role, identity) else self._once_in(3)
        if wanted and count < MOST_KEPT and not self._finishing:
            self._kept.keep(role, identity, name)
            self._make_room(frame)
        else:
            self.destroy(frame, identity, name)

    def destroy(self, frame: Doing, identity: ResourceIdentity, name: str, stale: bool = False) -> None:
        """Drop an own handle. `stale`: it was given away, and came back."""
        frame.room.give_back()
        if identity not in self._with_destructor:
            self._with_destructor[identity] = self._once_in(2)
        during: Sequence[Step[Value]] = ()
        if self._with_destructor[identity]:
            self._destructors += 1
            during = self._destructor(identity)
            self._destructors -= 1
        frame.steps.append(DropStep(name, stale, during=tuple(during), by=frame.by))

    def finish(self, frame: Doing, whole: Whole) -> None:
        """Drop the handles that the frame's component has kept, except those for which there are no registers."""
        role = frame.role
        self._finishing = True
        for identity in self._kept.identities(role):
            while self._kept.count(role, identity):
                with contextlib.suppress(OutOfRegisters), whole(frame):
                    self.destroy(frame, identity, self._kept.take(role, identity))
                    continue
                self._kept.take(role, identity)
        self._finishing = False

    def _destructor(self, identity: ResourceIdentity) -> Sequence[Step[Value]]:
        """Its component is entered again, perhaps during a call of its own, which must not be disturbed."""
        interface, name = parts_of(identity.canonical)
        frame = Doing(self._rooms[identity.implementor])
        way = self._random.randrange(4)
        if self._destructors > MOST_NESTED or way < 2:
            return ()
        if way != 2 or identity.implementor is not Role.SUBJECT or not self._call_nested(frame):
            self.destroy(frame, identity, self.new(frame, interface, name))
        return frame.steps

    def _is_precious(self, role: Role, identity: ResourceIdentity) -> bool:
        source = self._composition.sources.get((role, identity))
        return identity.implementor is not role and source is not None and source.rank >= PRECIOUS

    def _make_room(self, frame: Doing) -> None:
        role = frame.role
        oldest = self._kept.oldest(role) if frame.room.free < SPARE_REGISTERS else None
        if oldest is not None:
            self.destroy(frame, oldest, self._kept.take(role, oldest))

    def _once_in(self, count: int) -> bool:
        return self._random.randrange(count) == count - 1
