"""The oracle of a reduction: what it announces, and that it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.fuzz.bucket import Bucket, hits
from harness.fuzz.cases_of import bare_case
from harness.fuzz.oracle import Oracle
from harness.fuzz.reduce_case import parts_of
from harness.fuzz.triage import triage_for
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.process.steps import Loss, Steps
from harness.suite.case import load_case
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Ours, Reference, Selection
from harness.values.draws import Impossible

CASES = Path(__file__).parents[3] / "cases"

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


@pytest.mark.parametrize(
    ("name", "aspect"),
    [
        ("embedding/docs-of-a-labelled-interface", "component wit"),
        ("versions/resource-missing-in-a-version-that-uses-none", "link"),
    ],
)
def test_all_that_an_examination_finds_shows_again(tmp_path: Path, name: str, aspect: str) -> None:
    """Findings about subcommands and about merged imports, too: of each the oracle asks the same."""
    bench = Workbench(Settings(tmp_path, Selection((Ours(), Reference(find())))), Steps())
    case, options = load_case(CASES / f"{name}.toml"), Options(artifacts=None)
    plan = case_plan(case)
    found = hits(examine(bench, name, plan, options).verdict, triage_for({}, options.expectations, plan))
    assert aspect in {hit.bucket.aspect for hit in found}
    subject = next(part for part in plan.components if part.role is Role.SUBJECT)
    for hit in found:
        oracle = Oracle(bench, hit.bucket, options)
        oracle.allow(3)
        assert oracle.case_fails(parts_of(case, subject)), hit.bucket
