"""Text, JUnit XML, Markdown and the badge."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.badge import badge
from reports.fuzz import RefusedWorlds, summary_text
from reports.inputs import Inputs
from reports.junit import junit
from reports.markdown import MOST, code, markdown
from reports.outcomes import Outcome
from reports.plain import text
from reports.shown import one_line, shown
from reports.site.build import Site
from tests.reports.samples import (
    BETTER,
    BROKEN,
    FAILED,
    FUZZ,
    FUZZ_FINDING,
    HOSTILE,
    MUTANTS,
    PASSED,
    RUN,
    hostile_case,
    hostile_inputs,
    inputs,
)

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters of terminals, characters that XML does not allow, characters that reverse text."""


@pytest.mark.parametrize("write", [text, junit, markdown, badge])
def test_hostile_texts_are_shown_safely(write: object) -> None:
    assert callable(write)
    written = write(hostile_inputs())
    assert not FORBIDDEN.search(written)
    assert written.encode()


def test_hostile_names_in_xml() -> None:
    root = xml.fromstring(junit(hostile_inputs()))
    names = Counter(case.get("name") for case in root.iter("testcase"))
    assert [names[one_line(name)] for name in HOSTILE] == [2] * len(HOSTILE), "of two runs"
    assert all(child.tag in ("testsuite", "testcase", "failure", "error") for child in root.iter() if child is not root)
    assert xml.fromstring(badge(hostile_inputs())).tag == "{http://www.w3.org/2000/svg}svg"


def test_hostile_names_do_not_look_like_lines_of_a_text() -> None:
    assert "\nPASS  all is well" not in text(inputs(replace(RUN, cases=(replace(FAILED, name=HOSTILE[8]),))))


PIECES = st.sampled_from(
    ["\n", "\r\n", "\u2028", "PASS  all is well", "FAIL  x", "# a", "| a | b |", "`", "``", "<b>", "</testcase>", "]]>",
     "&amp;", "@all", "[x](http://z)", "\x1b[31m", "\u202e", "\u2066", "\x00", "\ud800", " ", "\t", "é"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=8).map(lambda pieces: f"a{''.join(pieces)}")
HEADS = re.compile(
    r"FAIL  |\d+\.json|toolchains: |failed \(|NOT COMPLETE|HARNESS ERROR  |NEW  |not run:|stopped: |\d+ |no luck$| "
)
"""How a line of a text may begin."""


def everything(said: str) -> Inputs:
    """A run and a campaign with a text in every field that a file, a guest or a tool fills."""
    run = replace(RUN, cases=(hostile_case(said), hostile_case(f"{said}2")), planned=2, command=said)
    finding = replace(FUZZ_FINDING, toolchain=said, kind=said, minority=said, message=said, run=said, title=said)
    campaign = replace(
        FUZZ, findings=(finding,), errors=(said,), refusals=(RefusedWorlds(said, said, 1),), stopped=said
    )
    return inputs(run, run, campaign)


@given(TEXTS)
def test_no_text_looks_like_a_line_of_a_report(said: str) -> None:
    written = text(everything(said))
    assert not FORBIDDEN.search(written)
    assert [line for line in written.split("\n") if line and not HEADS.match(line)] == []
    assert written.count("\nFAIL  ") <= 4, "two cases in two runs"
    assert len(re.findall("^NEW  ", written, re.MULTILINE)) == 1


@given(TEXTS)
def test_no_text_adds_an_element_to_xml(said: str) -> None:
    root = xml.fromstring(junit(everything(said)))
    assert Counter(child.tag for child in root.iter())["testcase"] == Counter(
        child.tag for child in xml.fromstring(junit(everything("a"))).iter()
    )["testcase"]  # fmt: skip


@given(TEXTS)
def test_no_text_leaves_its_code_span_in_markdown(said: str) -> None:
    written, plain = markdown(everything(said)), markdown(everything("a"))
    assert not FORBIDDEN.search(written)
    assert [line.count("|") for line in written.split("\n")] == [line.count("|") for line in plain.split("\n")]
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", written)
    assert not re.search(r"[<@\[`#]|http", outside.replace("## wit-dylib", ""))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_code_span_holds_all_of_a_hostile_name(name: str) -> None:
    """CommonMark ends a code span at the next string of backticks of the same length."""
    written = code(name)
    assert "|" not in written and "\n" not in written
    if not name:
        assert written == ""
        return
    fence = re.match("`+", written)
    assert fence is not None
    inner = written[len(fence[0]) : -len(fence[0])]
    assert written.endswith(fence[0])
    assert fence[0] not in re.findall("`+", inner)
    assert inner.strip() == one_line(name).replace("|", "\\x7c").strip()


@pytest.mark.parametrize("name", HOSTILE)
def test_rows_of_a_table_have_as_many_cells_as_its_head(name: str) -> None:
    failed = replace(FAILED, name=name, minority=name)
    lines = [line for line in markdown(inputs(replace(RUN, cases=(failed,)))).split("\n") if line.startswith("|")]
    assert [line.count("|") for line in lines] == [3, 3, 3, 5, 5, 5]


def test_junit() -> None:
    root = xml.fromstring(junit(inputs(RUN)))
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5", "failures": "1", "errors": "0", "skipped": "1"
    }  # fmt: skip
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
        ("scalars", "1"), ("lists", "2"), ("maps", "1"), ("(none)", "1")
    ]  # fmt: skip
    (failure,) = root.iter("failure")
    assert failure.get("message") == "event: expected push_u8 1, got push_u8 255"
    assert failure.text is not None and "repeat with: harness run cases/scalars/byte.toml" in failure.text
    assert [skipped.get("message") for skipped in root.iter("skipped")] == ["no engine has maps"]


