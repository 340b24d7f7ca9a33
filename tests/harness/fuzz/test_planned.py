"""The runs in the world of a trial."""

from __future__ import annotations

from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.planned import HOOKS_EVERY, affordable, hooks_of, plan_trial
from harness.plan.roles import Role
from interpreters import HOOKS

SMALL = "package a:b; interface x { f: func(a: u8) -> string; } world w { export x; }"
LARGE = "package a:b; interface x { f: func() -> list<list<list<u16, 9>, 9>, 72>; } world w { export x; }"


@pytest.mark.parametrize(
    ("wit", "calls", "expected"), [(SMALL, 200, 200), (SMALL, 7, 7), (LARGE, 200, 9), (LARGE, 1, 1)]
)
def test_large_values_cost_calls(wit: str, calls: int, expected: int) -> None:
    assert affordable(surround(WitText(wit, "w.wit")), calls) == expected


def test_faults_come_in_runs_of_their_own() -> None:
    plain = plan_trial(SMALL, None, (), Random(1), 10, 0)
    faulty = plan_trial(SMALL, None, (), Random(1), 10, 3)
    assert len(plain.plan.runs) == plain.plain_runs == faulty.plain_runs == 1
    assert faulty.plan.runs[0].scripts == plain.plan.runs[0].scripts
    assert 1 < len(faulty.plan.runs) <= 4
    assert len(faulty.planned.runs) == len(faulty.plan.runs)


def test_few_worlds_have_hooks_of_each_generation_in_turns() -> None:
    drawn = [(hooks_of(index), index % 2) for index in range(4 * HOOKS_EVERY)]
    assert [each for each in drawn if each[0]] == [(hooks, parity) for hooks in HOOKS for parity in (0, 1)]
    assert drawn[0] == ("", 0)


@pytest.mark.parametrize("wit", [SMALL, SMALL.replace("func", "async func")], ids=["synchronous", "asynchronous"])
@pytest.mark.parametrize("hooks", HOOKS)
def test_the_hooks_are_those_of_the_subject_and_are_predicted(hooks: str, wit: str) -> None:
    plain, hooked = (plan_trial(wit, None, (), Random(1), 10, 3, hooks=which).plan for which in ("", hooks))
    assert {role: kind for role, kind in hooked.hooks.items() if kind} == {Role.SUBJECT: hooks}
    for before, after in zip(plain.runs, hooked.runs, strict=True):
        assert after.scripts == before.scripts
        assert len(after.expected[Role.SUBJECT]) > len(before.expected[Role.SUBJECT])
        assert after.expected[Role.DRIVER] == before.expected[Role.DRIVER]
