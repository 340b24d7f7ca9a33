"""Scripts back into the steps of a case: the case must show the same events as the scripts."""

from __future__ import annotations

from random import Random

import pytest

from harness.case import CallStep, parse_case
from harness.fuzz.case_text import CaseParts, case_text
from harness.fuzz.choices import RandomSource
from harness.fuzz.steps_of import steps_of
from harness.fuzz.worlds import Profile, random_world
from harness.plan import Role
from harness.planner import case_plan
from harness.planner.bare import PlannedWorld, planned_world
from harness.toolchains.front_end import WitText, surround

WORLDS = [
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
    for number, (run, scripts) in enumerate(zip(planned.plan.runs, planned.scripts, strict=True)):
        steps = steps_of(planned.composition, scripts, planned.plan.entries, run.outcome)
        parts = CaseParts("t", "w", subject.wit, subject.world, subject.features, number > 0, steps)
        (again,) = case_plan(parse_case(case_text(parts))).runs
        for role, events in run.expected.items():
            assert again.expected[role].lines == events.lines
        calls += sum(isinstance(step, CallStep) for step in steps)
    return calls


@pytest.mark.parametrize("wit", WORLDS)
def test_small_worlds(wit: str) -> None:
    assert check(planned_world(surround(WitText(wit, "w.wit")), Random(1), 12, "t")) >= 6


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds(seed: int) -> None:
    # a case makes and drops error contexts at other places
    world = random_world(RandomSource(Random(seed)), Profile(error_contexts=False))
    surroundings = surround(WitText(world.wit, "w.wit"), world.world, world.features)
    check(planned_world(surroundings, Random(seed), 20, "t"))
