"""Scripts back into the steps of a case: the case must show the same events as the scripts."""

from __future__ import annotations

from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.case_text import CaseParts, case_text
from harness.fuzz.cases_of import run_case
from harness.fuzz.choices import RandomSource
from harness.fuzz.raw import with_bad_values
from harness.fuzz.signature import Signature
from harness.fuzz.steps_of import steps_of
from harness.fuzz.worlds import Profile, random_world
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner import case_plan
from harness.planner.bare import PlannedWorld, planned_world
from harness.suite.case import parse_case

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
    "package a:b; world w { import f: func(s: string) -> string; export g: func() -> tuple<u8, s64>; }",
]


def check(planned: PlannedWorld) -> int:
    """How many calls there are in all runs."""
    subject = next(component for component in planned.plan.components if component.role is Role.SUBJECT)
    calls = 0
    for run, scripts in zip(planned.plan.runs, planned.scripts, strict=True):
        steps = steps_of(planned.composition, scripts, planned.plan.entries, run.outcome)
        (lists,) = {script.lists for script in scripts.values()}
        parts = CaseParts("t", "w", subject.wit, subject.world, subject.features, lists, steps)
        (again,) = case_plan(parse_case(case_text(parts))).runs
        for role, events in run.expected.items():
            assert again.expected[role].lines == events.lines
        calls += sum(isinstance(step, CallStep) for step in steps)
    return calls


@pytest.mark.parametrize("wit", WORLDS)
def test_small_worlds(wit: str) -> None:
    assert check(planned_world(surround(WitText(wit, "w.wit")), Random(1), 12, "t")) >= 6


def test_what_destructors_do_is_kept() -> None:
    found: set[str] = set()
    for seed in range(10):
        planned = planned_world(surround(WitText(DESTRUCTORS, "w.wit")), Random(seed), 40, "t")
        check(planned)
        for run, scripts in zip(planned.plan.runs, planned.scripts, strict=True):
            for step in steps_of(planned.composition, scripts, planned.plan.entries, run.outcome):
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
        planned = with_bad_values(planned_world(surroundings, Random(seed), 1, "t"), Random(seed), 20)
        for number, run in enumerate(planned.plan.runs):
            if "dropped" in run.calls[-1]:
                parts = run_case(planned, number + 1, Signature("ours", "fail", 3, "event", "", "ours"))
                assert parts is not None
                (again,) = case_plan(parse_case(case_text(parts))).runs
                assert again.outcome == run.outcome
                kinds.add(run.calls[-1])
    assert len(kinds) >= 3


def inside_destructors(step: Step[str], where: str = "") -> set[str]:
    """What destructors do, and whether they run during a call of their own component."""
    if isinstance(step, CallStep):
        return {item for inner in step.during for item in inside_destructors(inner, " inside a call")}
    if isinstance(step, DropStep) and step.during:
        words = {"call" if isinstance(inner, CallStep) else "drop" for inner in step.during}
        return {word + where for word in words}
    return set()


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds(seed: int) -> None:
    # a case makes and drops error contexts at other places, and has a register for each handle of a run
    world = random_world(RandomSource(Random(seed)), Profile(error_contexts=False, stretched=False))
    surroundings = surround(WitText(world.wit, "w.wit"), world.world, world.features)
    check(planned_world(surroundings, Random(seed), 20, "t"))
