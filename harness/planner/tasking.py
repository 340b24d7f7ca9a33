"""Draws calls that run in the background: several in one waitable set, calls that are cancelled before they start,
while they wait or after they have returned, and calls that wait for the end of backpressure.

A callee does everything that others can notice before it waits. So what a planner knows stays true, whenever the task
gets its turns. It ends when it returns: between the two, no caller may drop the call (docs/async.md, F6). Nobody asks
twice for one cancellation (F3). A call is not cancelled by `async` whose callee blocks in a `subtask.cancel` of its own
(F9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    IfCancelledStep,
    JoinStep,
    ReturnStep,
    SetStep,
    StopStep,
    WaitStep,
    YieldStep,
)
from harness.plan.roles import Role
from harness.plan.steps import DropStep, Step
from harness.planner.background import Answer, Begun, CallToBegin, For, Waits
from harness.planner.composition import Composition
from harness.planner.payloads import allocates
from harness.planner.room import Doing
from harness.values.values import Value
from harness.world import types as t
from harness.world.layout import Layout
from harness.world.walk import reachable
from harness.world.world import Function

REGISTERS_OF_CALL = 6
"""The most registers of a call in the background, where none is used twice."""
MOST_HELD = 3
"""Calls that one call's backpressure holds back at once."""


class Calls(Protocol):
    """Draws the two halves of a call."""

    composition: Composition

    def prepare(self, frame: Doing, function: Function) -> CallToBegin:
        """Draw the arguments of a call; for handles, other calls. Raises `Impossible` before anything is planned."""

    def begin(self, frame: Doing, prepared: CallToBegin, waits: Waits) -> Begun:
        """Start a call, and draw its callee."""

    def begin_in_vain(self, frame: Doing, prepared: CallToBegin) -> Begun:
        """Start a call whose callee never runs. The function is not called again in this run."""

    def end(self, frame: Doing, begun: Begun) -> None:
        """The call is resolved and dropped: its values arrive or stay."""

    def copy_in_vain(self, frame: Doing) -> str | None:
        """The frame begins a copy that nobody takes part in. Returns the end, which the frame must stop before it does
        anything else with it; None if it has no end for that."""

    def may_be_in_vain(self, frame: Doing, function: Function) -> bool: ...

    def others(self, role: Role) -> Sequence[Function]:
        """The asynchronous functions that a component can call."""

    def inner(self, role: Role) -> Sequence[Function]:
        """Those without handles, which a callee can call without preparation."""


