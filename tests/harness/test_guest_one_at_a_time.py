"""`--one-at-a-time`: an interpreter whose waiting task holds its component."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.plan.async_steps import AwaitStep
from harness.plan.steps import CallStep, Step
from harness.planner.guest_cases import guest_case_plan
from harness.planner.guest_role import NoRole
from harness.planner.guest_together import two_at_once
from harness.script.async_operations import State
from harness.suite.case import load_case
from harness.toolchains.abilities import Abilities
from harness.values.values import Value
from interpreters.echo import echo
from tests.harness.command import harness_here
from tests.harness.guests import CASES
from tests.harness.test_guest_async import async_plan

IN_TURN = Abilities(asynchronous=True, one_at_a_time=True)

ONE: CallStep[Value] = CallStep("f", name="one", status=State.STARTED)
TWO: CallStep[Value] = CallStep("f", name="two")
WAITED: CallStep[Value] = CallStep("f")
END, OTHER_END = AwaitStep("one"), AwaitStep("two")


@pytest.mark.parametrize(
    ("steps", "at_once"),
    [
        ([], False),
        ([WAITED, WAITED], False),
        ([ONE, END, TWO, OTHER_END], False),
        ([replace(ONE, status=State.RETURNED), TWO], False),
        ([ONE, TWO, END, OTHER_END], True),
        ([ONE, WAITED], True),
        ([ONE, OTHER_END, TWO], True),
    ],
)
def test_two_at_once(steps: list[Step[Value]], at_once: bool) -> None:
    assert two_at_once(steps) is at_once


def test_no_run_has_calls_side_by_side() -> None:
    usual, in_turn = async_plan(), async_plan(abilities=IN_TURN)
    assert len(usual.runs) == len(in_turn.runs) + 1
    assert [run.calls for run in usual.runs[:-1]] == [run.calls for run in in_turn.runs]


@pytest.mark.parametrize("name", ["three-in-reverse", "three-polled", "two-tasks-of-one-function"])
def test_a_case_with_several_calls_at_once_has_no_role(name: str) -> None:
    case = load_case(CASES / "async" / "calls" / f"{name}.toml")
    assert guest_case_plan(case, Abilities(asynchronous=True)).runs
    with pytest.raises(NoRole, match="several calls go on at once, which is done without --one-at-a-time"):
        guest_case_plan(case, IN_TURN)


def test_a_case_with_one_call_after_another() -> None:
    case = load_case(CASES / "async" / "calls" / "borrows-that-go-through.toml")
    in_turn, usual = (guest_case_plan(case, abilities) for abilities in (IN_TURN, Abilities(asynchronous=True)))
    assert [run.scripts for run in in_turn.runs] == [run.scripts for run in usual.runs]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--one-at-a-time"], "--one-at-a-time is for an interpreter: name it with --interpreter FILE"),
        (["--one-at-a-time", "--interpreter", str(echo())], "with async functions: say --with-async, too"),
        (
            ["--one-at-a-time", "--with-async", "--with-cancel", "--interpreter", str(echo())],
            "a task that holds the component hears of no cancellation",
        ),
    ],
)
def test_used_wrongly(tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "w.wit").write_text("package a:b;\nworld w { export f: func(); }\n")
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    assert (done.code, message in done.said) == (2, True), done.said
