"""Calls of a driver that go on side by side: a driver starts several before it waits for the first.

So the interpreter under test has several tasks at once, and must keep them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from harness.plan.async_steps import AwaitStep, YieldStep
from harness.plan.roles import Role
from harness.plan.steps import CallStep, Step
from harness.planner.guest_rules import GuestComposition
from harness.planner.named import import_of
from harness.script.async_operations import State
from harness.values.values import Value
from harness.world.world import Function

AT_ONCE = 4
"""The most calls at once."""
MOST_TOGETHER = 12
"""About the most calls of a run of this kind: each may end in several orders."""


def goes_on(function: Function) -> bool:
    """Whether calls of this function may go on while others start."""
    return function.is_async and not function.resources and function.end is None


def side_by_side(
    composition: GuestComposition, random: Random, steps: Sequence[Step[Value]]
) -> tuple[Step[Value], ...]:
    """The steps of a driver, with its calls in groups: all of a group are started, then the driver waits for each, the
    last one first. Calls that cannot go on (`goes_on`) stay between the groups."""
    return tuple(_grouped(composition, random, steps))


def two_at_once(steps: Sequence[Step[Value]]) -> bool:
    """Whether a driver starts a call before it has waited for the end of an earlier one."""
    open: set[str] = set()
    for step in steps:
        match step:
            case CallStep() if open:
                return True
            case CallStep(name=str(name)) if step.status is not State.RETURNED:
                open.add(name)
            case AwaitStep():
                open.discard(step.handle)
    return False


def _grouped(composition: GuestComposition, random: Random, steps: Sequence[Step[Value]]) -> Iterator[Step[Value]]:
    started: list[str] = []
    count = 0
    most = AT_ONCE
    for step in steps:
        if isinstance(step, CallStep) and goes_on(import_of(composition, Role.DRIVER, step)):
            count += 1
            started.append(f"call-{count}")
            yield replace(step, name=started[-1])
        elif isinstance(step, YieldStep):
            yield step  # with tasks that may continue meanwhile
        else:
            yield from _awaited(started)
            yield step
        if len(started) >= most:
            yield from _awaited(started)
            most = random.randint(2, AT_ONCE)
    yield from _awaited(started)


def _awaited(started: list[str]) -> Iterator[Step[Value]]:
    while started:
        yield AwaitStep(started.pop(), by=Role.DRIVER)
