"""The findings of `harness check` as a case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.suite.case import load_case

WIT = "package a:b; interface x { g: func(n: string); f: func(a: list<s8>, b: u32) -> u64; } world w { export x; }"
WRONG = ["--toolchain", "mutant:s8-loaded-unsigned", "--no-reference", "-j", "1"]


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, list(words))


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.wit").write_text(WIT)


def test_a_failure_is_reduced_to_a_case_that_shows_it() -> None:
    done = harness("check", "w.wit", *WRONG, "--calls", "20", "--write-case", "found.toml", "--reduce")
    assert done.exit_code == 1, done.output
    assert re.search(r"^case \([1-3] lines? of WIT, 1 step; reduced in \d+ attempts\): harness run ", done.output, re.M)
    case = load_case(Path("found.toml"))
    assert len(case.steps) == 1
    assert "string" not in str(case.wit)
    text = Path("found.toml").read_text()
    assert 'command = "harness check w.wit --seed 0 --calls 20 --toolchain mutant:s8-loaded-unsigned' in text
    again = harness("run", "found.toml", *WRONG)
    assert (again.exit_code, "push_s8 -" in again.output) == (1, True)


def test_what_passes_is_a_case_with_its_seed() -> None:
    done = harness("check", "w.wit", "--no-reference", "--seed", "4", "--calls", "6", "--write-case", "ok.toml")
    assert done.exit_code == 0, done.output
    case = load_case(Path("ok.toml"))
    assert case.sample is not None
    assert (case.sample.seed, case.sample.calls) == (4, 6)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--reduce"], "--reduce needs --write-case FILE"),
        (["--write-case", "w.wit"], "this file already exists"),
        (["--write-case", "w.wit/x.toml"], "cannot be written"),
    ],
)
def test_used_wrongly(words: list[str], message: str) -> None:
    done = harness("check", "w.wit", *words)
    assert (done.exit_code, message in done.output) == (2, True)
