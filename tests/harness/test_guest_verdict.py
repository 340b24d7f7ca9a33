"""Who is named if something is wrong with an interpreter that is not ours."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind
from harness.judge.guest import GuestCell, about, judge_guest
from harness.judge.party import ByItself, InterpreterInCell, Minority, OfInterpreter, Party
from harness.judge.topic import OfCell
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.roles import Role
from harness.toolchains.cells import Build, Cell
from reports.outcomes import Outcome
from tests.harness.minorities import alone

MINE = OfInterpreter("mine.so")


@pytest.mark.parametrize("without_it", [False, True])
def test_a_limit_says_something_only_where_boxed_does_not_reach_it(without_it: bool) -> None:
    built = Cell(((Role.SUBJECT, Build("ours", "ours")),), EngineKind.WINCH)
    limit = Finding(Outcome.LIMIT_REACHED, "stopped", run=1, topic=OfCell(str(built)))
    assert limit.message == "ours@winch, run 1: stopped"
    found = judge_guest("mine.so", [GuestCell(built, (limit,), without_it)], None)
    expected = (Outcome.LIMIT_REACHED, ()) if without_it else (Outcome.TIMED_OUT, (MINE,))
    assert (found.outcome, found.minority) == expected
    said = limit.message if without_it else "run 1: stopped; with boxed in its place the run ends"
    assert found.findings[0][1].message == said


@pytest.mark.parametrize(
    ("minority", "judged", "expected"),
    [
        ((MINE,), OfInterpreter("mine.so"), True),
        ((MINE, ByItself("ours")), InterpreterInCell("mine.so", Build("ours", "ours"), EngineKind.WINCH), True),
        (alone("reference"), ByItself("reference"), False),
        (alone("reference"), InterpreterInCell("mine.so", Build("reference", "reference"), EngineKind.WINCH), False),
        ((), OfInterpreter("mine.so"), False),
        (alone("mine.so"), OfInterpreter("mine.so"), False),
        ((MINE,), ByItself("ours"), False),
        ((MINE,), ByItself("mine.so"), False),
    ],
)
def test_what_is_about_the_interpreter(minority: Minority, judged: Party, expected: bool) -> None:
    assert about("mine.so", Verdict(Outcome.FAIL, minority=minority), judged) is expected


FINDING = Finding(Outcome.FAIL, "expected 1, got 2")


def cell(generator: str, linker: str, wrong: bool, without_it: bool = False) -> GuestCell:
    built = Cell(((Role.SUBJECT, Build(generator, linker)),), EngineKind.WINCH)
    return GuestCell(built, (FINDING,) if wrong else (), without_it)


@pytest.mark.parametrize(
    ("wrong", "minority", "judged"),
    [
        ({"ours+ours", "ours+reference", "reference+ours", "reference+reference"}, (MINE,), 1),
        ({"ours+ours", "ours+reference"}, (MINE, ByItself("ours")), 4),
        ({"ours+ours", "reference+ours"}, (MINE,), 4),
        (set(), (), 4),
    ],
)
def test_who_is_named(wrong: set[str], minority: Minority, judged: int) -> None:
    """If only libraries of one generator show the fault, that generator is named, too."""
    tools = ("ours", "reference")
    cells = [cell(one, other, f"{one}+{other}" in wrong) for one in tools for other in tools]
    found = judge_guest("mine.so", cells, None)
    assert (found.minority, len(found.judgements)) == (minority, judged)


def test_what_goes_wrong_without_it_clears_the_interpreter() -> None:
    by_tools = Verdict(Outcome.FAIL, (Judgement(ByItself("ours"), Outcome.FAIL, (FINDING,)),), alone("ours"))
    found = judge_guest("mine.so", [cell("ours", "ours", wrong=True, without_it=True)], by_tools)
    assert (found.outcome, found.minority) == (Outcome.FAIL, alone("ours"))
