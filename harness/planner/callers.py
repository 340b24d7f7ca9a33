"""The possible callers in a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.plan.async_steps import EndsStep, SetStep
from harness.plan.roles import Role
from harness.plan.steps import CallStep, Step, StepError, V
from harness.planner.composition import Composition
from harness.planner.named import callable_by, split_function
from harness.text.nearest import there_are


def candidates(composition: Composition, step: CallStep[V]) -> list[Role]:
    """The possible callers of a call, in the order of the test's purpose: the driver for exports, the subject for
    imports; a driver that reaches the provider comes last."""
    interface, name = split_function(step.function)
    found = []
    for role in (Role.SUBJECT, Role.DRIVER):
        world = composition.worlds.get(role)
        if world is not None and world.import_function(interface, name) is not None:
            callee, _ = composition.links.callee(role, interface, name)
            found.append((role is Role.DRIVER and callee is Role.PROVIDER, role))
    if any(not indirect for indirect, _ in found):
        return [role for indirect, role in found if not indirect]
    return [role for _, role in found]


def check_functions(composition: Composition, steps: Sequence[Step[V]]) -> None:
    """This check comes before the choice of callers: a call of an unknown function must not make another call look
    ambiguous."""
    for step in steps:
        if isinstance(step, CallStep) and step.by is None and not candidates(composition, step):
            known = callable_by(composition, (Role.SUBJECT, Role.DRIVER))
            message = f"there is no function {step.function}\n{there_are(step.function, known, 'functions')}"
            raise StepError((*step.path, "call"), message)


def modes(composition: Composition, steps: Sequence[Step[V]]) -> tuple[Role | None, ...]:
    """Both sides, if each can make all calls that state no caller."""
    open_calls = [step for step in steps if isinstance(step, CallStep) and step.by is None]
    if open_calls and all(len(candidates(composition, step)) == 2 for step in open_calls):
        return (Role.SUBJECT, Role.DRIVER)
    return (None,)


def with_callers(composition: Composition, steps: Sequence[Step[V]], mode: Role | None) -> Iterator[Step[V]]:
    """The steps of a run, with the caller of each call: `mode` if both sides can make it."""
    for step in steps:
        if isinstance(step, CallStep) and step.by is None:
            yield replace(step, by=_caller(composition, step, mode))
        elif isinstance(step, EndsStep | SetStep) and step.by is None and mode is not None:
            yield replace(step, by=mode)
        else:
            yield step


def _caller(composition: Composition, step: CallStep[V], mode: Role | None) -> Role:
    found = candidates(composition, step)
    if mode is not None and mode in found:
        return mode
    if len(found) > 1:
        raise StepError(step.path, "both the subject and the driver can make this call: say which with `by`")
    return found[0]
