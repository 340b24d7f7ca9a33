"""The recipes of CONTRIBUTING.md: the files that they name exist, their lists are complete, their examples work.

`tests/recipes` follows the recipes that change several modules.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from harness.mutants.mutant import Table
from harness.mutants.patch import Patch
from harness.mutation.tasks import shown_plan
from harness.planner import case_plan
from harness.suite.case import parse_case
from harness.toolchains.command_file import read
from tests.recipes.text import ROOT, TEXT, paths, section


def block(title: str, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", section(title), re.DOTALL)
    return str(found)


@pytest.mark.parametrize("path", sorted(paths(TEXT)))
def test_what_is_named_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("title", "package", "named"),
    [
        ("A value type", "generator", "FixedLengthList|FIXED_LENGTH_LIST"),
        ("A value type", "harness", r"FixedLengthList|\"fixed[-_]length[-_]list\"|def _fixed_length_list"),
        ("An operation", "harness", "ErrorContextMessage"),
        ("A step", "harness", r"ErrorContextStep|\"error-context\", \"message\""),
        ("An event", "harness", "ResourceDtor"),
    ],
)
def test_the_list_of_modules(title: str, package: str, named: str) -> None:
    """The list is complete, and each module on it names the example."""
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*.py")
        if re.search(named, path.read_text(encoding="utf-8"))
    }
    assert {path for path in paths(section(title)) if path.startswith(f"{package}/")} == naming


def test_the_mutant_starts() -> None:
    names: dict[str, Any] = {}
    exec(block("A mutant", "python"), names)
    table = names["TABLE"]
    assert isinstance(table, Table)
    (row,) = table.rows
    assert isinstance(row.fault, Patch)
    row.fault.prove()
    assert shown_plan(row.shown_by, 0).components


def test_the_toolchain_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(block("An adapter", "toml"), encoding="utf-8")
    templates = read(path)
    assert templates.name == "mine"
    assert templates.lacks & {"generate", "link"} == {"link"}


def test_the_case_has_a_plan() -> None:
    text = block("A case", "toml")
    plan = case_plan(parse_case(text, "signs.toml"))
    assert plan.runs and tomllib.loads(text)["step"]
