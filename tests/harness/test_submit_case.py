"""`harness submit`: what is fit to be handed in, and why the rest is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli import fit
from harness.cli.group import commands
from harness.fuzz.same_case import shape
from harness.judge.party import ByItself
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.steps import CallStep
from harness.suite.case import load_case, parse_case
from reports.outcomes import Outcome

CASES = Path(__file__).resolve().parents[2] / "cases"

HEAD = 'title = "T"\nwhy = "W."\norigin = "own"\n'
CASE = (
    HEAD
    + """wit = '''
package a:b;
// a byte
interface x { record p { n: s8, t: string } f: func(v: list<p>) -> s8; }
world w { export x; }
'''

[[step]]
call = "a:b/x#f"
args = ['[{n: -1, t: "y"}]']
result = "-2"
"""
)
RENAMED = (
    (
        HEAD.replace("T", "Another")
        + """wit = '''
package other:name;
interface long { record pair { number: s8, text: string } func: func(it: list<pair>) -> s8; }
world whole { export long; }
'''

[[step]]
call = "other:name/long#func"
args = ['[{number: -1, text: "y"}]']
result = "-2"
"""
    )
    .replace("func: func", "%g: func")
    .replace("long#func", "long#g")
)
WIT = """package a:b;
interface x { f: func(v: list<s8>) -> s8; resource r { take: static func(v: r) -> r; } none: func(); }
world w { import x; export x; }
"""
WRONG = ["--toolchain", "mutant:s8-loaded-unsigned", "--no-reference"]


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, ["submit", *words])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("found.toml").write_text(CASE)
    Path("w.wit").write_text("package a:b; world w {}")
    Path("cases", "values").mkdir(parents=True)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (RENAMED, True),
        (CASE.replace("a byte", "a comment"), True),
        (CASE.replace('"-2"', '"-3"'), False),
        (CASE.replace('t: "y"', 't: "z"'), False),
        (CASE.replace("n: s8", "n: s16"), False),
        (CASE.replace("n: s8, t: string", "t: string, n: s8"), False),
        (CASE.replace("wit =", 'lists = "whole"\nwit ='), False),
        (CASE + '\n[[step]]\ncall = "a:b/x#f"\nargs = ["[]"]\nresult = "0"\n', False),
    ],
)
def test_the_same_up_to_names(text: str, same: bool) -> None:
    assert (shape(parse_case(text)) == shape(parse_case(CASE))) is same


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("'x'", "'y'", False),
        ("!char d800", "!char d801", False),
        ("{q: $k}", "{h: $l}", True),
        ("[some(-1), none]", "[some(-1), some(1)]", False),
        ('error-context("a")', 'error-context("b")', False),
        ("nan", "inf", False),
    ],
)
def test_values_are_no_names(left: str, right: str, same: bool) -> None:
    first, second = (replace(parse_case(CASE), steps=(CallStep("f", (value,)),)) for value in (left, right))
    assert (shape(first) == shape(second)) is same


def test_no_two_cases_of_the_suite_are_the_same() -> None:
    files = [path for path in CASES.rglob("*.toml") if "[[step]]" in path.read_text()]
    shapes = [found for path in files if "[[library]]" not in path.read_text() and (found := shape(load_case(path)))]
    assert len(set(shapes)) == len(shapes) > 100


def test_what_passes_is_written_as_it_is() -> None:
    done = harness("found.toml", "-o", "new.toml", "--no-reference")
    assert done.exit_code == 0, done.output
    assert "it runs, twice with the same outcome: pass\n" in done.output
    assert "1. Read it: harness explain new.toml --no-reference\n" in done.output
    assert Path("new.toml").read_text() == CASE


def test_what_disagrees_is_reduced() -> None:
    done = harness("found.toml", "-o", "new.toml", *WRONG)
    assert done.exit_code == 0, done.output
    assert "finding: ours: fail: level 3 event" in done.output
    assert "string" not in Path("new.toml").read_text()
    again = harness("new.toml", "-o", "newer.toml", *WRONG)
    assert again.exit_code == 0, again.output


def test_a_duplicate_is_not_fit() -> None:
    Path("cases/values/there.toml").write_text(RENAMED)
    done = harness("found.toml", "-o", "new.toml", "--no-reference")
    assert done.exit_code == 1, done.output
    assert "the same case is there already, up to its names: cases/values/there.toml\n" in done.output
    assert not Path("new.toml").exists()


@pytest.mark.parametrize(
    ("second", "code"),
    [("thread 2 panicked", 0), ("index out of bounds", 1)],
    ids=["numbers alone", "another fault"],
)
def test_two_runs_must_show_the_same(second: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = iter(["thread 1 panicked", second])

    def verdict(*_: object) -> Verdict:
        found = Finding(Outcome.TOOL_PANICKED, next(messages))
        return Verdict(Outcome.EXPECTED_FAILURE, (Judgement(ByItself("ours"), Outcome.EXPECTED_FAILURE, (found,)),))

    monkeypatch.setattr(fit, "verdict_of", verdict)
    done = harness("found.toml", "-o", "new.toml", "--no-reference")
    assert done.exit_code == code, done.output
    refused = "no case is written: two runs of it differ" in done.output
    assert (refused, Path("new.toml").exists()) == (code == 1, code == 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name one SOURCE"),
        (["found.toml", "--", "true"], "name one SOURCE"),
        (["found.toml", "--call", "f"], "found.toml is a case: it says itself"),
        (["w.wit", "--origin", "somewhere"], "a link begins with https://"),
        (["two.wit"], "choose one with --world NAME"),
        (["x.wit", "--call", "nothing(1)"], "there is no function nothing\nthere are functions: "),
        (["x.wit", "--call", "f(1"], "')' is missing"),
        (["x.wit", "--call", "take"], "handles need names"),
        (["core.wasm"], "core.wasm: "),
        (["x.wat"], "convert it to a .wasm file"),
        (["found.toml", "-o", "w.wit"], "this file already exists"),
        (["bad.toml", "-o", "new.toml"], "bad.toml:1:"),
        (["outside.toml", "-o", "new.toml"], "its WIT is in another file"),
        ([str(CASES / "refusals" / "accessors.toml"), "-o", "new.toml"], "is a table of negative cases"),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else "",
)
def test_used_wrongly(words: list[str], message: str) -> None:
    Path("two.wit").write_text("package a:b; world v {} world w {}")
    Path("x.wit").write_text(WIT)
    Path("x.wat").write_text("(component)")
    Path("core.wasm").write_bytes(b"\0asm\1\0\0\0")
    Path("bad.toml").write_text("titel = 1\n")
    Path("outside.toml").write_text(f'{HEAD}wit-file = "w.wit"\ninstantiate-only = true\n')
    done = harness(*words, "--no-reference")
    assert (done.exit_code, message in done.output) == (2, True), done.output
    assert not Path("new.toml").exists()
