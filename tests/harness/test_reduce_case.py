"""`harness reduce`: what it leaves of a case, and what it says where there is nothing to reduce."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.fuzz.case_text import case_text
from harness.fuzz.reduce_case import parts_of
from harness.fuzz.smallest_yet import SmallestCase, SmallestYet, read_smallest
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.suite.case import load_case, parse_case
from tests.harness import interrupted

CASES = Path(__file__).resolve().parents[2] / "cases"

CASE = """title = "Bytes and names"
why = "A sign that is lost shows in the result."
origin = "https://example.org/issues/7"
wit = '''
package a:b;
// signs
interface signs {
  record pair { n: s8, text: string }
  resource r { constructor(); }
  negate: func(a: s8) -> s8;
  name: func(n: string, p: pair) -> string;
  all: func(a: list<pair>) -> u32;
}
world w { export signs; import other: func(x: u8); }
world v { import signs; }
'''
world = "w"
lists = "both"

[[step]]
call = "a:b/signs#name"
args = ['"x"', '{n: 5, text: "y"}']
result = '"z"'

[[step]]
call = "a:b/signs#[constructor]r"
result = "$x"

[[step]]
call = "a:b/signs#all"
args = ['[{n: 1, text: "a"}, {n: -1, text: "b"}]']
result = "3"

[[step]]
drop = "$x"
"""
WRONG = ["--toolchain", "mutant:s8-loaded-unsigned", "--no-reference"]
PANIC = """title = "A list of three"
why = "It is there."
origin = "own"
wit = "package a:b; interface x { f: func(a: list<u8, 3>, b: string); g: func(); } world w { export x; }"
instantiate-only = true
"""


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, ["reduce", *words])


@pytest.fixture(autouse=True)
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "wide.toml"
    path.write_text(CASE)
    (tmp_path / "panic.toml").write_text(PANIC)
    (tmp_path / "w.wit").write_text("package a:b; world w {}")
    shutil.copy(CASES / "traps" / "discriminant-of-two-cases.toml", tmp_path / "known.toml")
    return path


def test_less_of_everything_shows_the_same() -> None:
    done = harness("wide.toml", "-o", "small.toml", *WRONG)
    assert done.exit_code == 0, done.output
    assert "finding: ours: fail: level 3 event: push_s8 of another value; ours alone\n" in done.stderr
    assert "11 lines of WIT, 4 steps -> 3 lines of WIT, 1 step" in done.stderr
    text = Path("small.toml").read_text()
    assert text.startswith("# event (subject, ")
    assert f'command = "harness reduce wide.toml {" ".join(WRONG)}' in text
    small = load_case(Path("small.toml"))
    assert (small.title, small.origin) == ("Bytes and names", ("https://example.org/issues/7",))
    assert small.world is None and len(small.steps) == 1
    again = CliRunner().invoke(commands, ["run", "small.toml", *WRONG, "-j", "1"])
    assert (again.exit_code, "expected: push_s8 -" in again.output) == (1, True)


def test_standard_output_is_the_case_alone() -> None:
    """A known fault, a panic of one tool: the expectation still explains what is left."""
    done = harness("panic.toml", "--known")
    assert done.exit_code == 0, done.output
    assert tomllib.loads(done.stdout)["instantiate-only"] is True
    assert "# Known: fixed-length-list-panics\n" in done.stdout
    assert "string" not in done.stdout and "g:" not in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["wide.toml", "--no-reference"], "nothing to reduce: all toolchains agree in this case"),
        (["wide.toml", "--no-reference", "--known"], "nothing to reduce: all toolchains agree in this case"),
        (["panic.toml"], "only known faults show in this case (--known reduces them):\n  1: reference: tool panicked"),
        (
            ["wide.toml", *WRONG, "--known"],
            "no fault in this case is known (without --known it is reduced):\n  1: ours",
        ),
        (["wide.toml", *WRONG, "--finding", "u16"], "no finding has 'u16' in its description:\n  1: ours: fail"),
        (["wide.toml", *WRONG, "-o", "w.wit"], "w.wit: this file already exists (--force replaces it)"),
        (["wide.toml", "-o", "w.wit/x.toml"], "cannot be written"),
        (["w.wit"], "is a world, not a case"),
        (["bad.toml"], "bad.toml:1:"),
        ([str(CASES / "refusals" / "accessors.toml")], "nothing to reduce: all toolchains agree in this case"),
        ([str(CASES / "linking" / "two-libraries-of-one-name.toml")], "only known faults show in this case"),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else "",
)
def test_nothing_to_reduce(words: list[str], message: str) -> None:
    Path("bad.toml").write_text("titel = 1\n")
    before = Path("w.wit").read_text()
    done = harness(*words)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert message in done.stderr
    assert Path("w.wit").read_text() == before


def test_the_case_itself_may_be_replaced(case: Path) -> None:
    done = harness("wide.toml", "-o", "wide.toml", "--force", *WRONG)
    assert done.exit_code == 0, done.output
    assert len(case.read_text()) < len(CASE)


def test_an_interruption_leaves_the_smallest_so_far() -> None:
    """Interrupted as soon as something smaller is there: the worker's file says so before the command does."""
    words = ["reduce", "wide.toml", "-o", "small.toml", *WRONG]
    code = """
import os, signal
from harness.cli.live import Live
Live.show = lambda self, text: os.kill(os.getpid(), signal.SIGINT) if "attempt" in text else None
from harness.cli import main
main()
"""
    with interrupted.command(words, code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _, said = process.communicate(timeout=interrupted.PATIENCE)
    assert process.returncode == 130, said
    assert "Traceback" not in said and signal.SIGINT.name not in said
    assert "interrupted after " in said
    assert load_case(Path("small.toml")).title == "Bytes and names"


@pytest.mark.parametrize(
    ("cases", "kept"),
    [
        ([], None),
        ([("long text", False), ("text", False)], "text"),
        ([("text", False), ("long text", False)], "text"),
        ([("s", True), ("steps", False)], "steps"),
        ([("steps", False), ("s", True)], "steps"),
    ],
)
def test_the_smallest_is_kept(tmp_path: Path, cases: list[tuple[str, bool]], kept: str | None) -> None:
    for text, drawn in cases:
        # each by a worker that took over from another
        SmallestYet(tmp_path / "x.json").offer(SmallestCase(text, "", 1, drawn))
    smallest = read_smallest(tmp_path / "x.json")
    assert (smallest.text if smallest is not None else None) == kept


@pytest.mark.parametrize("path", ["hooks", "merge-versions", "encodings", "features"])
def test_what_a_case_says_beside_its_steps_stays(path: str) -> None:
    """A case, as it is reduced, is written and read as the same case."""
    file = next(file for file in sorted(CASES.rglob("*.toml")) if _is_case_with(file, path))
    case = load_case(file)
    subject = next(part for part in case_plan(case).components if part.role is Role.SUBJECT)
    again = parse_case(case_text(parts_of(case, subject)))
    kept = ("title", "why", "origin", "world", "features", "merge_versions", "hooks", "encodings", "sample")
    assert [getattr(again, name) for name in kept] == [getattr(case, name) for name in kept]
    assert (again.lists, len(again.steps)) == (case.lists[:1], len(case.steps))


def _is_case_with(file: Path, key: str) -> bool:
    data = tomllib.loads(file.read_text())
    return key in data and "wit" in data and not {"refusal", "library"} & set(data)
