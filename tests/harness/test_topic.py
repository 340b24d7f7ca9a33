"""What findings are about reaches reports as data, and people as the words before the text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.bench.examination import Examination
from harness.cli.results import to_case
from harness.engine.results import EngineKind
from harness.judge.cell_findings import Against, cell_findings
from harness.judge.endless import decided
from harness.judge.findings import build_finding
from harness.judge.observation import CellRun
from harness.judge.party import ByItself
from harness.judge.topic import OfCell, OfProgram, OfRow, Topic
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.toolchains.cells import pure_cell
from harness.toolchains.component_build import ComponentBuild
from harness.toolchains.protocol import Refused
from reports import model
from reports.joined import joined
from reports.outcomes import Outcome

CELL = "ours@winch"


def written(*findings: Finding) -> tuple[model.Finding, ...]:
    verdict = Verdict(Outcome.FAIL, (Judgement(ByItself("ours"), Outcome.FAIL, findings),))
    return to_case(Examination("x", "", verdict), "harness run x").opinions[0].findings


@pytest.mark.parametrize(
    ("topic", "run", "message", "expected"),
    [
        (OfCell(CELL, Role.DRIVER), 0, "the driver of ours@winch: no: a", model.Topic(CELL, "no: a", ("driver",))),
        (OfCell(CELL), 0, "ours@winch: no: a", model.Topic(CELL, "no: a")),
        (OfCell(CELL), 2, "ours@winch, run 2: no: a", model.Topic(CELL, "no: a")),
        (OfProgram("ours"), 0, "the program by ours: no: a", None),
        (OfRow(3, "w"), 0, "line 3 (w): no: a", None),
        (None, 2, "no: a", None),
    ],
)
def test_in_results(topic: Topic | None, run: int, message: str, expected: model.Topic | None) -> None:
    (found,) = written(Finding(Outcome.FAIL, "no: a", run=run, topic=topic))
    assert (found.message, found.topic) == (message, expected)


def test_components_that_a_tool_refuses_are_told_once() -> None:
    """From the judgement of a cell to the words of a report."""
    cell = pure_cell(list(Role), "ours", EngineKind.WINCH)
    run = CellRun(cell, {role: ComponentBuild(Refused("no: a", "generate"), None) for role in Role})
    plan = Plan("t", (), (), (), (ScriptPlan({}, {}, ExpectedOutcome()),))
    findings = cell_findings(run, Against(plan))
    assert [finding.topic for finding in findings] == [OfCell(CELL, role) for role in Role]
    (told,) = joined(written(*findings))
    assert told.message == "the provider, subject and driver of ours@winch: refused to generate: no: a"


def test_a_run_that_ends_elsewhere_keeps_its_cell() -> None:
    limit = Finding(Outcome.LIMIT_REACHED, "stopped", run=1, topic=OfCell(CELL))
    found = decided(limit, "mine@winch")
    assert found.message == "ours@winch, run 1: stopped; in mine@winch the run ends far below the limit"
    assert found == replace(limit, outcome=Outcome.TIMED_OUT, text=found.text)


def test_a_text_that_looks_like_a_topic_is_none() -> None:
    """Texts of tools are not read."""
    alike = [Finding(Outcome.FAIL, f"the {role.value} of {CELL}: no") for role in Role]
    assert [finding.topic for finding in written(*alike)] == [None] * 3
    assert len(joined(written(*alike))) == 3
    (one,) = written(build_finding(OfCell("a: b@winch", Role.SUBJECT), Refused("the driver of x: no", "link")))
    assert one.topic == model.Topic("a: b@winch", "refused to link: the driver of x: no", ("subject",))
