"""Who a judgement is about: its name for people, its data in result files, its column in a report."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from harness.bench.examination import Examination
from harness.cli.results import to_case
from harness.engine.results import EngineKind
from harness.fuzz.bucket import hits
from harness.judge.guest import about
from harness.judge.party import (
    BesideFirst,
    BetweenHosts,
    ByItself,
    InCell,
    InterpreterInCell,
    OfInterpreter,
    OurFrontEnd,
    Party,
    in_one_cell,
    toolchain_of,
    with_name,
)
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.roles import Role
from harness.toolchains.cells import Build, Cell, pure_cell
from reports import model
from reports.columns import Column, column_of
from reports.json_form import to_json
from reports.model import BuildOf, Opinion, PartyKind
from reports.outcomes import Outcome
from reports.reading import UnreadableResults, read
from tests.reports.samples import RUN

OURS = Build("ours", "ours")
LINKED = Build("ours", "reference")
AROUND = Cell(((Role.PROVIDER, OURS), (Role.SUBJECT, LINKED), (Role.DRIVER, OURS)), EngineKind.WINCH)
EACH = Cell(((Role.PROVIDER, LINKED), (Role.SUBJECT, OURS), (Role.DRIVER, OURS)), EngineKind.CRANELIFT)
OLD = Build("ours", "ours", 2)
HOSTILE = "a@b, beside the first with ours@winch"
FINDING = Finding(Outcome.FAIL, "wrong")

PARTIES: list[tuple[Party, str, model.Party, Column]] = [
    (ByItself("ours"), "ours", model.Party(PartyKind.TOOLCHAIN, "ours"), Column("ours", "ours")),
    (
        BesideFirst("mine"), "mine, beside the first", model.Party(PartyKind.BESIDE_FIRST, "mine"),
        Column("mine, beside the first", "mine, beside the first"),
    ),
    (
        BetweenHosts("mine"), "mine, between hosts", model.Party(PartyKind.BETWEEN_HOSTS, "mine"),
        Column("mine, between hosts", "mine, between hosts"),
    ),
    (
        InCell(AROUND), "provider=ours,subject=ours+reference,driver=ours@winch",
        model.Party(
            PartyKind.CELL,
            builds=(BuildOf("provider", "ours"), BuildOf("subject", "ours+reference"), BuildOf("driver", "ours")),
            engine="winch",
        ),
        Column("ours+reference/ours@winch", "subject by ours+reference, rest by ours, winch"),
    ),
    (
        InCell(EACH), "provider=ours+reference,subject=ours,driver=ours@cranelift",
        model.Party(
            PartyKind.CELL,
            builds=(BuildOf("provider", "ours+reference"), BuildOf("subject", "ours"), BuildOf("driver", "ours")),
            engine="cranelift",
        ),
        Column(
            "provider=ours+reference,subject=ours,driver=ours@cranelift",
            "provider by ours+reference, subject by ours, driver by ours, cranelift",
        ),
    ),
    (
        InCell(Cell(tuple((role, OLD) for role in Role), EngineKind.WINCH)), "ours-v2@winch",
        model.Party(PartyKind.CELL, "ours-v2", engine="winch"), Column("ours-v2@winch", "ours-v2@winch"),
    ),
    (
        InCell(pure_cell([Role.SUBJECT], "ours", EngineKind.CRANELIFT)), "ours@cranelift",
        model.Party(PartyKind.CELL, "ours", engine="cranelift"), Column("ours@cranelift", "ours@cranelift"),
    ),
    (OfInterpreter("lua.so"), "lua.so", model.Party(PartyKind.INTERPRETER, "", "lua.so"), Column("lua.so", "lua.so")),
    (OfInterpreter(HOSTILE), HOSTILE, model.Party(PartyKind.INTERPRETER, "", HOSTILE), Column(HOSTILE, HOSTILE)),
    (
        InterpreterInCell("lua.so", LINKED, EngineKind.WINCH), "lua.so with ours+reference@winch",
        model.Party(PartyKind.INTERPRETER, "ours+reference", "lua.so", engine="winch"),
        Column("lua.so with ours+reference@winch", "lua.so with ours+reference@winch"),
    ),
    (OurFrontEnd(), "front end", model.Party(PartyKind.FRONT_END), Column("front end", "front end")),
]  # fmt: skip


def opinion(party: Party) -> Opinion:
    verdict = Verdict(Outcome.FAIL, (Judgement(party, Outcome.FAIL, (FINDING,)),))
    (found,) = to_case(Examination("x", "", verdict), "harness run x").opinions
    return found


@pytest.mark.parametrize(("party", "name", "written", "column"), PARTIES, ids=[row[1] for row in PARTIES])
def test_each_kind(party: Party, name: str, written: model.Party, column: Column) -> None:
    found = opinion(party)
    assert str(party) == found.toolchain == name
    assert found.party == written
    assert column_of(found) == column
    assert written.in_one_cell is in_one_cell(party)
    case = replace(RUN.cases[0], opinions=(found,))
    again = read("x.json", json.dumps(to_json(replace(RUN, cases=(case,)))))
    assert isinstance(again, model.Run) and again.cases[0].opinions == (found,)


@pytest.mark.parametrize(
    ("party", "column"), [(party, column) for party, _, _, column in PARTIES if party != OfInterpreter(HOSTILE)]
)
def test_older_results_have_the_same_columns(party: Party, column: Column) -> None:
    assert column_of(replace(opinion(party), party=None)) == column


def test_a_kind_that_no_version_knows_is_refused() -> None:
    case = replace(RUN.cases[0], opinions=(opinion(ByItself("ours")),))
    data = to_json(replace(RUN, cases=(case,)))
    assert data["cases"][0]["opinions"][0]["party"] == asdict(model.Party(PartyKind.TOOLCHAIN, "ours")) | {"builds": []}
    data["cases"][0]["opinions"][0]["party"]["kind"] = "tool"
    with pytest.raises(UnreadableResults, match=r"party\.kind: no party kind is called 'tool'"):
        read("x.json", json.dumps(data))


@pytest.mark.parametrize("kind", [ByItself, BesideFirst, BetweenHosts])
@pytest.mark.parametrize("name", ["ours", "mine", "mine-2", "mutant:x"])
def test_parties_of_a_toolchain_are_found_by_name(kind: type[ByItself | BesideFirst | BetweenHosts], name: str) -> None:
    party = kind(name)
    assert with_name(str(party), ["ours", "mine", "mine-2", "mutant:x"]) == party
    assert with_name(str(party), ["other"]) is None
    assert toolchain_of(party) == name


@pytest.mark.parametrize(
    ("name", "expected"), [("front end", OurFrontEnd()), ("subject=ours,driver=mine@winch", None), ("lua.so", None)]
)
def test_other_parties_by_name(name: str, expected: Party | None) -> None:
    assert with_name(name, ["ours", "mine"]) == expected


def test_the_name_of_an_interpreter_is_not_read() -> None:
    """A file can be called anything."""
    guest, cells = OfInterpreter(HOSTILE), InterpreterInCell("lua.so", OURS, EngineKind.WINCH)
    verdict = Verdict(
        Outcome.FAIL, (Judgement(guest, Outcome.FAIL, (FINDING,)), Judgement(cells, Outcome.FAIL, (FINDING,))), (guest,)
    )
    asked = []

    def triage(toolchain: str | None, findings: object) -> list[str]:
        asked.append(toolchain)
        return [""]

    (hit,) = hits(verdict, triage)
    assert (hit.party, hit.bucket.toolchain, hit.bucket.minority) == (guest, HOSTILE, HOSTILE)
    assert asked == [None]
    assert about(HOSTILE, verdict, hit.party)
    assert not about("a@b, beside the first", verdict, hit.party)
