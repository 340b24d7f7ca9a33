"""`--finding`: one of several findings of a case is chosen, by `harness reduce`, `submit` and `check`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.finding_option import listed, none_chosen
from harness.cli.group import commands
from harness.fuzz.wanted import FIRST, Findings, Wanted
from harness.judge.verdict import Verdict
from harness.suite.case import load_case
from reports.outcomes import Outcome

CASE = """title = "T"
why = "W."
origin = "https://example.org/1"
wit = '''
package a:b;
interface x { f: func(v: list<s8>); g: func(v: list<string>); }
world w { export x; }
'''

[[step]]
call = "a:b/x#f"
args = ['[-1]']

[[step]]
call = "a:b/x#g"
args = ['["y"]']
"""
REFUSES = """name = "refuses"
version = "1"
generate = [{python}, "-c", "raise SystemExit('no worlds')", "{{wit}}", "{{output}}"]
"""
WRONG = ["--toolchain", "mutant:s8-loaded-unsigned", "--toolchain", "refuses.toml", "--no-reference"]
SIGN = "ours: fail: level 3 event: push_s8 of another value; ours alone"
REFUSAL = "refuses: fail: refused to generate no worlds; refuses alone"
THREE = ("a: one", "b: two of 3", "a: three (known: it)")


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, list(words))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool's file is no case, so it is compared with none."""
    monkeypatch.chdir(tmp_path)
    Path("two.toml").write_text(CASE)
    Path("two.wit").write_text(CASE.split("'''")[1])
    Path("refuses.toml").write_text(REFUSES.format(python=f"'{sys.executable}'"))


@pytest.mark.parametrize(
    ("given", "known", "chosen"),
    [
        ("", False, 1),
        ("", True, 3),
        ("1", False, 1),
        ("2", False, 2),
        ("02", False, 2),
        ("3", False, 0),
        ("3", True, 3),
        ("1", True, 0),
        ("0", False, 0),
        ("4", False, 0),
        ("b:", False, 2),
        ("of 3", False, 2),
        ("three", False, 0),
        ("nothing", False, 0),
        ("9" * 5000, False, 0),
    ],
)
def test_the_finding_that_is_meant(given: str, known: bool, chosen: int) -> None:
    findings = Wanted(given).among(THREE, [text.endswith("(known: it)") == known for text in THREE])
    assert (findings.all, findings.chosen) == (THREE, chosen)
    assert findings.finding == (THREE[chosen - 1] if chosen else "")
    assert len(findings.others) == 3 - bool(chosen) and chosen not in findings.others


@pytest.mark.parametrize(
    ("given", "known", "message"),
    [
        ("4", False, "--finding 4: there is no finding of this number:"),
        ("0", False, "--finding 0: there is no finding of this number:"),
        ("3", False, "--finding 3: this finding is a known fault (`harness reduce --known` takes it):"),
        ("1", True, "--finding 1: this finding is no known fault (`harness reduce` without --known takes it):"),
        ("u", False, "no finding has 'u' in its description:"),
        ("u", True, "no known finding has 'u' in its description:"),
    ],
)
def test_what_cannot_be_chosen_is_told_with_the_list(given: str, known: bool, message: str) -> None:
    error = none_chosen(Verdict(Outcome.FAIL), Findings(THREE), Wanted(given), known)
    assert error.exit_code == 2
    assert error.message.splitlines() == [message, "  1: a: one", "  2: b: two of 3", "  3: a: three (known: it)"]


@pytest.mark.parametrize(
    ("findings", "lines"),
    [
        (FIRST.among(THREE[:1], [True]), ["finding: a: one"]),
        (FIRST.among(THREE[::2], [True, False]), ["finding 1 of 2: a: one", "  2: a: three (known: it)"]),
        (
            FIRST.among(THREE[:2], [True, True]),
            ["finding 1 of 2: a: one", "  2: b: two of 3", "  --finding NUMBER chooses another"],
        ),
    ],
)
def test_the_list(findings: Findings, lines: list[str]) -> None:
    assert list(listed(findings)) == lines


