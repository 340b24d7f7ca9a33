"""Draws one call on both sides: arguments, the callee's actions, its result, the caller's use of it.

Most handles that a frame gets are dropped before the frame ends, unless they are given away. Some are kept for a later
call by any frame of the component. Handles that a callee keeps to the end are never dropped. About half the time a
callee lends a borrowed handle again before it drops it (`lending.py` gives the reason).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from harness.model.resource_ops import parts_of
from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, ErrorContextStep, MessageStep, NewStep, RepStep, Step
from harness.planner.composition import PRECIOUS, Composition
from harness.planner.kept import MOST_KEPT, Kept
from harness.planner.lending import Lent, Users
from harness.planner.named import WORLD
from harness.planner.registers import OutOfRegisters
from harness.planner.representations import Representations
from harness.planner.room import Doing, Room
from harness.planner.values import ANY_RANK, Handle, Values, with_handles
from harness.planner.visits import borrowed
from harness.script import operations as s
from harness.script.encoding import handles
from harness.values.draws import Impossible
from harness.values.values import ErrorContext, HandleName, Value
from harness.world import types as t
from harness.world.world import Function

SPARE_REGISTERS = 128
"""When a component has only this many registers left, it drops an old handle for each that it keeps, because a call may
need them all at once."""
MOST_NESTED = 3
"""Maximum nesting of destructors."""


class Caller:
    """Draws calls as steps."""

    def __init__(
        self,
        composition: Composition,
        random: Random,
        lists: s.Lists = s.Lists.BY_ELEMENT,
        waiting: Iterable[Function] = (),
        nested: Sequence[Function] = (),
    ) -> None:
        """`waiting`: imports of the subject that need handles which only its caller can give it. `nested`: imports
        that the subject calls now and then while it is being called."""
        self.waiting = list(waiting)
        self._nested = [f for f in nested if composition.rank(Role.SUBJECT, f) < PRECIOUS]
        self._users = Users(composition, Role.SUBJECT, nested)
        self._kept = Kept()
        self._with_destructor: dict[ResourceIdentity, bool] = {}
        self._destructors = 0
        self._finishing = False
        self._rooms = {role: Room(role) for role in composition.worlds}
        self.calls = 0
        """The number of calls so far."""
        self._made: dict[str, int] = {}
        self._names: set[str] = set()
        self.composition = composition
        self._random = random
        self.lists = lists
        self._reps = Representations(random)
        self._values = Values(composition, random, lists is s.Lists.NUMBERS)

    def run_of(self, role: Role) -> Doing:
        """The actions of an entered component."""
        return Doing(self._rooms[role], role)

    def finish(self, frame: Doing) -> None:
        """Drop the handles that the frame's component has kept, except those for which there are no registers."""
        role = frame.role
        self._finishing = True
        for identity in self._kept.identities(role):
            while self._kept.count(role, identity):
                with contextlib.suppress(OutOfRegisters), self._whole(frame):
                    self._destroy(frame, identity, self._kept.take(role, identity))
                    continue
                self._kept.take(role, identity)
        self._finishing = False

    def attempt(self, frame: Doing, function: Function) -> None:
        """Call an import in a run. Raises `OutOfRegisters`, and then nothing of it is planned."""
        with self._whole(frame):
            self.call(frame, function)

    def leave_out(self, function: Function) -> None:
        """No call of this import while another call goes on."""
        self._nested = [other for other in self._nested if other is not function]
        self._users.leave_out(function)

    @contextlib.contextmanager
    def _whole(self, frame: Doing) -> Iterator[None]:
        """What is planned inside for a run is planned whole, or not at all."""
        self._kept.mark()
        steps, calls, waiting = len(frame.steps), self.calls, list(self.waiting)
        marks = [(room, room.free) for room in self._rooms.values()]
        try:
            yield
        except OutOfRegisters:
            self._kept.reset()
            for room, free in marks:
                room.free = free
            del frame.steps[steps:]
            self.calls = calls
            self.waiting[:] = waiting
            self._destructors = 0
            raise

    def _once_in(self, count: int) -> bool:
        return self._random.randrange(count) == count - 1

    def _drop(self, frame: Doing, name: str) -> None:
        frame.steps.append(DropStep(name, by=frame.by))
        frame.room.give_back()

    def _destroy(self, frame: Doing, identity: ResourceIdentity, name: str) -> None:
        """Drop an own handle."""
        frame.room.give_back()
        if identity not in self._with_destructor:
            self._with_destructor[identity] = self._once_in(2)
        during: Sequence[Step[Value]] = ()
        if self._with_destructor[identity]:
            self._destructors += 1
            during = self._destructor(identity)
            self._destructors -= 1
        frame.steps.append(DropStep(name, during=tuple(during), by=frame.by))

    def _destructor(self, identity: ResourceIdentity) -> Sequence[Step[Value]]:
        """Its component is entered once more, perhaps inside one of its own calls, which must not be disturbed."""
        interface, name = parts_of(identity.canonical)
        frame = Doing(self._rooms[identity.implementor])
        way = self._random.randrange(4)
        if self._destructors > MOST_NESTED or way < 2:
            return ()
        if way == 2 and self._nested and identity.implementor is Role.SUBJECT:
            self.call(frame, self._random.choice(self._nested))
        else:
            self._destroy(frame, identity, self._new(frame, interface, name))
        return frame.steps

    def _new(self, frame: Doing, interface: str | None, name: str) -> str:
        frame.room.take()
        rep = self._reps.next()
        handle = self._new_name(name)
        frame.steps.append(NewStep(handle, t.qualified(interface, name), rep, frame.by))
        return handle

    def _new_name(self, kind: str) -> str:
        """A unique name: `r1` can be the first of `r1`s or the eleventh of `r`s."""
        while True:
            number = self._made[kind] = self._made.get(kind, 0) + 1
            name = f"{kind}{number}"
            if name not in self._names:
                self._names.add(name)
                return name

    def _keep_or_drop(self, frame: Doing, identity: ResourceIdentity, name: str) -> None:
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
            self._destroy(frame, identity, name)

    def _is_precious(self, role: Role, identity: ResourceIdentity) -> bool:
        source = self.composition.sources.get((role, identity))
        return identity.implementor is not role and source is not None and source.rank >= PRECIOUS

    def _make_room(self, frame: Doing) -> None:
        role = frame.role
        oldest = self._kept.oldest(role) if frame.room.free < SPARE_REGISTERS else None
        if oldest is not None:
            self._destroy(frame, oldest, self._kept.take(role, oldest))

    def call(
        self, frame: Doing, function: Function, wanted: ResourceIdentity | None = None, rank: int = ANY_RANK
    ) -> list[str]:
        """Call an import from `frame`.

        Returns the own handles of `wanted` in the result; the rest is dropped. Raises `Impossible` before anything is
        planned.
        """
        args = self._values.arguments(frame.role, function, rank)
        return self._call(frame, function, args, wanted, rank)

    def _call(
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
        given = tuple(
            [
                self._with_handles(frame, value, param.type, lent)
                for value, param in zip(args, function.params, strict=True)
            ]
        )
        self.calls += 1
        during, keep, result = self._answer(callee, exported, given, result)
        if function.result is not None:
            frame.room.take()
        name = function.canonical.removeprefix(WORLD)
        frame.steps.append(CallStep(name, given, result, frame.by, during=during, keep=keep))
        for value, param in zip(given, function.params, strict=True):
            if param.type.holds_handles:
                self._after(frame, value, param.type, lent)
        if function.result is None or result is None:
            return []
        brought = self._receive(frame, result, function.result, wanted)
        frame.room.give_back()
        return brought

    def _answer(
        self, role: Role, function: Function, args: tuple[Value, ...], result: Value | None
    ) -> tuple[tuple[Step[Value], ...], frozenset[str], Value | None]:
        """The callee's steps, which drop its arguments and make its result; the borrows, each dropped by a step; the
        result."""
        frame = Doing(self._rooms[role])
        lent: list[str] = []
        for value, param in zip(args, function.params, strict=True):
            if param.type.holds_handles:
                lent += borrowed(self.composition, role, value, param.type)
                self._receive(frame, value, param.type, hold=True)
        if role is Role.SUBJECT:
            self._call_waiting(frame)
            if self._nested and self._once_in(6):
                self.call(frame, self._random.choice(self._nested))
        returned: list[str] = []
        if result is not None and function.result is not None and function.result.holds_handles:
            result = self._with_handles(frame, result, function.result)
            returned = [held.name for _, _, held in handles(result, function.result) if isinstance(held, HandleName)]
        for identity, held in frame.held.items():
            for name in held:
                self._keep_or_drop(frame, identity, name)
        for _ in returned:
            frame.room.give_back()
        return tuple(frame.steps), frozenset(lent), result

    def _call_waiting(self, frame: Doing) -> None:
        """Call imports that need handles which only the caller of an export can give: now they are here."""
        if not frame.held:
            return
        for function in list(self.waiting):
            args = self._values.of_what_is_here(frame, function)
            if args is not None:
                self.waiting.remove(function)
                self._call(frame, function, args)

    def _receive(
        self, frame: Doing, value: Value, type: t.Type, wanted: ResourceIdentity | None = None, hold: bool = False
    ) -> list[str]:
        """Take the handles in a value that arrived; the own handles of `wanted`.

        Other own handles are held for the rest of the frame if `hold`; everything else is dropped.
        """
        role = frame.role
        kept: list[str] = []
        for _, found, held in handles(value, type):
            assert isinstance(held, HandleName)
            if isinstance(found, t.Borrow) and self.composition.identity(role, found.resource).implementor is role:
                continue  # a representation, not a handle (CanonicalABI.md, `lower_borrow`)
            frame.room.take()
            if isinstance(found, t.Prim):
                frame.room.take()
                frame.steps.append(MessageStep(held.name, by=frame.by))
                frame.room.give_back()
            identity = None
            if isinstance(found, t.Own | t.Borrow):
                identity = self.composition.identity(role, found.resource)
            if isinstance(found, t.Own) and identity is not None and identity == wanted:
                kept.append(held.name)
            elif isinstance(found, t.Own) and identity is not None and hold:
                frame.held.setdefault(identity, []).append(held.name)
            elif isinstance(found, t.Own) and identity is not None:
                self._keep_or_drop(frame, identity, held.name)
            else:
                if identity is not None and role is Role.SUBJECT:
                    self._lend_on(frame, identity, held.name)
                self._drop(frame, held.name)
        return kept

    def _lend_on(self, frame: Doing, identity: ResourceIdentity, name: str) -> None:
        """Sometimes call an import with a borrowed handle."""
        users = self._users.of(identity)
        if not users or self._once_in(2):
            return
        function = self._random.choice(users)
        args = self._values.arguments(frame.role, function)
        if self._values.borrow(frame.role, function, args, identity):
            self._call(frame, function, args, lent=Lent(identity, name))

    def _with_handles(self, frame: Doing, value: Value, type: t.Type, lent: Lent | None = None) -> Value:
        """The value with a handle at each place for one."""

        def obtained(found: Handle, held: Value) -> Value:
            if isinstance(found, t.Prim):
                assert isinstance(held, ErrorContext)
                frame.room.take()
                name = self._new_name(found.canonical)
                frame.steps.append(ErrorContextStep(name, held.message, frame.by))
                return HandleName(name)
            identity = self.composition.identity(frame.role, found.resource)
            if isinstance(found, t.Borrow) and lent is not None and lent.fits(identity):
                lent.used = True
                return HandleName(lent.name)
            return HandleName(self.obtain(frame, found.resource))

        return with_handles(value, type, obtained)

    def _after(self, frame: Doing, value: Value, type: t.Type, lent: Lent | None = None) -> None:
        """After a call: own handles are gone, what was lent is dropped, unless it was `lent` on."""
        for _, found, handle in handles(value, type):
            assert isinstance(handle, HandleName)
            if lent is not None and handle.name == lent.name:
                continue
            if isinstance(found, t.Borrow):
                identity = self.composition.identity(frame.role, found.resource)
                held = frame.held.get(identity)
                if held is not None:
                    held.append(handle.name)
                else:
                    self._keep_or_drop(frame, identity, handle.name)
            elif isinstance(found, t.Own):
                frame.room.give_back()
            else:
                self._drop(frame, handle.name)

    def obtain(self, frame: Doing, resource: t.Resource) -> str:
        """A new own handle."""
        role = frame.role
        identity = self.composition.identity(role, resource)
        held = frame.held.get(identity)
        if held:
            return held.pop()
        if self._kept.count(role, identity) and (self._is_precious(role, identity) or not self._once_in(3)):
            return self._kept.take(role, identity)
        if resource.exported:
            return self._new(frame, resource.interface, resource.name)
        source = self.composition.sources.get((role, identity))
        if source is None:
            raise Impossible(f"the {role.value} has no way to come by {resource.canonical}")
        first, *others = self.call(frame, source.function, identity, source.rank)
        for name in others:
            self._destroy(frame, identity, name)
        return first
