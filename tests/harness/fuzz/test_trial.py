"""A trial is a function of recipe and index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind
from harness.fuzz.adapter import SourceRandom
from harness.fuzz.case_text import CaseParts
from harness.fuzz.choices import FixedSource, RecordingRandom
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.planned import plan_trial
from harness.fuzz.trial import Recipe, Trial, draw, run_world
from harness.process.steps import Loss, Steps


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    yield Workbench(Settings(tmp_path_factory.mktemp("bench")), Steps())


OPTIONS = Options(engine=EngineKind.WINCH, artifacts=None)


@pytest.mark.parametrize("index", [0, 1, 17])
def test_the_same_again(bench: Workbench, index: int) -> None:
    recipe = Recipe(4, calls=20)
    first = Trial(recipe, index, OPTIONS).perform(bench)
    Trial(recipe, index + 1, OPTIONS).perform(bench)
    again = Trial(recipe, index, OPTIONS).perform(bench)
    assert first.calls > 0 or first.refusals
    assert (first.calls, first.outcome, first.hits, first.refusals) == (
        again.calls,
        again.outcome,
        again.hits,
        again.refusals,
    )


def test_seeds_and_indices_differ(bench: Workbench) -> None:
    worlds = {draw(Recipe(seed), index, bench).wit for seed in range(4) for index in range(4)}
    assert len(worlds) > 12


@pytest.mark.parametrize("index", range(4))
def test_recorded_choices_give_the_same_scripts(bench: Workbench, index: int) -> None:
    """A finding can be shrunk because its values come from choices that can be replayed."""
    world = draw(Recipe(9), index, bench)
    recorded = RecordingRandom(world.script_seed)
    first = plan_trial(world.wit, world.name, world.features, recorded, 30, 2)
    plain = plan_trial(world.wit, world.name, world.features, Random(world.script_seed), 30, 2)
    replayed = SourceRandom(FixedSource(recorded.drawn))
    again = plan_trial(world.wit, world.name, world.features, replayed, 30, 2)
    assert [run.scripts for run in first.plan.runs] == [run.scripts for run in plain.plan.runs]
    assert [run.scripts for run in first.plan.runs] == [run.scripts for run in again.plan.runs]


@pytest.mark.parametrize("step", ["world", "plan"])
def test_a_lost_step_is_a_fault_of_the_harness(tmp_path: Path, step: str) -> None:
    steps = Steps()
    steps.lost = {step: Loss(20.0, None, "did not end within 20 s")}
    result = Trial(Recipe(1, calls=5), 0, OPTIONS).perform(Workbench(Settings(tmp_path), steps))
    assert result.outcome == "harness error"
    assert "did not end within 20 s" in result.refusals[0].reason


def test_a_generator_that_hangs_is_a_finding(tmp_path: Path) -> None:
    steps = Steps()
    steps.lost = {"generate subject by ours": Loss(20.0, None, "did not end within 20 s")}
    result = Trial(Recipe(1, calls=5), 3, OPTIONS).perform(Workbench(Settings(tmp_path), steps))
    (hit,) = result.hits
    assert (hit.bucket.outcome, hit.bucket.toolchain) == ("timed out", "ours")
    parts = result.cases[0][1]
    assert isinstance(parts, CaseParts)
    assert parts.wit


@pytest.mark.parametrize(
    ("wit", "reasons"),
    [
        ("interface i { resource r; f: func(a: r, b: borrow<r>); } world w { import i; }", ["no value"]),
        (
            f"world w {{ import f: func(a: {'option<' * 95}u8{'>' * 95}); import g: func(); }}",
            ["type nested too deep N levels the limit is N"],
        ),
        (
            "interface i { resource q; } world w { use i.{q}; import a-b: func(x: q); export f: func(); }",
            ["no value"],
        ),
    ],
)
def test_reasons_for_what_is_left_out_have_no_names(bench: Workbench, wit: str, reasons: list[str]) -> None:
    """The state of a campaign counts them."""
    world = DrawnWorld(f"package a:b; {wit}", "w", (), 7)
    result = run_world(bench, world, Recipe(1, calls=5), OPTIONS, 0, 0.0)
    assert [reason.reason for reason in result.refusals if reason.tool == "planner"][: len(reasons)] == reasons
