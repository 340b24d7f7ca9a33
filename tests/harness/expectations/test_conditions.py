"""Conditions of known faults, each by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.suite.expectations_file import load
from harness.suite.faults.condition import Told, WorldFacts
from harness.suite.faults.keys import KEYS, Key
from tests.harness.expectations.known import ENTRY, HEAD, explained, write


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_condition_has_a_row_in_the_documentation(key: Key) -> None:
    assert f"\n| `{key.name}` | " in (Path(__file__).parents[3] / "docs/expectations.md").read_text()


def test_a_fault_that_depends_on_the_world(tmp_path: Path) -> None:
    known = load([write(tmp_path, HEAD + ENTRY + "wit = 'import \\S+: \\S+;'")], {"wasm-tools": "1.262.0"})
    question = ("x", "fail", "")
    assert explained(known, *question) is None
    assert explained(known.about(WorldFacts("world w { import y; }")), *question) is None
    found = explained(known.about(WorldFacts("world w { import p: y; }")), *question)
    assert found is not None and found.id == "a"


def test_a_fault_that_depends_on_the_run(tmp_path: Path) -> None:
    known = load([write(tmp_path, HEAD + ENTRY + "run = '^with !var'")], {"wasm-tools": "1.262.0"})
    assert explained(known, "x", "fail", "") is None
    assert explained(known, "x", "fail", "", ["f(1)", "with !str"]) is None
    assert explained(known, "x", "fail", "", ["f(1)", "with !var 2"]) is not None


def test_a_fault_that_shows_beside_another(tmp_path: Path) -> None:
    other = ENTRY.replace('"a"', '"b"').replace('cases = ["x"]', 'cases = ["x"]\nmessage = "cause"')
    file = write(tmp_path, HEAD + ENTRY.replace("reason", 'message = "result"\nbeside = "b"\nreason') + other)
    known = load([file], {"wasm-tools": "1.262.0"})
    assert explained(known, "x", "fail", "result") is None
    assert explained(known, "x", "fail", "result", (), ["another result"]) is None
    assert explained(known, "x", "fail", "result", (), ["the cause"]) is not None
    assert explained(known, "y", "fail", "result", (), ["the cause"]) is None
    assert known.explain("another", "x", [Told("fail", "result"), Told("fail", "the cause")]) == [None, None]
