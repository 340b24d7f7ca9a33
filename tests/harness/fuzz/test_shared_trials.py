"""Random worlds on which several mutants are tried: what they share is made once, and each has its own result."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, cast

import pytest

from harness.bench.examination import Examination, Options
from harness.bench.examine import examine
from harness.bench.workbench import Workbench
from harness.fuzz.planned import TrialPlan, plan_trial
from harness.fuzz.trial import Recipe
from harness.mutants.toolchain import MUTANTS, PREFIX
from harness.mutation import survey
from harness.mutation.survey import Survey
from harness.mutation.tasks import Tried, TriedWorld, TryRandom
from harness.plan.plan import Plan
from harness.process.steps import Loss, Steps
from harness.runs.pool import TaskFailed
from harness.runs.runner import Runner
from harness.toolchains.choose import Tools

NOTICED, MISSED, SAME = "no-post-return", "polls-that-wait", "four-bytes-for-16-flags"
"""In the world below. `SAME` builds the same as ours, because the world has no such flags."""
RECIPE = Recipe(4, calls=20)


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    chosen = [MUTANTS[name] for name in (NOTICED, MISSED, SAME)]
    with Runner(Survey.tools(Tools(), chosen), 1) as run:
        yield Workbench(run.settings, Steps())


def tried(bench: Workbench, *names: str) -> Tried:
    return TryRandom(names, RECIPE, 0, Options(artifacts=None)).perform(bench)


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tools that run, in their order."""
    names: list[str] = []

    def noted(bench: Workbench, name: str, plan: Plan, options: Options) -> Examination:
        names.append(name.removeprefix(PREFIX))
        return examine(bench, name, plan, options)

    monkeypatch.setattr("harness.mutation.detect.examine", noted)
    return names


def test_each_mutant_has_the_result_that_it_has_alone(
    bench: Workbench, examined: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[str] = []

    def noted(wit: str, *arguments: Any) -> TrialPlan:
        planned.append(wit)
        return plan_trial(wit, *arguments)

    monkeypatch.setattr("harness.mutation.tasks.plan_trial", noted)
    together = tried(bench, NOTICED, MISSED, SAME)
    assert len(planned) == 1
    assert examined.count(SAME) == 0, "it builds the same, so nothing runs"
    assert (examined.count(NOTICED), examined.count(MISSED)) == (1, 1)
    for name in (NOTICED, MISSED):
        assert tried(bench, name)[name].detection == together[name].detection
    assert [name for name, found in together.items() if found.detection is not None] == [NOTICED]
    assert [bool(found.wit) for found in together.values()] == [True, False, False]


def test_one_that_builds_the_same_costs_what_ours_costs(bench: Workbench, examined: list[str]) -> None:
    (found,) = tried(bench, SAME).values()
    assert examined == ["ours"]
    assert found.detection is None
    assert found.seconds > 0


@pytest.mark.parametrize("step", ["world", "plan"])
def test_a_world_that_never_ends_shows_nothing(step: str, bench: Workbench, examined: list[str]) -> None:
    """The pool ends a worker at such a step; a second attempt passes over it."""
    steps = Steps()
    steps.lost = {step: Loss(60.0, None, "did not end within 60 s")}
    found = tried(Workbench(bench.settings, steps), NOTICED, MISSED)
    assert [(name, world.detection) for name, world in found.items()] == [(NOTICED, None), (MISSED, None)]
    assert examined == []


class Failing:
    """In the place of a run: every world takes a second; those from `fails` on with `broken` among their mutants fail,
    and world `shows` shows `shown`."""

    def __init__(self, broken: str, shown: str, fails: int = 0, shows: int = 1) -> None:
        self.asked: list[tuple[int, tuple[str, ...]]] = []
        self._broken = broken
        self._shown = shown
        self._fails = fails
        self._shows = shows

    def submit(self, task: TryRandom) -> Future[Any]:
        self.asked.append((task.index, task.mutants))
        future: Future[Any] = Future()
        if self._broken in task.mutants and task.index >= self._fails:
            future.set_exception(TaskFailed("it ended"))
        else:
            future.set_result({name: self._of(name, task.index) for name in task.mutants})
        return future

    def _of(self, name: str, index: int) -> TriedWorld:
        seen = cast(Any, "seen") if name == self._shown and index == self._shows else None
        return TriedWorld(1.0, seen, "world w {}" if seen else "")


NAMES = ("no-post-return", "reallocs-exchanged", "spills-at-16")


def surveyed(run: Failing, jobs: int) -> Survey:
    return Survey([MUTANTS[name] for name in NAMES], cast(Runner, run), jobs)


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_that_breaks_the_harness_does_not_stop_the_others(jobs: int) -> None:
    broken, shown, missed = NAMES
    run = Failing(broken, shown)
    all_of_them = surveyed(run, jobs)
    all_of_them.fuzz(RECIPE, seconds=3)
    rows = all_of_them.rows
    assert rows[broken].errors == ["world 0 of seed 4: it ended"]
    assert [not rows[name].errors for name in NAMES] == [False, True, True]
    fuzzed = {name: row.fuzzed for name, row in rows.items()}
    found, long = fuzzed[shown], fuzzed[missed]
    assert found is not None
    assert long is not None
    assert (found.worlds, found.seconds, found.wit) == (2, 2.0, "world w {}")
    assert (long.worlds, long.seconds, long.detection) == (3, 3.0, None)
    assert run.asked[:1] == [(0, NAMES)]
    assert [(0, (name,)) in run.asked for name in NAMES] == [True] * 3


def test_a_long_world_is_told_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "AT_ONCE", 2)
    run = Failing("", NAMES[2], shows=0)
    told: list[str] = []
    in_parts = surveyed(run, 2)
    in_parts.told = told.append
    in_parts.fuzz(RECIPE, seconds=3)
    # both workers have a part of the first world, so they do not begin the next one, which needs fewer mutants
    assert run.asked == [(0, NAMES[:2]), (0, NAMES[2:]), (1, NAMES[:2]), (2, NAMES[:2])]
    assert told == [
        "world 0: 3 not noticed",
        "world 0: 2 not noticed",
        "world 1: 2 not noticed",
        "world 2: 0 not noticed",
    ]


def test_a_trial_of_one_that_was_noticed_meanwhile_blames_nobody_else() -> None:
    """With two workers, the second world is asked before the first one shows `shown`, which fails in it."""
    shown, missed, _ = NAMES
    run = Failing(shown, shown, fails=1, shows=0)
    both = Survey([MUTANTS[name] for name in (shown, missed)], cast(Runner, run), 2)
    both.fuzz(RECIPE, seconds=2)
    assert [row.errors for row in both.rows.values()] == [[], []]
    fuzzed = both.rows[missed].fuzzed
    assert fuzzed is not None
    assert (fuzzed.worlds, fuzzed.detection) == (2, None)
    assert run.asked == [(0, (shown, missed)), (1, (shown, missed)), (1, (missed,))]


def test_no_time_is_no_world() -> None:
    run = Failing("", "")
    none = surveyed(run, 1)
    none.fuzz(RECIPE, seconds=0)
    assert [(row.fuzzed and row.fuzzed.worlds, row.errors) for row in none.rows.values()] == [(0, [])] * 3
    assert run.asked == []