@dataclass(eq=False)
class Tasking:
    """The calls of a run in the background."""

    calls: Calls
    random: Random
    new_name: Callable[[str], str]
    _left: list[Callable[[Doing, Function], None]] = field(init=False, default_factory=list)
    _layout: Layout = field(init=False, default_factory=Layout)

    def draw(self, frame: Doing, function: Function) -> None:
        """Steps of a run with calls of this asynchronous function, and perhaps of others: in each way once, before one
        comes again."""
        if not self._left:
            self._left = self._ways()
            self.random.shuffle(self._left)
        self._left.pop()(frame, function)

    def _ways(self) -> list[Callable[[Doing, Function], None]]:
        return [self._cancelled, self._returned_unseen, self._never_started, self._held_back, self._several]

    # -- the caller

    def _cancelled(self, frame: Doing, function: Function) -> None:
        """A call is cancelled while its callee waits."""
        turns = self.random.randrange(3)
        callee, _ = self.calls.composition.links.callee(frame.role, function.interface, function.name)
        inner = self.calls.inner(callee)
        what = self.random.choice((For.TURNS, For.NOTHING, For.A_COPY, *([For.A_CALL] if inner else [])))
        waits = Waits(what, turns + 2 + self.random.randrange(3), self._answer(), self._once_in(2))
        waits.inner = self.random.choice(inner) if what is For.A_CALL else None
        waits.backpressure = int(self._once_in(4))
        waits.cancelled = True
        begun = self._begin(frame, function, waits)
        self._yields(frame, turns)
        self._cancel(frame, begun, at_once=waits.blocks)

    def _returned_unseen(self, frame: Doing, function: Function) -> None:
        """A call is cancelled after its return, which its caller has not seen. Its callee has ended, or goes on."""
        turns = 1 + self.random.randrange(2)
        answer = self._answer() if self._once_in(2) else None
        tail = 2 + self.random.randrange(4) if self._once_in(3) else 0
        begun = self._begin(frame, function, Waits(For.TURNS, turns, answer, self._once_in(2), tail=tail))
        self._yields(frame, turns + 2)
        self._cancel(frame, begun, at_once=bool(tail))

    def _held_back(self, frame: Doing, function: Function) -> None:
        """Calls start only when another of the same component has ended its backpressure."""
        beside = self._beside(frame, function)
        held = [function]
        kept = [other for other in beside if self._keeps_memory(other)] or beside
        while len(held) < MOST_HELD and not self._once_in(3):
            held.append(self.random.choice(beside if self._once_in(4) else kept))
        # before the backpressure: what gets handles for them must not wait for its end
        prepared = [self.calls.prepare(frame, each) for each in held]
        holder, holds = self._holder(frame, beside)
        waits = [Waits(For.TURNS, self.random.randrange(3)) for _ in held]
        calls = [self.calls.begin(frame, each, how) for each, how in zip(prepared, waits, strict=True)]
        self._all_after(frame, holder, holds, calls)

    def _never_started(self, frame: Doing, function: Function) -> None:
        """A call is cancelled while backpressure holds it back."""
        beside = self._beside(frame, function)
        fit = [other for other in beside if self.calls.may_be_in_vain(frame, other)]
        if not fit:
            self._held_back(frame, function)
            return
        owning = [other for other in fit if _gives_own_handles(other)]
        prepared = self.calls.prepare(frame, self.random.choice(owning or fit))
        holder, holds = self._holder(frame, beside)
        begun = self.calls.begin_in_vain(frame, prepared)
        frame.steps.append(CancelStep(begun.name, self._once_in(2), by=frame.by))
        frame.steps.append(DropStep(begun.name, by=frame.by))
        self.calls.end(frame, begun)
        self._all_after(frame, holder, holds, [])

    def _beside(self, frame: Doing, function: Function) -> list[Function]:
        """The asynchronous functions of the callee of this one."""
        links = self.calls.composition.links
        callee, _ = links.callee(frame.role, function.interface, function.name)
        return [
            other
            for other in self.calls.others(frame.role)
            if links.callee(frame.role, other.interface, other.name)[0] is callee
        ]

    def _holder(self, frame: Doing, among: Sequence[Function]) -> tuple[Begun, Waits]:
        """A call of one of these, which sets backpressure, and its wait."""
        holds = Waits(For.TURNS, 1 + self.random.randrange(3), backpressure=1 + self.random.randrange(2))
        if self._once_in(3):
            # not for a copy: other calls may come meanwhile, which would use its end
            holds.what, holds.answer, holds.cancelled = For.NOTHING, self._answer(), True
        return self._begin(frame, self.random.choice(among), holds), holds

    def _keeps_memory(self, function: Function) -> bool:
        """Whether the arguments of a call, or parts of them, must stay in memory until it starts."""
        return self._layout.spills(function) or any(allocates(param.type) for param in function.params)

    def _all_after(self, frame: Doing, holder: Begun, holds: Waits, others: list[Begun]) -> None:
        """The others start once `holder` has ended its backpressure: by itself, or because it is cancelled."""
        if not holds.cancelled:
            self._all(frame, [holder, *others])
        elif self._once_in(2):
            frame.steps.append(CancelStep(holder.name, asynchronous=True, by=frame.by))
            self._all(frame, [holder, *others])
        else:
            self._cancel(frame, holder, at_once=True)
            if others:
                self._all(frame, others)

    def _several(self, frame: Doing, function: Function) -> None:
        """Several calls at once, in one set."""
        others = self.calls.others(frame.role)
        chosen = [function, *[self.random.choice(others) for _ in range(1 + self.random.randrange(2))]]
        waits = [Waits(For.TURNS, 1 + self.random.randrange(3)) for _ in chosen]
        begun = [self._begin(frame, each, how) for each, how in zip(chosen, waits, strict=True)]
        self._all(frame, begun)

    def _cancel(self, frame: Doing, begun: Begun, at_once: bool = False) -> None:
        """`at_once`: the task does not go on before the call is resolved, nor between this and its drop."""
        asynchronous = self._once_in(2) and not at_once
        frame.steps.append(CancelStep(begun.name, asynchronous, by=frame.by))
        if asynchronous:
            self._all(frame, [begun])
            return
        frame.steps.append(AwaitStep(begun.name, by=frame.by))
        frame.steps.append(DropStep(begun.name, by=frame.by))
        self.calls.end(frame, begun)

    def _all(self, frame: Doing, calls: Sequence[Begun]) -> None:
        """Wait for calls in a set, in any order, and drop them. Each has an event at least when it is resolved."""
        name = self.new_set(frame)
        for begun in calls:
            frame.steps.append(JoinStep(begun.name, name, by=frame.by))
        if len(calls) > 1 or (calls[0].returns and self._once_in(2)):
            for _ in range(self.random.randrange(len(calls))):
                frame.steps.append(WaitStep(name, by=frame.by))
            if self._once_in(2):
                frame.steps.append(WaitStep(name, poll=True, by=frame.by))
        order = self.random.sample(calls, len(calls))
        for begun in order:
            frame.steps.append(AwaitStep(begun.name, by=frame.by, set=name))
            frame.steps.append(DropStep(begun.name, by=frame.by))
        frame.steps.append(DropStep(name, by=frame.by))
        for begun in order:
            self.calls.end(frame, begun)

    def _begin(self, frame: Doing, function: Function, waits: Waits) -> Begun:
        return self.calls.begin(frame, self.calls.prepare(frame, function), waits)

    def _yields(self, frame: Doing, turns: int) -> None:
        if turns:
            frame.steps.append(YieldStep(turns, by=frame.by))

    def new_set(self, frame: Doing) -> str:
        frame.room.take()
        name = self.new_name("set")
        frame.steps.append(SetStep(name, by=frame.by))
        return name

    # -- the callee

    def wait(self, frame: Doing, waits: Waits, lent: Sequence[str]) -> None:
        """The callee waits, and perhaps ends. `lent`: the borrowed handles that it gives back by steps of its own."""
        drops: list[Step[Value]] = []
        if waits.early and [step.handle if isinstance(step, DropStep) else None for step in frame.steps] == list(lent):
            drops, frame.steps = frame.steps, []
        frame.steps += [BackpressureStep(1) for _ in range(waits.backpressure)]
        after = self._wait_for(frame, waits)
        later = (
            [YieldStep(1 + self.random.randrange(2))] if waits.answer is Answer.ENDS_LATER or self._once_in(3) else []
        )
        waits.takes_turns = bool(later) and waits.answer is not None
        released: list[Step[Value]] = [BackpressureStep(-1) for _ in range(waits.backpressure)]
        if waits.ends:
            frame.steps.append(IfCancelledStep((*after, *released, *drops, *later, CancelledStep())))
        elif waits.answer is Answer.RETURNS and later:
            frame.steps.append(IfCancelledStep(tuple(later)))
        frame.steps += [*released, *([] if waits.ends else after), *drops]
        if waits.tail:
            frame.steps += [ReturnStep(), YieldStep(waits.tail)]

    def _wait_for(self, frame: Doing, waits: Waits) -> list[Step[Value]]:
        """The callee waits; the steps that it owes afterwards."""
        if waits.what is For.TURNS:
            self._yields(frame, waits.turns)
            return []
        copying = self.calls.copy_in_vain(frame) if waits.what is For.A_COPY else None
        if copying is not None and self._once_in(2):
            frame.steps.append(AwaitStep(copying))
            return [StopStep(copying)]
        if copying is not None:
            name = self.new_set(frame)
            frame.steps += [JoinStep(copying, name), WaitStep(name)]
            return [JoinStep(copying), StopStep(copying), DropStep(name)]
        if waits.inner is None:
            name = self.new_set(frame)
            frame.steps.append(WaitStep(name))
            return [DropStep(name)]
        own = Waits(For.NOTHING, answer=self._answer(), cancelled=True)
        begun = self._begin(frame, waits.inner, own)
        waits.blocks = own.takes_turns
        name = self.new_set(frame)
        frame.steps += [JoinStep(begun.name, name), AwaitStep(begun.name, set=name)]
        gone: list[Step[Value]] = [DropStep(begun.name), DropStep(name)]
        return [JoinStep(begun.name), CancelStep(begun.name), AwaitStep(begun.name), *gone]

    def _answer(self) -> Answer:
        return self.random.choice(tuple(Answer))

    def _once_in(self, count: int) -> bool:
        return self.random.randrange(count) == count - 1


def _gives_own_handles(function: Function) -> bool:
    return any(isinstance(found, t.Own) for found in reachable(*(param.type for param in function.params)))
