"""Runs with one step more: which traps they end in, and that they are written as cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.async_faults import Stray, one_step_more
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import case_of
from harness.fuzz.cases_of import run_case
from harness.fuzz.fault_injection import with_faults
from harness.plan.async_steps import (
    CancelStep,
    EndsStep,
    ExitStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    WaitStep,
    YieldStep,
)
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner import case_plan
from harness.planner.bare import PlannedWorld, planned_world
from harness.values.values import Value

WIT = """package a:b;
interface x {
  f: async func(a: string) -> u8;
  g: func(a: u8) -> future<u8>;
  h: async func(a: stream<u8>);
}
world w { import x; export x; }
"""
RUNS = 24


@cache
def injected(seed: int) -> PlannedWorld:
    world = planned_world(surround(WitText(WIT, "w.wit")), Random(seed), 6, "t")
    return with_faults(world, Random(seed), RUNS)


SEEDS = range(20)


def test_every_kind_of_trap_is_reached() -> None:
    found = Counter(run.outcome.trap for seed in SEEDS for run in injected(seed).plan.runs)
    wanted = {
        TrapClass.INVALID_HANDLE,
        TrapClass.HANDLE_TYPE,
        TrapClass.BACKPRESSURE,
        TrapClass.CALLBACK_CODE,
        TrapClass.NO_RESULT,
        TrapClass.NOT_CANCELLED,
        TrapClass.RESOLVED_TWICE,
        TrapClass.UNRESOLVED,
        TrapClass.SET_IN_USE,
        TrapClass.NOT_COPYING,
        TrapClass.FUTURE_UNWRITTEN,
        TrapClass.COPYING,
        TrapClass.CANNOT_BLOCK,
        TrapClass.DEADLOCK,
        TrapClass.IN_SET,
        TrapClass.DELIVERED,
    }
    assert wanted <= set(found)
    assert TrapClass.OTHER not in found and TrapClass.ENGINE_FAULT not in found


@pytest.mark.parametrize("seed", range(3))
def test_a_run_is_written_as_a_case_that_ends_the_same_way(seed: int) -> None:
    world = injected(seed)
    for number, run in enumerate(world.plan.runs):
        parts = run_case(world, number + 1, Bucket("ours", "fail", 3, "event", "", "ours"))
        (again,) = case_plan(case_of(parts)).runs
        assert again.outcome == run.outcome


CALL: CallStep[Value] = CallStep("a:b/x#f", by=Role.SUBJECT, name="c")
SUBJECT = Role.SUBJECT


@pytest.mark.parametrize(
    ("step", "kind", "more"),
    [
        (CALL, "a call that is dropped unresolved", DropStep("c", by=SUBJECT)),
        (CancelStep("c", by=SUBJECT), "a resolved call that is cancelled", CancelStep("c", by=SUBJECT)),
        (SetStep("w", by=SUBJECT), "a set that joins itself", JoinStep("w", "w", by=SUBJECT)),
        (JoinStep("c", "w", by=SUBJECT), "a member of a set that is cancelled", CancelStep("c", by=SUBJECT)),
        (
            EndsStep("s", "t", "stream<u8>", by=SUBJECT),
            "an end in the place of a set",
            WaitStep("!$s", poll=True, by=SUBJECT),
        ),
    ],
)
def test_a_step_more(step: Step[Value], kind: str, more: Step[Value]) -> None:
    composition = injected(0).composition
    strays = [one_step_more(composition, [step], Random(seed)) for seed in range(80)]
    found: list[Stray] = [stray for stray in strays if stray is not None and stray.kind == kind]
    assert found[0].change([step]) == (step, more)


def test_a_cancellation_that_may_go_on_is_not_asked_for_again() -> None:
    """F3 in docs/async.md: the engine does not trap."""
    step = CancelStep("c", asynchronous=True, by=SUBJECT)
    strays = [one_step_more(injected(0).composition, [step], Random(seed)) for seed in range(30)]
    assert all(stray is not None and "cancelled" not in stray.kind for stray in strays)


def test_no_task_ends_while_it_reads() -> None:
    """F1 in docs/async.md: the engine traps in the writer."""
    read = ReadStep("s", by=Role.PROVIDER)
    call: CallStep[Value] = replace(CALL, during=(ReturnStep(), read, YieldStep(1)))
    strays = [one_step_more(injected(0).composition, [call], Random(seed)) for seed in range(400)]
    ends = [stray.change([call]) for stray in strays if stray is not None and "without a return" in stray.kind]
    assert ends
    for (changed,) in ends:
        assert isinstance(changed, CallStep)
        assert changed.during.index(ExitStep()) < changed.during.index(read)


def test_a_second_return_is_never_the_only_one() -> None:
    """F6 in docs/async.md: a callee that continues after its return may end before its call is dropped."""
    call: CallStep[Value] = replace(CALL, during=(YieldStep(1),))
    strays = [one_step_more(injected(0).composition, [call], Random(seed)) for seed in range(200)]
    changed = [stray.change([call])[0] for stray in strays if stray is not None and "returns twice" in stray.kind]
    assert changed
    assert all(isinstance(step, CallStep) and step.during.count(ReturnStep()) == 2 for step in changed)