@pytest.mark.parametrize(
    ("outcome", "tag"),
    [("pass", None), ("fail", "failure"), ("tool panicked", "failure"), ("bad input", "error"),
     ("harness error", "error"), ("skip", "skipped"), ("expected failure", "system-out"),
     ("unexpected pass", "failure"), ("limit reached", "error"),
     ("engine fault", "error")],
)  # fmt: skip
def test_outcomes_in_junit(outcome: str, tag: str | None) -> None:
    root = xml.fromstring(junit(inputs(replace(RUN, cases=(replace(PASSED, outcome=Outcome(outcome)),), planned=1))))
    (case,) = root.iter("testcase")
    assert [child.tag for child in case] == ([tag] if tag else [])


def test_strict_runs_fail_where_something_did_not_run() -> None:
    root = xml.fromstring(junit(inputs(replace(RUN, strict=True))))
    assert root.get("failures") == "3"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (text(inputs(BROKEN)), "NOT COMPLETE: interrupted; 2 of 5 cases have an outcome"),
        (markdown(inputs(BROKEN)), "the run broke off\n\n> **Not complete:** `1.json`: `interrupted;"),
        (junit(inputs(BROKEN)), '<error type="not complete" message="interrupted; 2 of 5 cases have an outcome" />'),
        (badge(inputs(BROKEN)), "wit-dylib cases: broke off"),
        (text(inputs(replace(RUN, planned=6))), "NOT COMPLETE: cases are missing; 5 of 6 cases have an outcome"),
        (badge(inputs(replace(RUN, planned=6))), "broke off"),
        (text(inputs(replace(FUZZ, stopped="a bug"))), "NOT COMPLETE: a bug; 12 worlds were tried"),
        (text(inputs(replace(MUTANTS, planned=3))), "NOT COMPLETE: cases are missing; 2 of 3 mutants were tried"),
    ],
)  # fmt: skip
def test_what_broke_off_says_so(written: str, said: str) -> None:
    assert said in written


@pytest.mark.parametrize(
    ("drawn", "message", "colour"),
    [
        (inputs(RUN), "4 of 5", "#b3261e"),
        (inputs(BETTER), "4 of 4", "#1a7f37"),
        (inputs(replace(BETTER, strict=True)), "4 of 4", "#b3261e"),
        (inputs(BETTER, FUZZ), "4 of 4", "#b3261e"),
        (inputs(replace(RUN, cases=(), planned=0)), "nothing ran", "#57606a"),
    ],
)
def test_badges(drawn: Inputs, message: str, colour: str) -> None:
    root = xml.fromstring(badge(drawn))
    assert root.get("aria-label") == f"wit-dylib cases: {message}"
    assert [rect.get("fill") for rect in root.iter("{http://www.w3.org/2000/svg}rect")][2] == colour


