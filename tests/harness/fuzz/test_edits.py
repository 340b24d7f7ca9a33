"""One step changed, by where it is."""

from __future__ import annotations

import pytest

from harness.fuzz.edits import Steps, edited, ended
from harness.plan.steps import CallStep, DropStep, NewStep, Step
from harness.planner.visits import At
from harness.values.values import Value

A, B, C = NewStep("a", "r"), NewStep("b", "r"), NewStep("c", "r")


def twice(step: Step[Value]) -> Steps:
    return step, step


def call(*during: Step[Value], result: Value | None = 1) -> Step[Value]:
    return CallStep("f", result=result, during=during)


def drop(*during: Step[Value]) -> Step[Value]:
    return DropStep("x", during=during)


@pytest.mark.parametrize(
    ("steps", "at", "whole", "cut"),
    [
        ((A, B, C), (1,), (A, B, B, C), (A, B, B)),
        ((A, call(B, C), A), (1, 0), (A, call(B, B, C), A), (A, call(B, B, result=None))),
        ((drop(A, call(B), C), A), (0, 1, 0), (drop(A, call(B, B), C), A), (drop(A, call(B, B, result=None)),)),
    ],
)
def test_a_step_becomes_two(steps: Steps, at: At, whole: Steps, cut: Steps) -> None:
    assert edited(steps, at, twice) == whole
    assert ended(steps, at, twice) == cut
