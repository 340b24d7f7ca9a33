"""`harness submit` writes no case twice: neither beside the suite nor in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.duplicates import Neighbours
from harness.cli.group import commands
from harness.suite.case import load_case
from tests.harness.test_submit_case import CASE, RENAMED, WRONG

WIT = """package a:b;
interface x { f: func(v: list<s8>) -> s8; none: func(); }
world w { import x; export x; }
"""


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, ["submit", *words])


def cases() -> list[str]:
    return sorted(path.name for path in Path().glob("*.toml"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my.wit").write_text(WIT)


def test_the_same_world_again_is_no_second_file() -> None:
    """There is no suite; the second time the first file is named. The reduced case has other steps than those drawn."""
    first = harness("my.wit", "--calls", "10", *WRONG)
    assert (first.exit_code, cases()) == (0, ["my.toml"]), first.output
    assert "compared only with the cases in the folder of my.toml: there is no folder cases (--suite)\n" in first.output
    again = harness("my.wit", "--calls", "10", *WRONG)
    assert (again.exit_code, cases()) == (1, ["my.toml"]), again.output
    assert "no case is written: the same case is there already, up to its names: my.toml\n" in again.output
    assert "\n  hand in my.toml; to make it again, remove it first\n" in again.output


def test_the_same_finding_in_the_same_world_is_no_second_file() -> None:
    assert harness("my.wit", "--call", "f([-1]) -> -2", *WRONG).exit_code == 0
    written = Path("my.toml").read_text()
    Path("my.toml").write_text(written.replace('args = ["[-1]"]', 'args = ["[-3, -4]"]'))
    assert Path("my.toml").read_text() != written
    done = harness("my.wit", "--call", "f([-1]) -> -2", *WRONG)
    assert (done.exit_code, cases()) == (1, ["my.toml"]), done.output
    assert "the same finding in the same world is there already: my.toml\n  hand in my.toml; " in done.output


def test_what_passes_is_compared_before_it_is_written() -> None:
    Path("other.toml").write_text(RENAMED)
    Path("found.toml").write_text(CASE)
    done = harness("found.toml", "--no-reference")
    assert (done.exit_code, cases()) == (1, ["found.toml", "other.toml"]), done.output
    assert "the same case is there already, up to its names: other.toml\n  hand in other.toml; " in done.output


def test_another_call_is_another_case() -> None:
    for result in ("1", "2"):
        done = harness("my.wit", "--call", f"f([1]) -> {result}", "--no-reference")
        assert done.exit_code == 0, done.output
    assert cases() == ["my-2.toml", "my.toml"]


@pytest.mark.parametrize("wrong", [[], WRONG[:2]], ids=["it passes", "it disagrees"])
def test_a_case_that_is_fit_already_is_not_copied(wrong: list[str]) -> None:
    assert harness("my.wit", "--call", "f([-1]) -> -2", *wrong, "--no-reference").exit_code == 0
    done = harness("my.toml", *wrong, "--no-reference")
    assert (done.exit_code, cases()) == (0, ["my.toml"]), done.output
    assert "nothing is written: my.toml is this case already. What to do next:\n" in done.output
    assert f"1. Read it: harness explain my.toml {' '.join([*wrong, '--no-reference'])}\n" in done.output
    named = harness("my.toml", "-o", "copy.toml", *wrong, "--no-reference")
    assert (named.exit_code, cases()) == (0, ["copy.toml", "my.toml"]), named.output


@pytest.mark.parametrize(
    ("suite", "output", "own", "there", "advice"),
    [
        ("suite", "new.toml", "own.toml", "suite/a.toml, beside.toml", True),
        ("suite", "elsewhere/new.toml", "own.toml", "suite/a.toml", False),
        ("none", "new.toml", "own.toml", "beside.toml", True),
        ("suite", "suite/new.toml", "own.toml", "suite/a.toml", False),
        (".", "new.toml", "own.toml", "beside.toml, suite/a.toml", False),
        ("suite", "new.toml", "beside.toml", "suite/a.toml, own.toml", True),
    ],
)
def test_the_neighbours(suite: str, output: str, own: str, there: str, advice: bool) -> None:
    """Each file once, by its name in the suite; a tool's file, a folder and a dead link are passed over."""
    Path("suite").mkdir()
    Path("elsewhere").mkdir()
    for name in ("beside.toml", "suite/a.toml", "own.toml"):
        Path(name).write_text(CASE)
    Path("tool.toml").write_text('name = "tool"\n')
    Path("folder.toml").mkdir()
    Path("link.toml").symlink_to("nowhere")
    said = Neighbours(Path(suite), Path(output), Path(own)).same(load_case(Path("own.toml")))
    first, _, second = said.partition("\n")
    assert first == f"the same case is there already, up to its names: {there}"
    assert (second != "") == advice
