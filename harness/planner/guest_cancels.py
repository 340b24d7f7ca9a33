"""Calls that are cancelled while an interpreter that is not ours waits for the call to which it forwards.

It passes the cancellation on, and ends as the other call does: without a result, or with one.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.plan.async_steps import (
    AwaitStep,
    CancelledStep,
    CancelStep,
    IfCancelledStep,
    JoinStep,
    SetStep,
    WaitStep,
    YieldStep,
)
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.guest_calls import GuestCaller
from harness.planner.guest_rules import Forward, GuestComposition
from harness.planner.guest_together import goes_on
from harness.planner.named import WORLD
from harness.planner.room import Doing
from harness.planner.values import ANY_RANK
from harness.values.values import Value
from harness.world.world import Function

MOST_CANCELLED = 8
"""About the most calls of a run of this kind."""
_REGISTERS = 6
"""The most registers of one such call in each component; none is used twice."""


def can_be_cancelled(composition: GuestComposition, function: Function) -> bool:
    """Whether the driver's calls of this function can be cancelled while the subject waits."""
    return goes_on(function) and isinstance(composition.rule(Role.DRIVER, function), Forward)


def passes_on(call: CallStep[Value], waitables: str, ends: bool) -> tuple[Step[Value], ...]:
    """The subject's steps: `call` has a name, and is cancelled when its own call is. `ends`: without a result."""
    assert call.name is not None
    inner = call.name
    gone: tuple[Step[Value], ...] = (DropStep(inner), DropStep(waitables))
    cancel: tuple[Step[Value], ...] = (JoinStep(inner), CancelStep(inner), AwaitStep(inner))
    cancelled = (*cancel, *gone, CancelledStep()) if ends else cancel
    waits: tuple[Step[Value], ...] = (SetStep(waitables), JoinStep(inner, waitables), AwaitStep(inner, set=waitables))
    return (call, *waits, IfCancelledStep(cancelled), *gone)


class GuestCanceller(GuestCaller):
    """Draws calls by the driver that it cancels while the provider does not answer."""

    def _draw(self, frame: Doing, function: Function) -> None:
        rule = self.composition.rule(Role.DRIVER, function)
        assert isinstance(rule, Forward)
        callee, exported = self.composition.links.callee(Role.SUBJECT, rule.imported.interface, rule.imported.name)
        args = tuple(self._values.arguments(frame.role, function))
        result = self._values.result(callee, exported, None, ANY_RANK)
        for role in (frame.role, Role.SUBJECT, callee):
            for _ in range(_REGISTERS):
                self._rooms[role].take()
        self.calls += 1
        ends = self._random.randrange(3) > 0
        name = rule.imported.canonical.removeprefix(WORLD)
        inner = CallStep[Value](name, args, result, during=self._waits(ends), name=self._own.new_name("call"))
        steps = passes_on(inner, self._own.new_name("set"), ends)
        outer = self._own.new_name("call")
        name = function.canonical.removeprefix(WORLD)
        frame.steps.append(CallStep(name, args, result, frame.by, during=steps, name=outer))
        if turns := self._random.randrange(3):
            frame.steps.append(YieldStep(turns, by=frame.by))
        frame.steps += self._cancel(outer, frame.by)

    def _waits(self, ends: bool) -> tuple[Step[Value], ...]:
        """The provider waits in an empty set until it is cancelled, and answers then."""
        name = self._own.new_name("set")
        later = [YieldStep(1 + self._random.randrange(2))] if self._random.randrange(2) else []
        answer: tuple[Step[Value], ...] = (DropStep(name), *later, *([CancelledStep()] if ends else []))
        return SetStep(name), WaitStep(name), IfCancelledStep(answer)

    def _cancel(self, call: str, by: Role | None) -> Sequence[Step[Value]]:
        if self._random.randrange(2):
            return [CancelStep(call, by=by), AwaitStep(call, by=by), DropStep(call, by=by)]
        name = self._own.new_name("set")
        gone: list[Step[Value]] = [DropStep(call, by=by), DropStep(name, by=by)]
        cancel = CancelStep(call, asynchronous=True, by=by)
        return [cancel, SetStep(name, by=by), JoinStep(call, name, by=by), AwaitStep(call, by=by, set=name), *gone]
