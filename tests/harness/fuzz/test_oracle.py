"""The oracle of a reduction: what it announces, and that it stops."""

from __future__ import annotations

from pathlib import Path

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.fuzz.bucket import Bucket
from harness.fuzz.cases_of import bare_case
from harness.fuzz.oracle import Oracle
from harness.process.steps import Loss, Steps
from harness.values.draws import Impossible

BUCKET = Bucket("ours", "fail", 3, "event", "x", "ours")


def oracle(tmp_path: Path, steps: Steps) -> Oracle:
    found = Oracle(Workbench(Settings(tmp_path), steps), BUCKET, Options(artifacts=None))
    found.allow(3)
    return found


def impossible() -> int:
    raise Impossible("nothing")


def test_every_try_is_announced(tmp_path: Path) -> None:
    """Else many that are no worlds look like one step that takes too long, and cost a worker."""
    told: list[str] = []
    tried = oracle(tmp_path, Steps(lambda name, _: told.append(name)))
    assert [tried.planned(lambda: 7), tried.planned(impossible)] == [7, None]
    assert not tried.case_fails(bare_case("no WIT", None, (), BUCKET))
    assert [name for name in told if name] == ["try 1: plan", "try 2: plan", "try 3: plan"]


def test_a_try_that_cost_a_worker_is_not_made_again(tmp_path: Path) -> None:
    steps = Steps()
    steps.lost = {"try 1: plan": Loss(20.0, None, "did not end within 20 s")}
    tried = oracle(tmp_path, steps)
    assert [tried.planned(lambda: 7), tried.planned(lambda: 7)] == [None, 7]


def test_nothing_is_planned_when_enough_was_tried(tmp_path: Path) -> None:
    told: list[str] = []
    tried = oracle(tmp_path, Steps(lambda name, _: told.append(name)))
    tried.allow(0)
    assert tried.planned(lambda: 7) is None
    assert not tried.case_fails(bare_case("package a:b; world w { }", None, (), BUCKET))
    assert told == []
