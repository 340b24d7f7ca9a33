"""The steps of a case, with an interpreter that is not ours as the subject: a call by the driver, the steps that the
subject takes for it by its rule (`guest_rules.py`), and what comes behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.plan.async_steps import (
    AwaitStep,
    CancelStep,
    EndsStep,
    JoinStep,
    ReadStep,
    SetStep,
    StopStep,
    TakeStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.left_out import LeftOut
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step, StepError, trap_of
from harness.planner.guest_calls import Inner, Wrapping
from harness.planner.guest_cancels import passes_on
from harness.planner.guest_ends import GuestEnds
from harness.planner.guest_provided import provided
from harness.planner.guest_role import NoRole, value_in_role
from harness.planner.guest_rules import Copy, Echo, Forward, GuestComposition
from harness.planner.guest_together import two_at_once
from harness.planner.named import WORLD, import_of
from harness.planner.task_steps import may_be_cancelled
from harness.planner.values import Handle, with_handles
from harness.script.encoding import handles
from harness.toolchains.abilities import Abilities
from harness.values.values import HandleName, Invalid, Value, equal
from harness.world import types as t
from harness.world.world import Function

INNER = "-inside"
"""What the name of a handle inside another has after its name."""


class GuestSteps:
    """The steps of one run, as a driver and an interpreter that is not ours do them."""

    def __init__(self, composition: GuestComposition, unsupported: Sequence[LeftOut], abilities: Abilities) -> None:
        self._composition = composition
        self._abilities = abilities
        self._cancelled: frozenset[str] = frozenset()
        self._cancelled_with_async: frozenset[str] = frozenset()
        self._unsupported = unsupported
        self._wrapping = Wrapping(composition)
        self._ends = GuestEnds(composition)

    def steps(self, steps: Sequence[Step[str]]) -> tuple[Step[Value], ...]:
        """Raises `NoRole`."""
        cancels = [step for step in steps if isinstance(step, CancelStep)]
        self._cancelled = frozenset(step.handle for step in cancels)
        self._cancelled_with_async = frozenset(step.handle for step in cancels if step.asynchronous)
        made = tuple([self._step(step) for step in steps])
        if self._abilities.one_at_a_time and two_at_once(made):
            raise NoRole("several calls go on at once, which is done without --one-at-a-time")
        return made

    def _step(self, step: Step[str]) -> Step[Value]:
        if step.by not in (None, Role.DRIVER):
            raise NoRole("a step is by the subject, which does nothing by itself")
        match step:
            case CallStep():
                return self._call(step)
            case DropStep():
                return self._drop(step)
            case EndsStep() | ReadStep() | WriteStep() | TakeStep() | StopStep():
                return replace(self._ends.step(Role.DRIVER, step), by=Role.DRIVER)
            case AwaitStep() | YieldStep() | SetStep() | JoinStep() | WaitStep():
                return replace(step, by=Role.DRIVER)
            case CancelStep() if self._abilities.cancels:
                return replace(step, by=Role.DRIVER)
            case CancelStep():
                raise NoRole("the case cancels a call, which is done with --with-cancel")
        other = "a step that makes a resource or an error context"
        raise NoRole(f"{other} is by the subject, which does nothing by itself")

    def _call(self, step: CallStep[str]) -> CallStep[Value]:
        try:
            called = import_of(self._composition, Role.DRIVER, _in_driver(step))
        except StepError as error:
            raise NoRole(f"the driver cannot call {step.function}: {self._why_not_there(step.function)}") from error
        callee, exported = self._composition.links.callee(Role.DRIVER, called.interface, called.name)
        args = tuple([value_in_role(given, param.type) for given, param in zip(step.args, called.params, strict=True)])
        result = None
        if step.result is not None and exported.result is not None:
            result = value_in_role(step.result, exported.result)
        made = CallStep(
            step.function, args, result, Role.DRIVER, step.trap, keep=step.keep, name=step.name, status=step.status
        )
        if called.result is not None and made.result is not None:
            self._ends.learn(Role.DRIVER, made.result, called.result)
        if callee is not Role.SUBJECT:
            self._arrived(callee, exported, made.args)
            return replace(made, during=provided(self._ends, step.during, {}))
        rule = self._composition.rules.of.get(exported.canonical)
        match rule:
            case Forward(imported):
                return self._forward(step, made, exported, imported)
            case Echo(number):
                return self._echo(step, made, exported, number)
            case Copy():
                raise NoRole(f"{exported.canonical} copies a stream or future in this role")
        raise NoRole(f"{exported.canonical} has no rule: {self._composition.rules.without[exported.canonical]}")

    def _why_not_there(self, name: str) -> str:
        """Why the driver has no import of this name."""
        canonical = name if "#" in name else WORLD + name
        reasons = (item.why for item in self._unsupported if item.what == canonical)
        return next(reasons, "the world does not export it")

    def _echo(
        self, step: CallStep[str], made: CallStep[Value], exported: Function, number: int | None
    ) -> CallStep[Value]:
        if step.during or step.keep:
            raise NoRole(f"{exported.canonical} does something in the case, and only returns a parameter in this role")
        if made.trap is not None:
            return replace(made, result=None)
        if number is not None and not equal(made.result, made.args[number]):
            raise NoRole(f"{exported.canonical} returns something else than its parameter")
        drops = []
        for found, name in self._wrapping.others_dropped(made.args, exported, number):
            drops.append(self._dropped(found, name))
        return replace(made, during=tuple(drops))

    def _arrived(self, role: Role, function: Function, args: Sequence[Value]) -> None:
        for value, param in zip(args, function.params, strict=True):
            self._ends.learn(role, value, param.type)

    def _dropped(self, found: t.Own | t.End, name: str) -> DropStep[Value]:
        if not self._wrapping.is_wrapped(found):
            return DropStep(name)
        return DropStep(name, during=(DropStep(self._wrapping.inner.pop(name).name),))

    def _forward(
        self, step: CallStep[str], made: CallStep[Value], exported: Function, imported: Function
    ) -> CallStep[Value]:
        given_away: list[str] = []
        renamed: dict[str, str] = {}
        inner_args = []
        for value, param in zip(made.args, exported.params, strict=True):
            inner = value
            if not isinstance(value, Invalid):
                inner = self._wrapping.unwrapped(value, param.type, given_away)
                renamed |= _renamed(value, inner, param.type)
            inner_args.append(inner)
        inner_result = made.result
        if made.result is not None and exported.result is not None and not isinstance(made.result, Invalid):
            inner_result = with_handles(made.result, exported.result, lambda found, held: self._within(found, held))
            renamed |= _renamed(made.result, inner_result, exported.result)
        name = imported.canonical.removeprefix(WORLD)
        keep = frozenset(renamed.get(kept, kept) for kept in made.keep)
        callee, called = self._composition.links.callee(Role.SUBJECT, imported.interface, imported.name)
        self._arrived(callee, called, inner_args)
        during = provided(self._ends, step.during, renamed)
        inner_call = CallStep(name, tuple(inner_args), inner_result, trap=made.trap, during=during, keep=keep)
        drops = tuple([DropStep[Value](name) for name in given_away])
        calls: tuple[Step[Value], ...] = (inner_call,)
        if step.name in self._cancelled:
            if renamed:
                raise NoRole("a call with handles is cancelled")
            in_place = any(isinstance(inner, YieldStep) and inner.in_place for inner in step.during)
            if in_place and step.name in self._cancelled_with_async:
                # the interpreter's `subtask.cancel` blocks, and the callee has turns before the driver's says so
                raise NoRole(
                    "a callee that waits in place is cancelled with async (the engine's fault F9, docs/async.md)"
                )
            inner_call = replace(inner_call, name=f"{step.name}{INNER}")
            calls = passes_on(inner_call, f"set{INNER}-{step.name}", may_be_cancelled(step))
        return replace(
            made,
            result=None if trap_of(step) is not None else made.result,
            during=(*drops, *calls),
            keep=frozenset(),
        )

    def _within(self, found: Handle, held: Value) -> Value:
        """What a handle in a result stands for."""
        if not isinstance(held, HandleName) or not self._wrapping.is_wrapped(found):
            return held
        inner = held.name + INNER
        self._wrapping.inner[held.name] = Inner(inner, self._wrapping.imported(found))
        return HandleName(inner)

    def _drop(self, step: DropStep[str]) -> DropStep[Value]:
        during = provided(self._ends, step.during, {})
        made = DropStep[Value](step.handle, step.stale, step.trap, during, by=Role.DRIVER)
        if step.trap is not None or step.handle not in self._wrapping.inner:
            return made
        inner = self._wrapping.inner.pop(step.handle)
        return replace(made, during=(DropStep(inner.name, during=during),))


def _in_driver(step: CallStep[str]) -> CallStep[str]:
    return replace(step, by=Role.DRIVER)


def _renamed(outer: Value, inner: Value, type: t.Type) -> dict[str, str]:
    names = []
    for value in (outer, inner):
        names.append([held.name for _, _, held in handles(value, type) if isinstance(held, HandleName)])
    return dict(zip(*names, strict=True))
