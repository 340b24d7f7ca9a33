"""What the provider does, in a case, behind an interpreter that is not ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.plan.async_steps import (
    CancelStep,
    EndsStep,
    IfCancelledStep,
    ReadStep,
    StopStep,
    TakeStep,
    WriteStep,
)
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, NewStep, RepStep, Step
from harness.planner.guest_ends import GuestEnds
from harness.planner.guest_role import NoRole
from harness.values.values import Value


def provided(ends: GuestEnds, steps: Sequence[Step[str]], renamed: Mapping[str, str]) -> tuple[Step[Value], ...]:
    """The steps of the provider during a call or a drop. `renamed`: its names of handles that the case names otherwise.
    Raises `NoRole`."""
    return tuple([_provided(ends, step, renamed) for step in steps])


def _provided(ends: GuestEnds, step: Step[str], renamed: Mapping[str, str]) -> Step[Value]:
    if step.by is not None:
        raise NoRole("a step during a call says who does it")
    match step:
        case NewStep(handle) | RepStep(handle):
            return replace(step, handle=renamed.get(handle, handle))
        case DropStep(handle):
            during = provided(ends, step.during, renamed)
            return DropStep(renamed.get(handle, handle), step.stale, step.trap, during)
        case EndsStep() | ReadStep() | WriteStep() | TakeStep() | StopStep():
            return ends.step(Role.PROVIDER, step)
        case CallStep() | CancelStep():
            raise NoRole("the callee of the case calls something, and a provider calls nothing")
        case IfCancelledStep(steps):
            return IfCancelledStep(provided(ends, steps, renamed), path=step.path)
    return step
