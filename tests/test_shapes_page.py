"""docs/shapes.md: the cases and tests in its table exist, and it has every case of cases/shapes."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"\| `(?P<shape>[^`]+)` \| (?P<ours>[^|]+) \| (?P<outcome>same|both refuse|no input)(: [^|]+)? \|")
COUNTS = {"same": 124, "both refuse": 18, "no input": 1}
"""As docs/linking.md says."""


def rows() -> list[re.Match[str]]:
    lines = [line for line in (ROOT / "docs" / "shapes.md").read_text().splitlines() if line.startswith("| `")]
    found = [row for line in lines if (row := ROW.fullmatch(line)) is not None]
    assert len(found) == len(lines)
    return found


def test_every_shape_is_counted_once() -> None:
    shapes = [row["shape"] for row in rows()]
    assert shapes == sorted(set(shapes))
    outcomes = [row["outcome"] for row in rows()]
    assert {outcome: outcomes.count(outcome) for outcome in COUNTS} == COUNTS


def test_what_stands_for_a_shape_exists() -> None:
    named = [name for row in rows() for name in re.findall(r"`([^`]+)`", row["ours"])]
    files = [ROOT / (name if name.startswith("tests/") else f"cases/{name}.toml") for name in named]
    assert [file for file in files if not file.is_file()] == []


def test_every_case_of_shapes_has_its_row() -> None:
    named = {name for row in rows() for name in re.findall(r"`shapes/([^`]+)`", row["ours"])}
    assert named == {file.stem for file in (ROOT / "cases" / "shapes").glob("*.toml")}
