"""Runs as cases: the case, read again, must show the same events and end in the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import case_of, case_text
from harness.fuzz.cases_of import bare_case, run_case, sample_case
from harness.fuzz.choices import RandomSource
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.edits import Steps
from harness.fuzz.fault_injection import with_faults
from harness.fuzz.planned import plan_trial
from harness.fuzz.worlds import Profile, random_world
from harness.fuzz.written import written
from harness.plan.async_steps import TakeStep
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, ErrorContextStep, NewStep, Step, ending_in, trap_of
from harness.planner import case_plan
from harness.planner.bare import PlannedWorld, planned_world
from harness.suite.case import parse_case
from harness.values.values import HandleName, Invalid, Value

DESTRUCTORS = """package a:b;
interface log { line: func(s: string) -> u32; }
interface x { resource r { constructor(a: u8); m: func(b: borrow<r>, c: borrow<r>); } f: func(a: r) -> string; }
world w { import log; import x; export x; }
"""

WORLDS = [
    DESTRUCTORS,
    "package a:b; interface x { f: func(a: list<s8>, b: option<string>) -> result<f32, char>; } world w { export x; }",
    "package a:b; interface x { f: func(a: list<u16>) -> list<f64>; } world w { import x; export x; }",
    "package a:b; interface x { flags f { a, b } enum e { c, d } variant v { l(f), n(e) } g: func(v: v) -> v; } "
    "world w { import x; }",
    "package a:b; interface x { resource r { constructor(a: u8); m: func(o: own<r>, b: borrow<r>) -> list<r>; } } "
    "world w { import x; export x; }",
    "package a:b; interface x { f: func(a: map<string, u8>, b: list<bool, 3>) -> u8; } world w { export x; }",
    "package a:b; interface x { f: func(a: stream<u8>) -> future<string>; g: func() -> list<stream<string>>; "
    "k: func(a: stream<stream>); } world w { import x; export x; }",
    "package a:b; interface x { resource r { constructor(); m: async func(a: stream<r>, b: future<tuple<r, u8>>) -> "
    "stream<r>; } } world w { import x; export x; }",
    "package a:b; world w { import f: func(s: string) -> string; export g: func() -> tuple<u8, s64>; }",
]


BUCKET = Bucket("ours", "fail", 3, "event", "", "ours")


def check(planned: PlannedWorld) -> int:
    """The number of calls in all runs."""
    calls = 0
    for number, run in enumerate(planned.plan.runs):
        parts = run_case(planned, number + 1, BUCKET)
        for case in (parse_case(case_text(parts)), case_of(parts)):
            (again,) = case_plan(case).runs
            assert again.outcome == run.outcome
            for role, events in run.expected.items():
                assert again.expected[role].lines == events.lines
        calls += sum(isinstance(step, CallStep) for step in parts.steps)
    return calls


@pytest.mark.parametrize("wit", WORLDS)
def test_small_worlds(wit: str) -> None:
    assert check(planned_world(surround(WitText(wit, "w.wit")), Random(1), 12, "t")) >= 6


def test_what_destructors_do_is_kept() -> None:
    found: set[str] = set()
    for seed in range(10):
        planned = planned_world(surround(WitText(DESTRUCTORS, "w.wit")), Random(seed), 40, "t")
        check(planned)
        for run in planned.runs:
            for step in run.steps:
                found |= inside_destructors(step)
    assert {"call", "call inside a call", "drop", "drop inside a call"} <= found


BORROWS = """package a:b;
interface z { resource r { constructor(); } }
interface y { use z.{r}; h: func(a: borrow<r>, b: own<r>); }
world w { export y; }
"""


def test_faults_in_drops_are_kept() -> None:
    surroundings = surround(WitText(BORROWS, "w.wit"))
    kinds = set()
    for seed in range(10):
        planned = with_faults(planned_world(surroundings, Random(seed), 1, "t"), Random(seed), 20)
        for number, run in enumerate(planned.plan.runs):
            if "dropped" in run.calls[-1]:
                parts = run_case(planned, number + 1, BUCKET)
                assert trap_of(parts.steps[-1]) is run.outcome.trap
                (again,) = case_plan(parse_case(case_text(parts))).runs
                assert again.outcome == run.outcome
                kinds.add(run.calls[-1])
    assert len(kinds) >= 3


def inside_destructors(step: Step[Value], where: str = "") -> set[str]:
    """The actions of destructors, and whether they run during a call of their own component."""
    if isinstance(step, CallStep):
        return {item for inner in step.during for item in inside_destructors(inner, " inside a call")}
    if isinstance(step, DropStep) and step.during:
        words = {"call" if isinstance(inner, CallStep) else "drop" for inner in step.during}
        return {word + where for word in words}
    return set()


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds(seed: int) -> None:
    world = random_world(RandomSource(Random(seed)), Profile())
    planned = plan_trial(world.wit, world.world, world.features, Random(seed), 20, 4).planned
    check(planned)


@pytest.mark.parametrize("seed", range(2))
def test_random_asynchronous_worlds(seed: int) -> None:
    world = random_world(RandomSource(Random(seed)), Profile(always=("asynchronous",)))
    check(plan_trial(world.wit, world.world, world.features, Random(seed), 20, 4).planned)


TASKS = """package a:b;
interface x { f: async func(a: string) -> u8; g: async func(a: stream<u8>) -> future<string>; h: func(a: stream<u8>); }
world w { import x; export x; }
"""


@pytest.mark.parametrize("seed", range(3))
def test_functions_that_are_lifted_and_lowered_synchronously(seed: int) -> None:
    around, given = surround(WitText(TASKS, "w.wit")), (Random(seed), 12, "t")
    planned = planned_world(around, *given, async_filters=("-all",))
    assert planned.plan.async_filters == {Role.SUBJECT: ("-all",)}
    assert all(run.expected for run in planned.plan.runs)
    assert check(planned) >= 6
    typed = planned_world(around, Random(seed), 12, "t")
    assert len(typed.runs) == len(planned.runs) + 1, "no run calls them side by side"
    assert typed.runs[0].steps
    with_seed = replace(sample_case(DrawnWorld(TASKS, "w", (), seed), 12, BUCKET), async_filters=("-all",))
    assert [run.scripts for run in case_plan(case_of(with_seed)).runs] == [run.scripts for run in planned.plan.runs]


ENDS = """package a:b; world w {
  import f: func() -> stream<u8>; import g: func(a: stream<u8>); import h: func() -> stream<stream<u8>>;
} """


@pytest.mark.parametrize("given", [HandleName("x", "s"), Invalid("handle 9", "s"), Invalid("$x", "s")])
@pytest.mark.parametrize(
    ("before", "by"),
    [
        (lambda given: (step("f", result=given),), Role.SUBJECT),
        (lambda given: (step("g", args=(given,)),), Role.PROVIDER),
        (lambda given: (step("h", result=HandleName("of")), TakeStep("of", (given,))), Role.SUBJECT),
    ],
)
def test_an_end_is_known_by_the_name_that_it_gets(
    before: Callable[[Value], tuple[Step[Value], ...]], by: Role, given: Value
) -> None:
    """What a giver has there may be no handle of its own: a fault replaces it, and the steps after it stay."""
    composition = planned_world(surround(WitText(ENDS, "w.wit")), Random(1), 1, "t").composition
    steps = [replace(each, by=Role.SUBJECT) for each in before(given)]
    *_, found = written(composition, [*steps, TakeStep("s", (7, 8), by)])
    assert found == TakeStep("s", ("7", "8"), by)


def step(function: str, **rest: Any) -> CallStep[Value]:
    return CallStep(function, **rest)


@pytest.mark.parametrize(
    ("steps", "ending"),
    [
        ((step("f"), step("g")), (step("f"), step("g", trap=TrapClass.LENT))),
        # where the run trapped before, what cannot trap was not done
        ((step("f"), NewStep("x", "r"), ErrorContextStep("e", "")), (step("f", trap=TrapClass.LENT),)),
        ((DropStep("x"),), (DropStep("x", trap=TrapClass.LENT),)),
        ((DropStep("x", during=(step("f"),)),), (DropStep("x", during=(step("f", trap=TrapClass.LENT),)),)),
        ((DropStep("x", during=(NewStep("y", "r"),)),), (DropStep("x", trap=TrapClass.LENT),)),
        ((NewStep("x", "r"),), ()),
    ],
)
def test_the_step_that_traps(steps: Steps, ending: Steps) -> None:
    assert ending_in(steps, TrapClass.LENT) == ending


GATED = """package a:b;
@unstable(feature = on) interface x { f: func(); }
world w { @unstable(feature = on) import x; }
"""


def test_a_case_has_the_features_that_open_a_gate() -> None:
    """Worlds are drawn with others as well; a case file with such a one would be refused."""
    world = DrawnWorld(GATED, "w", ("on", "off"), 7)
    for parts in (sample_case(world, 1, BUCKET), bare_case(GATED, "w", ("on", "off"), BUCKET)):
        assert parse_case(case_text(parts)).features == ("on",)
