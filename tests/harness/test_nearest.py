"""Errors about a name that does not exist list what exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.frontend.gates import unknown_gate
from harness.text.nearest import MOST, nearest_first, there_are

FUNCTIONS = ["my:bug/x#[constructor]r", "my:bug/x#flip", "flops", "other:p/y#flop"]


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("my:bug/x#flop", "other:p/y#flop"),
        ("my:bug/x#flp", "my:bug/x#flip"),
        ("flop", "flops"),
        ("[constructor]s", "my:bug/x#[constructor]r"),
    ],
)
def test_what_looks_most_like_it_comes_first(word: str, first: str) -> None:
    assert nearest_first(word, FUNCTIONS)[0] == first
    assert sorted(nearest_first(word, FUNCTIONS)) == sorted(FUNCTIONS)


def test_a_list_is_bounded() -> None:
    assert there_are("f", [f"f{number}" for number in range(MOST + 3)]).endswith(", and 3 more")
    assert there_are("f", [], "functions") == "there are no functions"


@pytest.mark.parametrize(
    ("features", "wrong"),
    [([], None), (["shiny"], None), (["shiny", "old"], None), (["shinny"], "no gate has the feature 'shinny'")],
)
def test_gates(tmp_path: Path, features: list[str], wrong: str | None) -> None:
    wit = "package a:b; world w { @unstable(feature = shiny) import f: func(); @unstable(feature = %old) type t = u8; }"
    (tmp_path / "deps").mkdir()
    (tmp_path / "deps" / "w.wit").write_text(wit)
    for source in (wit, tmp_path, tmp_path / "deps" / "w.wit"):
        found = unknown_gate(source, features)
        assert (found or "").splitlines()[:1] == ([wrong] if wrong else [])
        assert wrong is None or "there are features: shiny, old" in str(found)
