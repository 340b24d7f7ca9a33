"""Draws the calls of a run in which several tasks run concurrently."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from harness.plan.async_steps import CancelledStep
from harness.plan.roles import Role
from harness.plan.steps import CallStep, Step
from harness.planner.background import Begun, CallToBegin, Waits
from harness.planner.calls import Caller
from harness.planner.composition import Composition
from harness.planner.named import WORLD
from harness.planner.room import Doing
from harness.planner.tasking import REGISTERS_OF_CALL, Tasking
from harness.planner.values import ANY_RANK
from harness.script.encoding import handles
from harness.values.values import HandleName, Value
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import Function


class TaskCaller(Caller):
    """Draws calls whose two sides run concurrently, and calls whose callers do not wait at first."""

    def __init__(self, composition: Composition, random: Random, functions: Sequence[tuple[Role, Function]]) -> None:
        """`functions`: those of the run, with their callers."""
        super().__init__(composition, random, together=True)
        self._tasking = Tasking(self, random, self._own.new_name)
        self._functions = functions
        self._in_vain: set[tuple[Role, str]] = set()
        """Exported functions, with their components, whose frames do not belong to the next call."""

    def _draw(self, frame: Doing, function: Function) -> None:
        if not self._goes(frame.role, function):
            return
        if function.is_async and self._once_in(2):
            self._tasking.draw(frame, function)
        else:
            super()._draw(frame, function)

    @contextlib.contextmanager
    def _whole(self, frame: Doing) -> Iterator[None]:
        before = set(self._in_vain)
        with super()._whole(frame):
            try:
                yield
            except Exception:
                self._in_vain = before
                raise

    def _exported(self, role: Role, function: Function) -> tuple[Role, str]:
        callee, exported = self.composition.links.callee(role, function.interface, function.name)
        return callee, exported.canonical

    def _goes(self, role: Role, function: Function) -> bool:
        return self._exported(role, function) not in self._in_vain

    # -- the two halves of a call

    def prepare(self, frame: Doing, function: Function) -> CallToBegin:
        args = self._values.arguments(frame.role, function)
        callee, exported = self.composition.links.callee(frame.role, function.interface, function.name)
        result = self._values.result(callee, exported, None, ANY_RANK)
        return CallToBegin(function, self._given(frame, function, args), result)

    def begin(self, frame: Doing, prepared: CallToBegin, waits: Waits) -> Begun:
        function, given = prepared.function, prepared.given
        callee, exported = self.composition.links.callee(frame.role, function.interface, function.name)
        wait = partial(self._wait, waits, exported)
        during, keep, result = self._answer(callee, exported, given, prepared.result, True, wait)
        return self._begun(frame, function, given, result, during, keep, waits.returns)

    def begin_in_vain(self, frame: Doing, prepared: CallToBegin) -> Begun:
        function, result = prepared.function, prepared.result
        self._in_vain.add(self._exported(frame.role, function))
        never: tuple[Step[Value], ...] = ()
        if function.result is not None and function.result.holds_handles:
            # what it cannot give it does not return; it never runs
            result, never = None, (CancelledStep(),)
        begun = self._begun(frame, function, prepared.given, result, never, frozenset(), returns=False)
        return replace(begun, started=False)

    def _begun(
        self,
        frame: Doing,
        function: Function,
        given: tuple[Value, ...],
        result: Value | None,
        during: tuple[Step[Value], ...],
        keep: frozenset[str],
        returns: bool,
    ) -> Begun:
        self.calls += 1
        for _ in range(REGISTERS_OF_CALL):
            frame.room.take()
        name = self._own.new_name("call")
        of = function.canonical.removeprefix(WORLD)
        frame.steps.append(CallStep(of, given, result, frame.by, during=during, keep=keep, name=name))
        return Begun(name, function, given, result, returns)

    def end(self, frame: Doing, begun: Begun) -> None:
        self._gave(frame, begun.function, begun.given, started=begun.started)
        if begun.returns and begun.result is not None and begun.function.result is not None:
            self._passing.receive(frame, begun.result, begun.function.result)

    def copy_in_vain(self, frame: Doing) -> str | None:
        return self._streaming.copy_in_vain(frame)

    def _wait(self, waits: Waits, function: Function, frame: Doing, lent: Sequence[str], result: Value | None) -> None:
        """Before the callee returns, others go on."""
        if waits.ends and waits.cancelled and result is not None and function.result is not None:
            # handles of resources stay with the callee, unused: a wait for the call names them as the caller's
            for _, found, held in handles(result, function.result):
                if isinstance(found, t.End) and isinstance(held, HandleName):
                    self._streaming.stay(frame.role, held.name, found)
        self._tasking.wait(frame, waits, lent)

    # -- functions

    def may_be_in_vain(self, frame: Doing, function: Function) -> bool:
        """Whether no later call of the run needs it, and its caller still has no end of its arguments."""
        needed = [source.function.canonical for source in self.composition.sources.values()]
        ends = any(isinstance(found, t.End) for found in reachable(*(param.type for param in function.params)))
        return not ends and function.canonical not in needed

    def others(self, role: Role) -> Sequence[Function]:
        return [f for of, f in self._functions if of is role and f.is_async and self._goes(role, f)]

    def inner(self, role: Role) -> Sequence[Function]:
        return [function for function in self.others(role) if not _holds_handles(function)]


def _holds_handles(function: Function) -> bool:
    types = [param.type for param in function.params] + ([] if function.result is None else [function.result])
    return any(type.holds_handles for type in types)
