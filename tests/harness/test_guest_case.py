"""A finding about an interpreter that is not ours becomes a case by one command."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.suite.case import parse_case
from interpreters.build import build_echo
from interpreters.echo import echo
from tests.harness.command import harness_here
from tests.interpreters.conftest import NO_ZIG, ZIG

WIT = """package a:b;
interface both {
  record pair { text: string, wide: s64 }
  swap: func(pairs: list<pair>) -> option<pair>;
  bytes: func(a: list<u8>) -> list<u8>;
}
world w { import both; export both; }
"""
TABLE = 'title = "t"\n[[refusal]]\nwhy = "w"\nwit = ""\nstage = "wit"\nmessage = "m"\nreference = "refuses"\n'


@pytest.mark.slow
@pytest.mark.skipif(not ZIG, reason=NO_ZIG)
def test_from_wit_to_a_small_case_in_words(tmp_path: Path) -> None:
    (tmp_path / "mine.so").write_bytes(build_echo(3, ["-DMUTANT_NO_SIGN"]))
    (tmp_path / "my.wit").write_text(WIT)
    done = harness_here("submit", "my.wit", "--interpreter", "mine.so", "--no-reference", cwd=tmp_path)
    assert done.code == 0, done.said
    assert "harness explain my.toml --interpreter mine.so --no-reference" in done.said
    case = parse_case((tmp_path / "my.toml").read_text())
    assert isinstance(case.wit, str) and "s64" in case.wit and len(case.wit.splitlines()) <= 4
    assert case.made_by is not None and case.made_by.source == "my.wit"
    assert case.made_by.tools[-1].startswith("interpreter mine.so (sha256 ")
    explained = harness_here("explain", "my.toml", "--interpreter", "mine.so", "--no-reference", cwd=tmp_path)
    assert explained.code == 1
    assert "The subject has the interpreter mine.so: it passes calls on" in explained.said
    assert "in the minority: mine.so" in explained.said


def test_a_right_interpreter_leaves_nothing_to_reduce(tmp_path: Path) -> None:
    step = '[[step]]\ncall = "a:b/both#bytes"\nargs = ["[1]"]\nresult = "[1]"\n'
    head = f"title = 't'\nwhy = 'w'\norigin = 'own'\nwit = '''\n{WIT}'''\n"
    (tmp_path / "x.toml").write_text(f"{head}{step}")
    done = harness_here("reduce", "x.toml", "--interpreter", str(echo()), "--no-reference", cwd=tmp_path)
    assert (done.code, "nothing to reduce" in done.said) == (2, True), done.said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["reduce", "x.toml"], "is a table of negative cases, which has no interpreter"),
        (["submit", "--", "wasm-tools", "--version"], "-- COMMAND runs without it"),
    ],
)
def test_used_wrongly(tmp_path: Path, words: list[str], why: str) -> None:
    (tmp_path / "x.toml").write_text(TABLE)
    done = harness_here(words[0], "--interpreter", str(echo()), *words[1:], cwd=tmp_path)
    assert (done.code, why in done.said) == (2, True), done.said
