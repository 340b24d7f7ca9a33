"""Steps with one of them changed, by where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.visits import At
from harness.values.values import Value

Steps = tuple[Step[Value], ...]
Edit = Callable[[Step[Value]], Steps]


def edited(steps: Sequence[Step[Value]], at: At, edit: Edit) -> Steps:
    """The steps, with the one at `at` replaced by the result of `edit`."""
    number, *rest = at
    return (*steps[:number], *_edited(steps[number], tuple(rest), edit), *steps[number + 1 :])


def _edited(step: Step[Value], at: At, edit: Edit) -> Steps:
    if not at:
        return edit(step)
    assert isinstance(step, CallStep | DropStep)
    return (replace(step, during=edited(step.during, at, edit)),)


def ended(steps: Sequence[Step[Value]], at: At, edit: Edit) -> Steps:
    """Like `edited`, but the run ends there: later steps are left out, and the enclosing calls do not return."""
    number, *rest = at
    step = steps[number]
    if not rest:
        return (*steps[:number], *edit(step))
    assert isinstance(step, CallStep | DropStep)
    inner = replace(step, during=ended(step.during, tuple(rest), edit))
    return (*steps[:number], replace(inner, result=None) if isinstance(inner, CallStep) else inner)
