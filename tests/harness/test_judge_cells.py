"""Everything that is asked about the cells of a plan: examinations and reductions ask the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.bench import judge_cells
from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.judge_cells import AboutBuilds, AboutVerdict, AboutWorld, Question, Reconsidered, Subject
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.fuzz.bucket import hits
from harness.fuzz.oracle import Oracle
from harness.fuzz.reduce_case import parts_of
from harness.fuzz.triage import triage_for
from harness.judge.difference import Difference
from harness.judge.findings import findings_of
from harness.judge.observation import CellRun
from harness.judge.party import ByItself
from harness.judge.structure import Structure
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.process.clock import Clock
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.selection import Ours, Selection
from reports.outcomes import Outcome

CASE = Path(__file__).parents[2] / "cases/scalars/s8-bounds.toml"
WRONG = Difference(2, "weight", Role.SUBJECT, "", "light", "heavy")


def _of_world(_: Subject) -> Mapping[str, Sequence[Finding]]:
    return {"ours": findings_of([WRONG])}


def _of_builds(_: Subject, __: Sequence[CellRun], ___: Clock) -> Structure:
    return Structure({"ours": [WRONG]})


def _of_verdict(_: Subject, __: Sequence[CellRun], verdict: Verdict) -> Reconsidered:
    more = Judgement(ByItself("ours"), Outcome.FAIL, tuple(findings_of([WRONG])))
    return Reconsidered(replace(verdict, outcome=Outcome.FAIL, judgements=(*verdict.judgements, more)))


@pytest.mark.parametrize(
    "question",
    [AboutWorld("weigh", _of_world), AboutBuilds("weigh", _of_builds), AboutVerdict("weigh", _of_verdict)],
    ids=lambda question: type(question).__name__,
)
def test_a_further_question_is_asked_by_examinations_and_reductions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: Question
) -> None:
    bench = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    case, options = load_case(CASE), Options(artifacts=None)
    plan = case_plan(case)
    triage = triage_for({}, options.expectations, plan)
    assert hits(examine(bench, CASE.stem, plan, options).verdict, triage) == []

    monkeypatch.setattr(judge_cells, "QUESTIONS", (*judge_cells.QUESTIONS, question))
    (hit,) = hits(examine(bench, CASE.stem, plan, options).verdict, triage)
    assert hit.bucket.aspect == "weight"

    subject = next(part for part in plan.components if part.role is Role.SUBJECT)
    oracle = Oracle(bench, hit.bucket, options)
    oracle.allow(2)
    assert oracle.case_fails(parts_of(case, subject))
