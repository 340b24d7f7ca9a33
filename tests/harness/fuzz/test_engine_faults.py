"""Steps that may meet a fault of the engine: neither an injected fault nor a reduction makes them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz import case_reducer
from harness.fuzz.async_faults import one_step_more
from harness.fuzz.case_text import CaseParts
from harness.plan.async_steps import (
    AwaitStep,
    CancelledStep,
    CancelStep,
    EndsStep,
    ExitStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    StopStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.engine_faults import EngineFault, MetFault, adds_engine_fault, engine_faults
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.bare import planned_world
from harness.script.async_operations import State

WIT = """package a:b;
interface x { f: async func(a: future<u8>) -> u8; g: async func(); h: async func(a: stream<string>); }
world w { import x; export x; }
"""
Steps = tuple[Step[str], ...]

FUTURE, STRINGS = EndsStep("s", "t", "future<u8>"), EndsStep("s", "t", "stream<string>")
NUMBERS, NOTHING = EndsStep("s", "t", "stream<u8>"), EndsStep("s", "t", "stream")
READ, IN_PLACE = ReadStep("s"), YieldStep(1, in_place=True)
SET, JOIN, DROP = SetStep("w"), JoinStep("c", "w"), DropStep[str]("c")
TOLD = (SET, JOIN, AwaitStep("c", set="w"))


def call(*during: Step[str], name: str | None = None) -> CallStep[str]:
    return CallStep("a:b/x#f", during=during, name=name)


GOES_ON = call(YieldStep(1), ReturnStep(), YieldStep(2), name="c")
ENDS = call(YieldStep(1), ReturnStep(), name="c")
GOING = call(YieldStep(9), name="c")
CONTINUES, YIELDS = MetFault(EngineFault.F6, "c"), MetFault(EngineFault.F7, "c")


def reads(*after: str) -> MetFault:
    return MetFault(EngineFault.F1, "s", after)


READS = reads()
ASKED = MetFault(EngineFault.F3, "c")
DONE = MetFault(EngineFault.F5, "t")
CANCEL = CancelStep("c", asynchronous=True, status=State.STARTED)
WRITTEN, DROPPED = WriteStep[str]("t", status=State.COMPLETED), DropStep[str]("s")
WAITS = (SET, JoinStep("t", "w"), WaitStep("w", poll=True))

TABLE: dict[str, tuple[Steps, set[MetFault]]] = {
    "a read of a future that is left": ((FUTURE, call(READ)), {READS}),
    "of a stream of strings": ((STRINGS, call(READ)), {READS}),
    "of a stream of numbers": ((NUMBERS, call(READ)), set()),
    "of a stream of nothing": ((NOTHING, call(READ)), set()),
    "awaited": ((FUTURE, call(READ, AwaitStep("s"))), set()),
    "stopped": ((FUTURE, call(READ, StopStep("s"))), set()),
    "over at once": ((FUTURE, call(ReadStep("s", status=State.COMPLETED))), set()),
    "waited for in a set": ((FUTURE, call(READ, SET, JoinStep("s", "w"), WaitStep("w"))), set()),
    "polled": ((FUTURE, call(READ, SET, JoinStep("s", "w"), WaitStep("w", poll=True))), {reads("WaitStep")}),
    "an exit before": ((FUTURE, call(ExitStep(), READ, AwaitStep("s"))), set()),
    "an exit between": ((FUTURE, call(READ, ExitStep(), AwaitStep("s"))), {reads("ExitStep")}),
    "cancelled meanwhile": (
        (FUTURE, call(READ, IfCancelledStep((CancelledStep(),)), AwaitStep("s"))),
        {reads("CancelledStep")},
    ),
    "some turns later": ((FUTURE, call(READ, YieldStep(1))), {reads("YieldStep")}),
    "in the run": ((FUTURE, READ), {READS}),
    "dropped late": ((GOES_ON, *TOLD, YieldStep(1), DROP), {CONTINUES}),
    "another event before": ((GOES_ON, SET, JOIN, WaitStep("w"), WaitStep("w"), DROP), {CONTINUES}),
    "another call before": ((GOES_ON, *TOLD, call(), DROP), {CONTINUES}),
    "cancelled, dropped late": ((GOES_ON, CancelStep("c"), YieldStep(1), DROP), {CONTINUES}),
    "dropped at once": ((GOES_ON, YieldStep(1), *TOLD, DROP), set()),
    "dropped by the wait": ((GOES_ON, YieldStep(1), AwaitStep("c")), set()),
    "cancelled, dropped at once": ((GOES_ON, CancelStep("c"), AwaitStep("c"), DROP), set()),
    "ends when it returns": ((ENDS, *TOLD, YieldStep(1), DROP), set()),
    "returns again": ((call(ReturnStep(), ReturnStep(), YieldStep(1), name="c"), *TOLD, YieldStep(1), DROP), set()),
    "dropped late, by whoever has it": (
        (replace(GOES_ON, by=Role.DRIVER), *TOLD, replace(YieldStep(1), by=Role.DRIVER), DROP),
        {CONTINUES},
    ),
    "asked for twice": ((GOING, CANCEL, CANCEL), {ASKED}),
    "asked for twice, waiting at last": ((GOING, CANCEL, CancelStep("c")), {ASKED}),
    "asked for again after the answer": (
        (GOING, CancelStep("c", asynchronous=True, status=State.CANCELLED), CANCEL),
        set(),
    ),
    "asked for again after the wait": ((GOING, CANCEL, AwaitStep("c"), CANCEL), set()),
    "a done end in a set": ((FUTURE, call(WRITTEN, *WAITS), DROPPED), {DONE}),
    "an end that is done in the set": (
        (FUTURE, call(WriteStep[str]("t", status=State.COPYING), *WAITS, WaitStep("w")), DROPPED),
        {DONE},
    ),
    "an end that is copying in a set": (
        (FUTURE, call(WriteStep[str]("t", status=State.COPYING), *WAITS), DROPPED),
        set(),
    ),
    "a done end that left its set": (
        (FUTURE, call(WRITTEN, SET, JoinStep("t", "w"), JoinStep("t"), *WAITS[2:]), DROPPED),
        set(),
    ),
    "a done end that is dropped first": ((FUTURE, call(WRITTEN, SET, DropStep("t"), *WAITS), DROPPED), set()),
    "a done end whose other end stays": ((FUTURE, call(WRITTEN, *WAITS)), set()),
    "a done end of a stream": ((NUMBERS, call(WRITTEN, *WAITS), DROPPED), set()),
    "in place beside another": ((GOING, call(IN_PLACE), AwaitStep("c")), {YIELDS}),
    "in place alone": ((GOING, AwaitStep("c"), call(IN_PLACE)), set()),
    "in place in its own call": ((call(IN_PLACE, name="c"), AwaitStep("c")), set()),
    "not in place": ((GOING, call(YieldStep(1)), AwaitStep("c")), set()),
}


@pytest.mark.parametrize(("steps", "met"), TABLE.values(), ids=TABLE)
def test_what_steps_may_meet(steps: Steps, met: set[MetFault]) -> None:
    assert engine_faults(steps) == met


DRIFTS: dict[str, tuple[Steps, Steps]] = {
    "F3": ((GOING, CANCEL, AwaitStep("c"), CANCEL), (GOING, CANCEL, CANCEL)),
    "F5": (
        (FUTURE, call(WRITTEN, SET, JoinStep("t", "w"), JoinStep("t"), *WAITS[2:]), DROPPED),
        (FUTURE, call(WRITTEN, *WAITS), DROPPED),
    ),
    "F1": ((FUTURE, call(READ, AwaitStep("s"))), (FUTURE, call(READ))),
    "F1 after fewer turns": ((FUTURE, call(READ, YieldStep(1))), (FUTURE, call(READ))),
    "F6": (
        (call(ReturnStep(), ReturnStep(), YieldStep(1), name="c"), *TOLD, YieldStep(1), DROP),
        (call(ReturnStep(), YieldStep(1), name="c"), *TOLD, YieldStep(1), DROP),
    ),
    "F7": ((GOING, AwaitStep("c"), call(IN_PLACE)), (GOING, call(IN_PLACE))),
}


@pytest.mark.parametrize(("steps", "drifted"), DRIFTS.values(), ids=DRIFTS)
def test_a_reduction_does_not_drift(steps: Steps, drifted: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps that would show a fault of the engine, with the words of the finding, are not tried."""

    def tried() -> list[Steps]:
        seen: list[Steps] = []

        def fails(parts: CaseParts) -> bool:
            seen.append(parts.steps)
            return False

        case_reducer.fewer_steps(CaseParts("T", "W.", WIT, steps=steps), fails)
        return seen

    assert drifted not in tried()
    monkeypatch.setattr(case_reducer, "engine_faults", lambda _: frozenset())
    assert drifted in tried()


def test_a_case_about_a_fault_of_the_engine_is_reduced() -> None:
    """What it meets itself may stay."""
    steps = (FUTURE, call(READ), call())
    parts = case_reducer.fewer_steps(CaseParts("T", "W.", WIT, steps=steps), lambda parts: FUTURE in parts.steps[:1])
    assert parts.steps == (FUTURE,)
    kept = case_reducer.fewer_steps(CaseParts("T", "W.", WIT, steps=steps), lambda parts: steps[1] in parts.steps)
    assert kept.steps == (steps[1],)


@pytest.mark.parametrize("seed", range(12))
def test_random_plans_and_injected_faults_avoid_them(seed: int) -> None:
    world = planned_world(surround(WitText(WIT, "w.wit")), Random(seed), 20, "t")
    late = {EngineFault.F3, EngineFault.F6, EngineFault.F7}
    for run in world.runs:
        assert not {met for met in engine_faults(run.steps) if met.fault in late}
        for number in range(9):
            stray = one_step_more(world.composition, run.steps, Random(number))
            assert stray is None or not adds_engine_fault(run.steps, stray.change(run.steps))
    assert any(step.by is Role.DRIVER for run in world.runs for step in run.steps)
