"""Three opinions become a verdict: the differences, the minority."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.engine.results import EngineKind
from harness.judge.difference import Difference
from harness.judge.judging import judge
from harness.judge.party import MODEL, InCell, Minority, names_of
from harness.judge.structure import Structure, from_the_first
from harness.judge.verdict import SEVERITY, Verdict
from harness.plan.roles import Role
from harness.suite.expectations import Expectations
from harness.toolchains.cells import OURS, REFERENCE, default_cells
from harness.toolchains.protocol import BuildResult, InvalidOutput, Panicked, Refused, TimedOut
from harness.trace.events import PushNumber
from reports.outcomes import Outcome
from tests.harness.minorities import alone
from tests.harness.verdicts import GOOD, OTHER, ROLES, SIGN, TOOLS, cell_run, failed, plan, pure, verdict


@pytest.mark.parametrize(
    ("ours", "reference", "outcome", "minority"),
    [
        (GOOD, GOOD, Outcome.PASS, ()),
        (SIGN, GOOD, Outcome.FAIL, alone(OURS)),
        (GOOD, SIGN, Outcome.FAIL, alone(REFERENCE)),
        (SIGN, SIGN, Outcome.FAIL, alone(MODEL)),
        (SIGN, OTHER, Outcome.FAIL, ()),
    ],
)
def test_the_minority(ours: str, reference: str, outcome: Outcome, minority: Minority) -> None:
    found = verdict(ours, reference)
    assert (found.outcome, found.minority) == (outcome, minority)


def test_every_outcome_has_a_severity() -> None:
    assert sorted(SEVERITY) == sorted(Outcome)


def test_the_first_difference_is_told_with_its_path() -> None:
    (finding,) = [finding for _, finding in verdict(GOOD, SIGN).findings]
    events = (PushNumber("u8", 1), PushNumber("u8", 255))
    assert finding.difference == Difference.of_events("event", Role.SUBJECT, "event 1, call 1, x", *events)
    assert finding.message == "event (subject, event 1, call 1, x): expected push_u8 1, got push_u8 255"
    assert finding.run == 1


def test_without_a_reference_the_model_judges() -> None:
    found = judge("c", plan(), [cell_run(pure(OURS), SIGN)], Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, alone(OURS))


def test_a_fault_that_only_a_mixed_cell_shows() -> None:
    mixed = default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)[2]
    cells = [cell_run(pure(OURS), GOOD), cell_run(pure(REFERENCE), GOOD), cell_run(mixed, SIGN)]
    found = judge("c", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, (InCell(mixed),))
    assert names_of(found.minority) == "subject=reference,driver=ours@winch"


def of_four(**shown: str) -> Verdict:
    cells = [cell_run(pure(name), text) for name, text in shown.items()]
    return judge("x/y", plan(), cells, Structure(), TOOLS, Expectations())


@pytest.mark.parametrize(
    ("shown", "minority"),
    [
        ({"ours": GOOD, "reference": GOOD, "a": SIGN, "b": OTHER}, alone("a", "b")),
        ({"ours": GOOD, "reference": GOOD, "a": SIGN, "b": SIGN}, alone("a", "b")),
        ({"ours": SIGN, "reference": SIGN, "a": SIGN, "b": GOOD}, alone("b", MODEL)),
        ({"ours": GOOD, "reference": SIGN, "a": SIGN}, ()),
    ],
)
def test_all_opinions_vote(shown: dict[str, str], minority: Minority) -> None:
    assert of_four(**shown).minority == minority


def test_tools_that_refuse_the_same_agree() -> None:
    refused, panicked = Refused("no", "link"), Panicked(101, "todo!", "link")
    cells = [failed(pure(OURS), refused), failed(pure(REFERENCE), replace(refused, message="never"))]
    assert judge("c", plan(), cells, Structure(), TOOLS, Expectations()).minority == alone(MODEL)
    cells = [failed(pure(OURS), panicked), failed(pure(REFERENCE), panicked)]
    assert judge("c", plan(), cells, Structure(), TOOLS, Expectations()).minority == ()


def test_a_fault_that_both_ends_of_a_toolchain_share() -> None:
    names = [OURS, REFERENCE, "mine"]
    cells = [
        cell_run(cell, SIGN if "mine" in str(cell) and cell.toolchain is None else GOOD)
        for cell in default_cells(ROLES, names, EngineKind.WINCH)
    ]
    found = judge("c", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, alone("mine"))


def test_differences_of_structure_have_two_opinions_only() -> None:
    cells = [cell_run(pure(OURS), GOOD), cell_run(pure(REFERENCE), GOOD)]
    structure = Structure(from_first={REFERENCE: [Difference(1, "export", Role.SUBJECT, "f", "func()", "(nothing)")]})
    found = judge("c", plan(), cells, structure, TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, ())
    assert found.findings[0][0] == "reference, beside the first"


@pytest.mark.parametrize(
    ("output", "outvoted"),
    [
        ({OURS: "f", REFERENCE: "f", "mine": "g"}, ["mine"]),
        ({OURS: "g", REFERENCE: "f", "mine": "f"}, [OURS]),
        ({OURS: "g", REFERENCE: "f", "mine": "h"}, []),
        ({OURS: "g", REFERENCE: "f"}, []),
        ({OURS: "f", REFERENCE: "f"}, []),
    ],
)
def test_structure_without_an_opinion_of_the_model_is_decided_by_most_toolchains(
    output: dict[str, str], outvoted: list[str]
) -> None:
    def beside(one: str, other: str) -> list[Difference]:
        same = output[one] == output[other]
        return [] if same else [Difference(1, "export", Role.SUBJECT, "f", output[one], output[other])]

    structure = Structure(from_first=from_the_first(list(output), beside))
    assert structure.outvoted == outvoted
    found = judge("c", plan(), [cell_run(pure(name), GOOD) for name in output], structure, TOOLS, Expectations())
    assert (found.outcome is Outcome.PASS) is (len(set(output.values())) == 1)
    assert found.minority == alone(*outvoted)


@pytest.mark.parametrize(
    ("ours", "reference", "minority"),
    [
        ("u8", None, alone(OURS)),
        (None, "u8", alone(REFERENCE)),
        ("u8", "u8", alone(MODEL)),
        ("u8", "u16", ()),
    ],
)
def test_the_model_judges_structure(ours: str | None, reference: str | None, minority: Minority) -> None:
    cells = [cell_run(pure(OURS), GOOD), cell_run(pure(REFERENCE), GOOD)]
    told = {
        name: [Difference(1, "wit_t", Role.SUBJECT, "import f, parameter x", "s8", type)] if type is not None else []
        for name, type in ((OURS, ours), (REFERENCE, reference))
    }
    found = judge("c", plan(), cells, Structure(told), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, minority)


@pytest.mark.parametrize(
    ("result", "outcome", "words"),
    [
        (Panicked(101, "todo!", "generate"), Outcome.TOOL_PANICKED, "panicked (exit code 101): todo!"),
        (Refused("no such world", "generate"), Outcome.FAIL, "refused to generate: no such world"),
        (InvalidOutput("bad magic", "link", b""), Outcome.INVALID_OUTPUT, "invalid output: bad magic"),
        (TimedOut(3, "link"), Outcome.TIMED_OUT, "did not end within 3 s"),
    ],
)
def test_what_tools_do_is_an_outcome(result: BuildResult, outcome: Outcome, words: str) -> None:
    cells = [cell_run(pure(OURS), GOOD), failed(pure(REFERENCE), result)]
    found = judge("c", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (outcome, alone(REFERENCE))
    assert words in found.findings[0][1].message
