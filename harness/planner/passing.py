"""The handles in values that frames give and get: the source and the later use of each."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.plan.steps import DropStep, ErrorContextStep, MessageStep
from harness.planner.composition import Composition
from harness.planner.lending import Lent, Users
from harness.planner.ownership import Ownership
from harness.planner.room import Doing
from harness.planner.streaming_together import StreamingTogether
from harness.planner.values import ANY_RANK, Handle, Values, with_handles
from harness.script.encoding import handles
from harness.values.draws import Impossible
from harness.values.values import ErrorContext, HandleName, Value
from harness.world import types as t
from harness.world.world import Function


class CallsForHandles(Protocol):
    """The calls that handles need: sources of some, users of others."""

    def call(
        self, frame: Doing, function: Function, wanted: ResourceIdentity | None = None, rank: int = ANY_RANK
    ) -> list[str]:
        """Call an import; the own handles of `wanted` in the result. Raises `Impossible`."""

    def call_with(
        self,
        frame: Doing,
        function: Function,
        args: list[Value],
        wanted: ResourceIdentity | None = None,
        rank: int = ANY_RANK,
        lent: Lent | None = None,
    ) -> list[str]:
        """The same with these arguments."""


class HandlePassing:
    """Draws the steps that handles in values need, for the frames of one run."""

    def __init__(
        self,
        composition: Composition,
        random: Random,
        own: Ownership,
        values: Values,
        calls: CallsForHandles,
        nested: Sequence[Function],
    ) -> None:
        """`nested`: imports of the subject that it calls now and then with a borrowed handle."""
        self._composition = composition
        self._random = random
        self._own = own
        self._values = values
        self._calls = calls
        self._users = Users(composition, Role.SUBJECT, nested)
        self.streaming = StreamingTogether(composition, random, self, own.new_name)

    def leave_out(self, function: Function) -> None:
        """No call of this import with a borrowed handle."""
        self._users.leave_out(function)

    def _once_in(self, count: int) -> bool:
        return self._random.randrange(count) == count - 1

    def _drop(self, frame: Doing, name: str) -> None:
        frame.steps.append(DropStep(name, by=frame.by))
        frame.room.give_back()

    def receive(
        self, frame: Doing, value: Value, type: t.Type, wanted: ResourceIdentity | None = None, hold: bool = False
    ) -> list[str]:
        """Take the handles in a value that arrived; the own handles of `wanted`.

        Other own handles are held for the rest of the frame if `hold`; everything else is dropped.
        """
        role = frame.role
        kept: list[str] = []
        if not type.holds_handles:
            return kept
        for _, found, held in handles(value, type):
            assert isinstance(held, HandleName)
            if isinstance(found, t.Borrow) and self._composition.identity(role, found.resource).implementor is role:
                continue  # a representation, not a handle (CanonicalABI.md, `lower_borrow`)
            frame.room.take()
            if isinstance(found, t.End):
                self.streaming.arrive(role, held.name, found)
                continue
            if isinstance(found, t.Prim):
                frame.room.take()
                frame.steps.append(MessageStep(held.name, by=frame.by))
                frame.room.give_back()
            identity = None
            if isinstance(found, t.Own | t.Borrow):
                identity = self._composition.identity(role, found.resource)
            if isinstance(found, t.Own) and identity is not None and identity == wanted:
                kept.append(held.name)
            elif isinstance(found, t.Own) and identity is not None and hold:
                frame.held.setdefault(identity, []).append(held.name)
            elif isinstance(found, t.Own) and identity is not None:
                self._own.keep_or_drop(frame, identity, held.name)
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
            self._calls.call_with(frame, function, args, lent=Lent(identity, name))

    def give(self, frame: Doing, value: Value, type: t.Type, lent: Lent | None = None) -> Value:
        """The value with a handle at each place for one."""
        if not type.holds_handles:
            return value

        def obtained(found: Handle, held: Value) -> Value:
            if isinstance(found, t.Prim):
                assert isinstance(held, ErrorContext)
                frame.room.take()
                name = self._own.new_name(found.canonical)
                frame.steps.append(ErrorContextStep(name, held.message, frame.by))
                return HandleName(name)
            if isinstance(found, t.End):
                return HandleName(self.streaming.obtain(frame, found))
            identity = self._composition.identity(frame.role, found.resource)
            if isinstance(found, t.Borrow) and lent is not None and lent.fits(identity):
                lent.used = True
                return HandleName(lent.name)
            return HandleName(self.obtain(frame, found.resource))

        return with_handles(value, type, obtained)

    def after(self, frame: Doing, value: Value, type: t.Type, lent: Lent | None = None, started: bool = True) -> None:
        """After a call: own handles are gone, borrowed ones are dropped, unless they were `lent` on. If the call never
        `started`, its caller still has the own handles of resources, and drops them. It must not have given ends."""
        for _, found, handle in handles(value, type):
            assert isinstance(handle, HandleName)
            if lent is not None and handle.name == lent.name:
                continue
            if isinstance(found, t.Borrow):
                identity = self._composition.identity(frame.role, found.resource)
                held = frame.held.get(identity)
                if held is not None:
                    held.append(handle.name)
                else:
                    self._own.keep_or_drop(frame, identity, handle.name)
            elif isinstance(found, t.Own) and not started:
                identity = self._composition.identity(frame.role, found.resource)
                self._own.destroy(frame, identity, handle.name, stale=True)
            elif isinstance(found, t.Handle):
                frame.room.give_back()
            else:
                self._drop(frame, handle.name)

    # -- payloads of streams and futures

    def payload(self, frame: Doing, type: t.Type) -> Value:
        """An element for a stream or a future. Raises `Impossible`."""
        return self.give(frame, self._values.payload(frame.role, type), type)

    def came(self, frame: Doing, value: Value, type: t.Type) -> None:
        """The component has read an element."""
        self.receive(frame, value, type)

    def went(self, frame: Doing, value: Value, type: t.Type) -> None:
        """An element that the component has written was read."""
        self.after(frame, value, type)

    def stayed(self, frame: Doing, value: Value, type: t.Type) -> None:
        """An element that the component has written was not read: it still has the handles."""
        for _, found, handle in handles(value, type):
            assert isinstance(handle, HandleName)
            if isinstance(found, t.End):
                self.streaming.arrive(frame.role, handle.name, found)
            elif isinstance(found, t.Own):
                self._own.keep_or_drop(frame, self._composition.identity(frame.role, found.resource), handle.name)
            else:
                self._drop(frame, handle.name)

    def obtain(self, frame: Doing, resource: t.Resource) -> str:
        """A new own handle."""
        role = frame.role
        identity = self._composition.identity(role, resource)
        held = frame.held.get(identity)
        if held:
            return held.pop()
        kept = self._own.take_kept(role, identity)
        if kept is not None:
            return kept
        if resource.exported:
            return self._own.new(frame, resource.interface, resource.name)
        source = self._composition.sources.get((role, identity))
        if source is None:
            raise Impossible(f"the {role.value} has no way to get {resource.canonical}")
        first, *others = self._calls.call(frame, source.function, identity, source.rank)
        for name in others:
            self._own.destroy(frame, identity, name)
        return first
