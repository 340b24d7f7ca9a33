"""The steps of a subject whose interpreter is not ours, during a call by the driver.

They are what `boxed` would have to do to behave like it: so the model predicts what the driver and the provider see. A
resource that the subject exports stands for the imported one of its name: a handle of it has an *inner* handle, which
the subject holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeGuard

from harness.model.table import ResourceIdentity
from harness.plan.async_steps import YieldStep
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.calls import Caller, Waiting
from harness.planner.guest_rules import Copy, Forward, GuestComposition
from harness.planner.named import WORLD
from harness.planner.ownership import Ownership
from harness.planner.room import Doing, Room
from harness.planner.streaming_together import Meeting
from harness.planner.values import Handle, with_handles
from harness.script import operations as s
from harness.script.encoding import handles
from harness.values.values import HandleName, Value
from harness.world import types as t
from harness.world.world import Function


@dataclass(frozen=True, slots=True)
class Inner:
    """What a handle of an exported resource stands for."""

    name: str
    identity: ResourceIdentity


@dataclass
class Wrapping:
    """The inner handles of one run, by the names of the handles that stand for them."""

    composition: GuestComposition
    inner: dict[str, Inner] = field(default_factory=dict)

    def is_wrapped(self, found: Handle) -> TypeGuard[t.Own | t.Borrow]:
        """Whether handles of this type stand for others."""
        return isinstance(found, t.Own | t.Borrow) and self._implementor(found) is Role.SUBJECT

    def _implementor(self, found: t.Own | t.Borrow) -> Role:
        return self.composition.identity(Role.SUBJECT, found.resource).implementor

    def imported(self, found: t.Own | t.Borrow) -> ResourceIdentity:
        """The resource behind one that the subject exports."""
        resource = found.resource
        interface = self.composition.worlds[Role.SUBJECT].imports[resource.interface]
        return self.composition.identity(Role.SUBJECT, interface.resources[resource.name])

    def unwrapped(self, value: Value, type: t.Type, given_away: list[str]) -> Value:
        """An argument for an import. `given_away` gets the own handles whose inner handles it has."""

        def inner(found: Handle, held: Value) -> Value:
            if not self.is_wrapped(found) or not isinstance(held, HandleName):
                return held
            if isinstance(found, t.Own):
                given_away.append(held.name)
                return HandleName(self.inner.pop(held.name).name)
            return HandleName(self.inner[held.name].name)

        return with_handles(value, type, inner)

    def others_dropped(
        self, args: Sequence[Value], function: Function, chosen: int | None
    ) -> list[tuple[t.Own | t.End, str]]:
        """The handles in the parameters that are not returned, without borrows, in order."""
        return [
            (found, held.name)
            for number, (value, param) in enumerate(zip(args, function.params, strict=True))
            if number != chosen
            for _, found, held in handles(value, param.type)
            if isinstance(found, t.Own | t.End) and isinstance(held, HandleName)
        ]


class _WrappingOwnership(Ownership):
    """The destructor of a handle that stands for another drops that one."""

    def __init__(
        self,
        wrapping: Wrapping,
        random: Random,
        rooms: Mapping[Role, Room],
        call_nested: Callable[[Doing], bool],
    ) -> None:
        super().__init__(wrapping.composition, random, rooms, call_nested)
        self._wrapping = wrapping

    def destroy(self, frame: Doing, identity: ResourceIdentity, name: str, stale: bool = False) -> None:
        if identity.implementor is not Role.SUBJECT:
            super().destroy(frame, identity, name, stale)
            return
        frame.room.give_back()
        inner = self._wrapping.inner.pop(name)
        destructor = Doing(self._rooms[Role.SUBJECT])
        super().destroy(destructor, inner.identity, inner.name)
        frame.steps.append(DropStep(name, stale, during=tuple(destructor.steps), by=frame.by))


class GuestCaller(Caller):
    """Draws the calls of a driver; what the subject does follows from its rules."""

    composition: GuestComposition

    def __init__(self, composition: GuestComposition, random: Random, lists: s.Lists = s.Lists.BY_ELEMENT) -> None:
        self._wrapping = Wrapping(composition)
        super().__init__(composition, random, lists)

    def _ownership(self) -> Ownership:
        return _WrappingOwnership(self._wrapping, self._random, self._rooms, self._call_in_destructor)

    def _answer(
        self,
        role: Role,
        function: Function,
        args: tuple[Value, ...],
        result: Value | None,
        waits: bool,
        way: Meeting | Waiting | None,
    ) -> tuple[tuple[Step[Value], ...], frozenset[str], Value | None]:
        if role is not Role.SUBJECT:
            return super()._answer(role, function, args, result, waits, way)
        frame = Doing(self._rooms[role])
        for value, param in zip(args, function.params, strict=True):
            self._received(frame, value, param.type)
        rule = self.composition.rules.of[function.canonical]
        assert not isinstance(rule, Copy), "its calls are drawn apart"
        if isinstance(rule, Forward):
            result = self._forward(frame, function, rule.imported, args, result, waits)
        else:
            for found, name in self._wrapping.others_dropped(args, function, rule.parameter):
                if isinstance(found, t.End):
                    self._streaming.discard(frame, name)
                else:
                    self._own.destroy(frame, self.composition.identity(role, found.resource), name)
            result = None if rule.parameter is None else args[rule.parameter]
        if result is not None and function.result is not None:
            for _ in handles(result, function.result):
                frame.room.give_back()
            self._given_on(result, function.result)
        return tuple(frame.steps), frozenset(), result

    def _received(self, frame: Doing, value: Value, type: t.Type) -> None:
        """Room for the handles that are the subject's own from now on, and the places of ends."""
        for _, found, held in handles(value, type):
            if isinstance(found, t.Own | t.End):
                frame.room.take()
            if isinstance(found, t.End) and isinstance(held, HandleName):
                self._streaming.arrive(frame.role, held.name, found)

    def _given_on(self, value: Value, type: t.Type) -> None:
        for _, found, held in handles(value, type):
            if isinstance(found, t.End) and isinstance(held, HandleName):
                self._streaming.give_on(held.name)

    def _forward(
        self,
        frame: Doing,
        exported: Function,
        imported: Function,
        args: tuple[Value, ...],
        result: Value | None,
        waits: bool,
    ) -> Value | None:
        """The call of the import; its result, for the driver. `result`: without its handles. `waits`: the subject can
        wait for it, and mostly must: the callee lets others go on first."""
        callee, provided = self.composition.links.callee(frame.role, imported.interface, imported.name)
        given_away: list[str] = []
        inner_args = tuple(
            [
                self._wrapping.unwrapped(value, param.type, given_away)
                for value, param in zip(args, exported.params, strict=True)
            ]
        )
        for name in given_away:
            frame.steps.append(DropStep(name))
        for value, param in zip(args, exported.params, strict=True):
            self._given_on(value, param.type)
        during, keep, inner_result = super()._answer(callee, provided, inner_args, result, waits, None)
        turns = self._random.randrange(4) if waits else 0
        if turns:
            during = (YieldStep(turns), *during)
        name = imported.canonical.removeprefix(WORLD)
        frame.steps.append(CallStep(name, inner_args, inner_result, during=during, keep=keep))
        for value, param in zip(args, exported.params, strict=True):
            for _, found, _ in handles(value, param.type):
                if isinstance(found, t.Own | t.End):
                    frame.room.give_back()
        if inner_result is None or exported.result is None:
            return None
        return with_handles(inner_result, exported.result, lambda found, held: self._wrapped(frame, found, held))

    def _wrapped(self, frame: Doing, found: Handle, held: Value) -> Value:
        assert isinstance(held, HandleName)
        frame.room.take()
        if isinstance(found, t.End):
            self._streaming.arrive(frame.role, held.name, found)
        if not self._wrapping.is_wrapped(found):
            return held
        frame.room.take()  # the inner handle stays
        name = self._own.new_name(found.resource.name)
        self._wrapping.inner[name] = Inner(held.name, self._wrapping.imported(found))
        return HandleName(name)