@pytest.mark.parametrize(
    ("given", "chosen", "other", "world"),
    [("1", f"1 of 2: {SIGN}", f"2: {REFUSAL}", "s8"), ("refused", f"2 of 2: {REFUSAL}", f"1: {SIGN}", "w {")],
)
def test_one_is_reduced(given: str, chosen: str, other: str, world: str) -> None:
    done = harness("reduce", "two.toml", "-o", "small.toml", "--finding", given, *WRONG)
    assert done.exit_code == 0, done.output
    assert f"finding {chosen}\n  {other}\n  --finding NUMBER chooses another\n" in done.output
    small = load_case(Path("small.toml"))
    assert world in str(small.wit) and len(small.steps) == (world == "s8")
    assert f'command = "harness reduce two.toml --finding {given} --toolchain' in small.file.text


def test_each_is_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, each by a command that the one before prints."""
    done = harness("submit", "two.toml", "--finding", "2", *WRONG)
    assert done.exit_code == 0, done.output
    assert f"finding 2 of 2: {REFUSAL}\n  1: {SIGN}\n" in done.output
    assert not load_case(Path("two-2.toml")).steps
    again = ["submit", "two.toml", *WRONG, "--finding", "1"]
    assert f"3. Hand in another finding: harness {' '.join(again)}\n" in done.output
    done = harness(*again)
    assert done.exit_code == 0, done.output
    assert len(load_case(Path("two-3.toml")).steps) == 1
    assert "another finding: " not in done.output, "the case shows the refusal, too"


@pytest.mark.parametrize(
    ("given", "written"), [([], SIGN), (["--finding", "1"], SIGN), (["--finding", "no w"], REFUSAL)]
)
def test_check_writes_the_case_of_one(given: list[str], written: str) -> None:
    number = 1 + (written == REFUSAL)
    done = harness("check", "two.wit", "--calls", "20", "--write-case", "found.toml", "--reduce", *given, *WRONG)
    assert done.exit_code == 1, done.output
    assert f"finding {number} of 2: {written}\n" in done.output
    found = load_case(Path("found.toml"))
    assert ("s8" in str(found.wit), len(found.steps)) == ((True, 1) if written == SIGN else (False, 0))


def test_a_wrong_finding_of_a_duplicate_is_wrong_usage() -> None:
    Path("same.toml").write_text(CASE)
    done = harness("submit", "two.toml", "--finding", "2", *WRONG)
    assert (done.exit_code, "the same case is there already" in done.output) == (1, True), done.output
    done = harness("submit", "two.toml", "--finding", "3", *WRONG)
    assert (done.exit_code, "--finding 3: there is no finding of this number:" in done.output) == (2, True), done.output


CHECK = ["check", "two.wit", "--calls", "20"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*CHECK, "--finding", "1"], "--finding needs --write-case FILE"),
        ([*CHECK, "--write-case", "n.toml", "--finding", "3", *WRONG], "there is no finding of this number:\n  1: "),
        ([*CHECK, "--write-case", "n.toml", "--finding", "1", "--no-reference"], "there is no finding to choose: all "),
        (["reduce", "two.toml", "--finding", "3", *WRONG], f"there is no finding of this number:\n  1: {SIGN}\n  2: "),
        (["submit", "two.toml", "--finding", "3", *WRONG], f"there is no finding of this number:\n  1: {SIGN}\n  2: "),
        (["submit", "two.toml", "--finding", "1", "--no-reference"], "--finding 1: there is no finding to choose: all"),
        (["submit", "--finding", "1", "--", "true"], "--finding is for a case, WIT or a binary with a world"),
    ],
)
def test_used_wrongly(words: list[str], message: str) -> None:
    done = harness(*words)
    assert (done.exit_code, message in done.output) == (2, True), done.output
    assert sorted(path.name for path in Path().glob("*.toml")) == ["refuses.toml", "two.toml"]
