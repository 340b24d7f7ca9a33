"""Results as data, as JSON and as text."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import jsonschema
import pytest

from reports.bounds import cut_lines
from reports.coverage import DIRECTIONS, LIBRARIES, LINK, NEGATIVE, POSITIONS, REACTIONS
from reports.json_form import schema, to_json
from reports.model import Called, CaseResult, Covered, Excerpt, Finding, Made, Opinion, Ran, Run, Tool
from reports.outcomes import Outcome
from reports.text import (
    MAX_FINDINGS,
    MAX_LINES,
    case_text,
    failed_text,
    head_text,
    known_text,
    ran_text,
    skipped_text,
    summary_text,
    unsupported_text,
)

TABLE = CaseResult(
    "refusals/x",
    "t",
    Outcome.PASS,
    ran=Ran(refusals=2, cells=("ours",), runs=(("line 2, stage wit: why", "line 9, stage new: not so"),)),
)
FINDING = Finding(Outcome.FAIL, "m", 3, "event", "subject", "event 1, call 1, x", "push_u8 1", "push_u8 255", 2, 1)
CASE = CaseResult(
    "values/byte",
    "a byte",
    Outcome.FAIL,
    (Opinion("ours", Outcome.PASS), Opinion("reference", Outcome.FAIL, (FINDING,), "known", "it is so")),
    "reference",
    wit="package a:b;\nworld w {}\n",
    calls=("f(1) -> 2",),
    failed_run=2,
    repeat="harness run x",
    artifacts="artifacts/values/byte",
    ran=Ran(3, (Called("a:b/c#f", 2), Called("g", 1)), ("ours@winch", "reference@winch")),
    source="title = 'a byte'",
    excerpts=(Excerpt(("reference@winch",), 2, "subject", 1, 1, ("push_u8 1",), ("push_u8 255",), ("call 1",)),),
    made=(Made("ours", 300, 4000, "package root:component;"),),
    covered=(Covered("import", "parameter", ("u8",)),),
    interface=("push_u8",),
)
RUN = Run(
    "2026-01-01T00:00:00Z",
    1.25,
    "harness run cases",
    (Tool("ours", "generator", "0.1.0"), Tool("reference", "wasm-tools", "1.262.0", "bin/wasm-tools")),
    "winch",
    ("no luck",),
    (CASE, CaseResult("a", "", Outcome.PASS), CaseResult("b", "", Outcome.SKIP, reason="why")),
    {"run": 0.5},
    options={"seed": "7"},
    planned=3,
    interface=("push_u8", "pop_u8"),
)


def test_json_follows_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    data = json.loads(json.dumps(to_json(RUN)))
    jsonschema.validate(data, schema())
    assert data["counts"] == {"pass": 1, "fail": 1, "skip": 1}
    assert data["cases"][0]["opinions"][1]["findings"][0]["expected"] == "push_u8 1"


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_in_the_schema(outcome: Outcome) -> None:
    run = dataclasses.replace(RUN, cases=(CaseResult("x", "", outcome),))
    jsonschema.validate(to_json(run), schema())
    assert run.good == outcome.good


@pytest.mark.parametrize(
    "change",
    [{"outcome": "fine"}, {"seconds": -1}, {"colour": "red"}],
)
def test_the_schema_refuses_what_the_model_cannot_say(change: dict[str, object]) -> None:
    data = to_json(RUN)
    data["cases"][0].update(change)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema())


@pytest.mark.parametrize(
    ("change", "complete"),
    [({}, True), ({"stopped": "interrupted"}, False), ({"planned": 4}, False), ({"stopped": "", "planned": 0}, True)],
)
def test_a_run_that_broke_off_is_not_complete(change: dict[str, Any], complete: bool) -> None:
    assert dataclasses.replace(RUN, **change).complete is complete


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ((), ()),
        (("ab", "abc"), ("ab", "ab... (3 characters)")),
        (("a", "b", "c", "d"), ("a", "b", "c", "... (1 more)")),
    ],
)
def test_what_is_kept_of_a_case_is_bounded(lines: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert cut_lines(lines, 3, 2) == kept


def test_text_of_a_failure() -> None:
    assert case_text(CASE) == (
        "FAIL  values/byte: a byte\n"
        "  reference: fail (known: known: it is so)\n"
        "    level 3, event at run 2, subject, event 1, call 1, x\n"
        "      expected: push_u8 1\n"
        "      got:      push_u8 255\n"
        "  in the minority: reference\n"
        "  calls of run 2 (all of 1):\n"
        "  > 1  f(1) -> 2\n"
        "  WIT:\n"
        "    package a:b;\n"
        "    world w {}\n"
        "  artifacts: artifacts/values/byte\n"
        "  repeat with: harness run x"
    )


@pytest.mark.parametrize(
    ("call", "shown", "head"),
    [
        (20, range(15, 26), "calls of run 2 (15 to 25 of 50, all in kept/run-2.calls):"),
        (1, range(1, 7), "calls of run 2 (1 to 6 of 50, all in kept/run-2.calls):"),
        (50, range(45, 51), "calls of run 2 (45 to 50 of 50, all in kept/run-2.calls):"),
        (0, range(1, 11), "calls of run 2 (1 to 10 of 50, all in kept/run-2.calls):"),
    ],
)
def test_the_call_of_the_finding_is_shown_with_those_around_it(call: int, shown: range, head: str) -> None:
    finding = dataclasses.replace(FINDING, call=call, before="subject: the last event is 3, `pop_u8 1`")
    other = dataclasses.replace(FINDING, run=1, call=7)
    calls = tuple(f"f{number}()" for number in range(1, 51))
    opinions = (Opinion("ours", Outcome.FAIL, (other, finding)),)
    text = case_text(dataclasses.replace(CASE, calls=calls, opinions=opinions, artifacts="kept"))
    assert head in text
    assert [number for number in range(1, 51) if f"  f{number}()" in text] == list(shown)
    assert (f"  > {call}  f{call}()" in text) is (call > 0)
    assert "      before:   subject: the last event is 3, `pop_u8 1`\n" in text


def test_a_name_is_one_line() -> None:
    """The same holds for the output of `harness run`."""
    named = dataclasses.replace(CASE, name="x\nPASS  y", title="a\x1b[0m\nb")
    unsupported = dataclasses.replace(named, unsupported=("f: async",), reason="why")
    told = (case_text(named), failed_text(dataclasses.replace(RUN, cases=(named, CASE))), ran_text(named))
    more = (unsupported_text(unsupported), skipped_text(unsupported), known_text(named))
    for text in (*told, *more):
        assert "x\\nPASS  y" in text and "\nPASS" not in text
    assert case_text(named).startswith("FAIL  x\\nPASS  y: a\\x1b[0m\\nb\n")


def test_equal_findings_are_told_once() -> None:
    twice = dataclasses.replace(
        CASE, opinions=(Opinion("ours", Outcome.FAIL, (FINDING,)), Opinion("both", Outcome.FAIL, (FINDING,)))
    )
    text = case_text(twice)
    assert text.count("push_u8 255") == 1
    assert "both: fail, with the same findings as ours" in text


def test_text_is_bounded() -> None:
    many = dataclasses.replace(
        CASE,
        wit="x\n" * 1000,
        opinions=(Opinion("ours", Outcome.FAIL, (dataclasses.replace(FINDING, actual="y" * 10_000),) * 50),),
    )
    text = case_text(many)
    assert text.count("level 3") == MAX_FINDINGS
    assert "and 45 more" in text
    assert text.count("\n    x") == MAX_LINES
    assert "... (10000 characters)" in text
    assert len(text) < 10_000


def test_known_faults_are_told_once_each() -> None:
    opinions = [
        Opinion(subject, Outcome.EXPECTED_FAILURE, (), "known", "it is so") for subject in ("reference", "mixed")
    ]
    case = CaseResult("x", "", Outcome.EXPECTED_FAILURE, (Opinion("ours", Outcome.PASS), *opinions))
    assert known_text(case) == "known fault in x: reference: known: it is so"
    assert known_text(CaseResult("y", "", Outcome.PASS)) == ""


def test_head_and_summary() -> None:
    assert head_text(RUN) == (
        "no luck\ntoolchains: ours (generator 0.1.0), reference (wasm-tools 1.262.0); engine: winch"
    )
    assert summary_text(RUN) == ("3 cases: 1 pass, 1 fail, 1 skip in 1.2 s; 3 calls of 2 functions ran in 2 cells")
    one = CaseResult("x", "", Outcome.PASS, unsupported=("f: async",))
    told = summary_text(dataclasses.replace(RUN, cases=(one,)))
    assert told == "1 case: 1 pass in 1.2 s; 1 item unsupported and not run; no call ran"
    assert summary_text(dataclasses.replace(RUN, cases=())) == "0 cases: nothing to do in 1.2 s; no call ran"


@pytest.mark.parametrize(
    ("ran", "text"),
    [
        (Ran(), "no call ran"),
        (Ran(cells=("ours@winch",)), "instantiated, no call ran"),
        (Ran(refusals=2), "2 negative cases tried"),
        (Ran(1, (Called("f", 1),), ("ours@winch",)), "1 call of 1 function ran in 1 cell"),
    ],
)
def test_the_last_line_says_what_ran(ran: Ran, text: str) -> None:
    one = dataclasses.replace(RUN, cases=(CaseResult("x", "", Outcome.PASS, ran=ran),))
    assert summary_text(one).endswith(f"; {text}")


def test_different_numbers_of_cells_are_a_range() -> None:
    many = [CaseResult("x", "", Outcome.PASS, ran=Ran(2, (Called("f", 2),), ("a",) * cells)) for cells in (3, 2)]
    assert summary_text(dataclasses.replace(RUN, cases=tuple(many))).endswith(
        "; 4 calls of 2 functions ran in 2 to 3 cells each"
    )


def test_what_ran_is_listed() -> None:
    listed = dataclasses.replace(CASE, ran=dataclasses.replace(CASE.ran, runs=(("a:b/c#f(1)", "g()"),)))
    assert ran_text(listed) == (
        "fail  values/byte: 3 calls of 2 functions ran in 2 cells\n"
        "  cells: ours@winch; reference@winch\n"
        "      2  a:b/c#f\n"
        "      1  g\n"
        "  run 1:\n"
        "       1  a:b/c#f(1)\n"
        "       2  g()"
    )
    assert ran_text(CaseResult("x", "", Outcome.SKIP, reason="y")) == "skip  x: nothing ran"


@pytest.mark.parametrize(
    ("strict", "names"), [(False, ["values/byte"]), (True, ["values/byte", "b", "part"])], ids=["lenient", "strict"]
)
def test_what_failed_is_listed_at_the_end(strict: bool, names: list[str]) -> None:
    part = CaseResult("part", "", Outcome.PASS, unsupported=("f: async",))
    run = dataclasses.replace(RUN, cases=(*RUN.cases, part), strict=strict)
    assert [case.name for case in run.failed] == names
    assert not run.good
    text = failed_text(run)
    assert text.startswith(f"failed ({len(names)} of 4 cases):\n  fail  values/byte")
    assert ("not run completely  part" in text, "not run  b" in text) == (strict, strict)
    assert failed_text(dataclasses.replace(run, cases=(CASE,))) == ""
    assert failed_text(dataclasses.replace(run, cases=run.cases[1:2])) == ""


def test_a_table_lists_what_was_tried() -> None:
    assert ran_text(TABLE).splitlines() == [
        "pass  refusals/x: 2 negative cases tried",
        "  toolchains: ours",
        "    line 2, stage wit: why",
        "    line 9, stage new: not so",
    ]


def test_the_schema_knows_every_direction_and_position() -> None:
    places = [(d, p) for d in DIRECTIONS for p in POSITIONS]
    places += [(LINK, LIBRARIES), *((NEGATIVE, reaction) for reaction in REACTIONS)]
    covered = tuple(Covered(direction, position, ("x",)) for direction, position in places)
    jsonschema.validate(
        to_json(dataclasses.replace(RUN, cases=(dataclasses.replace(TABLE, covered=covered),))), schema()
    )