def test_markdown_names_what_to_look_at() -> None:
    written = markdown(inputs(RUN, FUZZ, MUTANTS))
    assert written.startswith("## wit-dylib harness: 3 to look at\n")
    assert "| `lists/of-bytes` | fail | `reference` | `event: expected push_u8 1, got push_u8 255` |" in written
    assert "| `push_s8 of another value` | `reference` | 2 | `harness run f.toml` |" in written
    assert "| `unseen` | `a wrong slot` |" in written
    assert markdown(inputs(BETTER)).startswith("## wit-dylib harness: all as it must be\n")


def test_markdown_is_short() -> None:
    many = tuple(replace(FAILED, name=f"many/{number}", reason="x" * 10_000) for number in range(1000))
    written = markdown(inputs(replace(RUN, cases=many, planned=1000)))
    assert written.count("`many/") == MOST and "and 980 more" in written
    assert len(written) < 60_000


def test_text_tells_each_file() -> None:
    written = text(inputs(RUN, FUZZ, MUTANTS))
    assert "1.json: harness run cases, started 2026-01-01T00:00:00Z\nno luck\n" in written
    assert "FAIL  lists/of-bytes: a byte\n" in written
    assert "NEW  reference: fail: level 3 event: push_s8 of another value, 2 times" in written
    assert "NOT NOTICED  unseen (linker): a wrong slot\n2 mutants: 1 noticed" in written


def test_a_finding_with_a_title_is_told_in_words_first() -> None:
    (finding,) = FUZZ.findings
    written = text(inputs(replace(FUZZ, findings=(replace(finding, title="reference alone: expected 1, got 2"),))))
    assert (
        "NEW  reference alone: expected 1, got 2, 2 times\n"
        "  reference: fail: level 3 event: push_s8 of another value\n" in written
    )


def test_a_mutant_that_nothing_tried_is_no_hole() -> None:
    """A survey by the fuzzer alone does not try the mutants that only link cases can show."""
    seen, unseen = MUTANTS.mutants
    alone = replace(unseen, shown=None, cases=None, fuzzed=None)
    written = text(inputs(replace(MUTANTS, mutants=(seen, alone))))
    assert "NOT NOTICED" not in written
    assert written.endswith("2 mutants: 1 noticed, 1 not tried\n")
    pages = dict(Site(inputs(replace(MUTANTS, mutants=(seen, alone)))).pages())
    page = pages["mutants.html"]
    assert "<b>0</b> not noticed" in page and "of 1 tried" in page


def test_findings_of_one_cause_are_counted_and_shown_as_one() -> None:
    other = replace(
        FUZZ_FINDING, kind="another way", file="g.toml", run="harness run g.toml", same_as="f.toml", same_why="alike"
    )
    run = replace(FUZZ, findings=(FUZZ_FINDING, other))
    assert run.new == [FUZZ_FINDING]
    written = summary_text(run)
    assert "  probably the same cause, 1 other difference:\n    another way, 2 times (alike)\n" in written
    assert "      case: harness run g.toml\n" in written
    assert "1 new finding, 0 known" in written
    assert "probably the same cause" not in summary_text(replace(run, findings=(FUZZ_FINDING,)))


@pytest.mark.parametrize(
    ("raw", "safe", "line"),
    [
        ("a b", "a b", "a b"),
        ("a\n\tb", "a\n\tb", "a\\n\\tb"),
        ("\x1b[0m", "\\x1b[0m", "\\x1b[0m"),
        ("\u202e", "\\u202e", "\\u202e"),
        ("\ud800", "\\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001", "\\U000e0001"),
        ("ä→", "ä→", "ä→"),
    ],
)
def test_shown(raw: str, safe: str, line: str) -> None:
    assert (shown(raw), one_line(raw)) == (safe, line)
