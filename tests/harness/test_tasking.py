"""Drawn calls that go on by themselves: several at once, cancelled, held back. They come to their end, and everything
that can happen to such a call happens."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.case_reducer import fewer_steps
from harness.fuzz.case_text import CaseParts, case_of
from harness.fuzz.written import written
from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
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
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step, inner_steps
from harness.planner import case_plan
from harness.planner.bare import PlannedWorld, planned_world
from harness.planner.registers import OutOfRegisters
from harness.planner.task_calls import TaskCaller
from harness.suite.case import CaseError
from harness.trace import async_events as a
from harness.trace.event import Event
from harness.values.values import Value

WIT = """package a:b;
interface x {
  f: async func(a: string) -> string;
  g: async func(a: u8);
  resource r { constructor(); m: async func(a: borrow<r>) -> own<r>; }
  h: async func(a: stream<u8>, b: future<string>) -> stream<r>;
}
world w { import x; export x; }
"""
SEEDS = range(6)


@cache
def planned(seed: int) -> PlannedWorld:
    return planned_world(surround(WitText(WIT, "w.wit")), Random(seed), 20, "t")


def events() -> Iterator[Event]:
    for seed in SEEDS:
        for run in planned(seed).plan.runs:
            for each in run.expected.values():
                yield from each.events


def all_steps(steps: Sequence[Step[Value]]) -> Iterator[Step[Value]]:
    for step in steps:
        yield step
        yield from all_steps(inner_steps(step))


def drawn() -> Iterator[Step[Value]]:
    for seed in SEEDS:
        for run in planned(seed).runs:
            yield from all_steps(run.steps)


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_come_to_their_end(seed: int) -> None:
    runs = planned(seed).plan.runs
    assert [run.outcome.trap for run in runs] == [None] * len(runs)


BLOCKED = 0xFFFF_FFFF
STARTING, STARTED, RETURNED, CANCELLED_BEFORE_STARTED, CANCELLED_BEFORE_RETURNED = range(5)


def test_a_call_is_cancelled_in_every_state() -> None:
    found = {event.status for event in events() if isinstance(event, a.SubtaskCancelled)}
    assert found == {RETURNED, CANCELLED_BEFORE_STARTED, CANCELLED_BEFORE_RETURNED, BLOCKED}
    assert any(isinstance(event, a.TaskCancelled) for event in events())


SPILLING = """package a:b;
interface x { f: async func(a: u8); wide: async func(a: string, b: string, c: u8) -> string; }
world w { import x; export x; }
"""


def test_several_calls_with_their_parameters_in_memory_wait_to_start() -> None:
    """Each at once with another: their memory must not be the same."""
    held = 0
    for seed in SEEDS:
        for run in planned_world(surround(WitText(SPILLING, "w.wit")), Random(seed), 20, "t").plan.runs:
            for expected in run.expected.values():
                waiting = ["", ""]
                for event in expected.events:
                    if isinstance(event, a.ImportStart):
                        waiting.append(event.function if event.status & 15 == STARTING else "")
                    elif isinstance(event, a.Delivered):
                        waiting.append("")
                    held += waiting[-2:] == ["a:b/x#wide"] * 2 and isinstance(event, a.ImportStart)
    assert held


def test_every_event_of_a_call_is_delivered() -> None:
    found: Counter[tuple[int, int]] = Counter()
    for event in events():
        if isinstance(event, a.Delivered):
            found[event.code, event.payload if event.code == 1 else 0] += 1
    subtask = {(1, state) for state in (STARTED, RETURNED, CANCELLED_BEFORE_RETURNED)}
    nothing, stream_read, cancelled = (0, 0), (2, 0), (6, 0)
    assert subtask | {nothing, stream_read, cancelled} <= set(found)


def test_every_kind_of_step_is_drawn() -> None:
    kinds = {type(step) for step in drawn()}
    assert {SetStep, JoinStep, WaitStep, CancelStep, CancelledStep, IfCancelledStep, BackpressureStep} <= kinds
    assert {step.poll for step in drawn() if isinstance(step, WaitStep)} == {True, False}
    assert {step.asynchronous for step in drawn() if isinstance(step, CancelStep)} == {True, False}
    assert {event.change for event in events() if isinstance(event, a.BackpressureChanged)} == {1, -1}


def test_a_set_has_several_members() -> None:
    most = 0
    for seed in SEEDS:
        for run in planned(seed).runs:
            members = Counter(step.set for step in all_steps(run.steps) if isinstance(step, JoinStep) and step.set)
            most = max(most, *members.values(), 0)
    assert most >= 3


def test_no_cancellation_is_asked_for_twice() -> None:
    """F3 in docs/async.md."""
    for seed in SEEDS:
        for run in planned(seed).runs:
            asked = Counter(step.handle for step in all_steps(run.steps) if isinstance(step, CancelStep))
            assert set(asked.values()) <= {1}


def _takes_turns(call: CallStep[Value]) -> bool:
    """Whether its callee, which is cancelled, has turns before it ends."""
    after = [step for step in call.during if isinstance(step, IfCancelledStep)]
    return any(isinstance(step, YieldStep) for step in all_steps(after))


def _blocks(call: CallStep[Value]) -> bool:
    """Whether its callee waits in `subtask.cancel` for a call that takes turns."""
    calls = {step.name: step for step in call.during if isinstance(step, CallStep)}
    cancels = [step for step in all_steps(call.during) if isinstance(step, CancelStep) and not step.asynchronous]
    return any(_takes_turns(calls[step.handle]) for step in cancels)


BOTH_DIRECTIONS = WIT.replace("h: async", "k: async func(a: stream<string>) -> stream<u8>;\n  h: async")


@cache
def cancelled() -> tuple[tuple[CancelStep, CallStep[Value]], ...]:
    """The calls that the driver cancels in many runs."""
    world = planned_world(surround(WitText(BOTH_DIRECTIONS, "w.wit")), Random(0), 1, "t")
    composition, found = world.composition, []
    functions = [(role, f) for role in (Role.DRIVER, Role.SUBJECT) for f in composition.imports(role) if f.is_async]
    for seed in range(200):
        caller = TaskCaller(composition, Random(seed), functions)
        frame = caller.run_of(Role.DRIVER)
        for role, function in functions * 2:
            if role is Role.DRIVER and function.name in ("f", "k"):
                caller.attempt(frame, function)
        calls = {step.name: step for step in frame.steps if isinstance(step, CallStep)}
        found += [(step, calls[step.handle]) for step in frame.steps if isinstance(step, CancelStep)]
    return tuple(found)


def test_nobody_asks_with_async_whose_callee_blocks_then() -> None:
    """F9 in docs/async.md."""
    found = Counter((_blocks(call), step.asynchronous) for step, call in cancelled())
    assert not found[True, True], "the engine would let other tasks go on before it answers"
    assert min(found[True, False], found[False, True], found[False, False]) > 1, found


def _situations(call: CallStep[Value]) -> Iterator[str]:
    """What the callee does while its call is cancelled."""
    stopped = {step.handle for step in all_steps(call.during) if isinstance(step, StopStep)}
    for step in call.during:
        alone = isinstance(step, AwaitStep)
        if isinstance(step, AwaitStep | JoinStep) and step.handle in stopped:
            copies = [each for each in call.during if isinstance(each, ReadStep | WriteStep)]
            kinds = [type(each) for each in copies if each.handle == step.handle]
            if not kinds:
                continue  # another task has begun this copy
            yield f"{'a read' if kinds[-1] is ReadStep else 'a write'} {'by itself' if alone else 'in a set'}"
        elif isinstance(step, BackpressureStep):
            yield "backpressure"
        elif isinstance(step, ReturnStep):
            yield "after its return"
        elif isinstance(step, CallStep) and step.name:
            yield "a call"
        elif isinstance(step, YieldStep):
            yield "a turn"
        elif isinstance(step, WaitStep):
            yield "a set"


@pytest.mark.parametrize(
    "situation",
    [
        *(f"{copy} {how}" for copy in ("a read", "a write") for how in ("by itself", "in a set")),
        *("backpressure", "a turn", "a set", "a call", "after its return"),
    ],
)
def test_a_call_is_cancelled_whatever_its_callee_does(situation: str) -> None:
    ways = {step.asynchronous for step, call in cancelled() if situation in _situations(call)}
    assert ways
    assert situation != "after its return" or ways == {False}, "it might end before the drop (docs/async.md, F6)"


def test_a_callee_that_never_starts_is_the_last_of_its_function() -> None:
    """Its frame would else be that of the next call."""
    found = 0
    for seed in range(40):
        composition = planned(0).composition
        functions = [(Role.SUBJECT, function) for function in composition.imports(Role.SUBJECT) if function.is_async]
        caller = TaskCaller(composition, Random(seed), functions)
        frame = caller.run_of(Role.SUBJECT)
        with contextlib.suppress(OutOfRegisters):  # some draw so many calls that there is no room for more
            for _ in range(4):
                for _, function in functions:
                    caller.attempt(frame, function)
        steps = frame.steps
        for at, step in enumerate(steps[:-1]):
            follows = steps[at + 1]
            held_back = any(isinstance(other, BackpressureStep) for other in all_steps([steps[at - 1]]))
            if (
                held_back
                and isinstance(step, CallStep)
                and isinstance(follows, CancelStep)
                and follows.handle == step.name
            ):
                found += 1
                later = [other for other in all_steps(steps[at + 1 :]) if isinstance(other, CallStep)]
                assert step.function not in {other.function for other in later}
    assert found > 3


@pytest.mark.parametrize(
    "items", ["import x;", "export x;", "import x; export x;", "use x.{r}; import g: async func() -> own<r>;"]
)
@pytest.mark.parametrize("members", ["", " { constructor(); m: async func() -> own<r>; }"])
def test_results_that_are_handles_alone(items: str, members: str) -> None:
    """Nothing else gives a handle to the callee that ends without a result, or never starts."""
    wit = f"package a:b; interface x {{ resource r{members or ';'} f: async func() -> own<r>; }} world w {{ {items} }}"
    surroundings = surround(WitText(wit, "w.wit"))
    for seed in range(12):
        world = planned_world(surroundings, Random(seed), 6, "t")
        assert [run.outcome.trap for run in world.plan.runs] == [None] * len(world.plan.runs)
        assert any(isinstance(step, CallStep) for run in world.runs for step in run.steps)


def test_synchronous_worlds_draw_nothing_of_it() -> None:
    wit = WIT.replace("async ", "").replace("h: func(a: stream<u8>, b: future<string>) -> stream<r>;", "")
    world = planned_world(surround(WitText(wit, "w.wit")), Random(0), 20, "t")
    kinds = {type(step) for run in world.runs for step in all_steps(run.steps)}
    assert kinds.isdisjoint({SetStep, JoinStep, WaitStep, AwaitStep, CancelStep, BackpressureStep, YieldStep})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_is_written_as_a_case_that_says_the_same(seed: int) -> None:
    world = planned(seed)
    together = world.runs[-1]
    parts = CaseParts("T", "W.", WIT, steps=written(world.composition, together.steps), lists=together.lists)
    (run,) = case_plan(case_of(parts)).runs
    assert run.scripts == world.plan.runs[-1].scripts


SMALL = "package a:b; interface x { g: async func(a: u8); } world w { import x; }"


def test_a_case_loses_sets_and_calls_that_a_finding_does_not_need() -> None:
    """Only the cancellation is needed, and the call that it is of."""
    wanted = {SetStep, CancelStep, IfCancelledStep, BackpressureStep}
    worlds = (planned_world(surround(WitText(SMALL, "w.wit")), Random(seed), 12, "t") for seed in range(100))
    world = next(w for w in worlds if wanted <= {type(step) for step in all_steps(w.runs[-1].steps)})
    parts = CaseParts("T", "W.", SMALL, steps=written(world.composition, world.runs[-1].steps))

    def fails(tried: CaseParts) -> bool:
        try:
            case_plan(case_of(tried))
        except CaseError:
            return False
        return any(isinstance(step, CancelStep) for step in tried.steps)

    small = fewer_steps(parts, fails).steps
    assert [type(step) for step in small] == [CallStep, CancelStep]


SET: Step[str] = SetStep("w")


@pytest.mark.parametrize(
    ("steps", "less"),
    [
        ((CallStep("g", name="c"), AwaitStep("c")), (CallStep("g"),)),
        (
            (SET, CallStep("g", name="c"), JoinStep("c", "w"), AwaitStep("c", set="w"), DropStep("c"), DropStep("w")),
            (CallStep("g", name="c"), AwaitStep("c")),
        ),
        (
            (CallStep("g", during=(IfCancelledStep((YieldStep(1), CancelledStep())),)),),
            (CallStep("g", during=(IfCancelledStep((CancelledStep(),)),)),),
        ),
    ],
)
def test_what_is_left(steps: tuple[Step[str], ...], less: tuple[Step[str], ...]) -> None:
    tried: list[tuple[Step[str], ...]] = []

    def fails(case: CaseParts) -> bool:
        tried.append(case.steps)
        return False

    fewer_steps(CaseParts("T", "W.", SMALL, steps=steps), fails)
    assert less in tried
