"""An outcome, added by the recipe: `too large`, for whatever a component does."""

from __future__ import annotations

import json
from pathlib import Path

from tests.recipes.copied import Copy, Edit
from tests.recipes.text import paths, section

OUTCOME = (
    Edit("reports/outcomes.py", '    INVALID_OUTPUT = "invalid output"\n', '    TOO_LARGE = "too large"\n'),
    Edit("harness/judge/verdict.py", "SEVERITY = (\n", "    Outcome.TOO_LARGE,\n"),
    Edit("harness/cli/exits.py", "_OF_BAD = {\n", "    Outcome.TOO_LARGE: BROKEN,\n"),
)
DECIDED = Edit(
    "harness/judge/cell_findings.py",
    "    for number, observation in enumerate(run.observations):\n        limit = limit_reached(observation)\n",
    '        findings.append(Finding(Outcome.TOO_LARGE, "more than one call", run=number + 1))\n',
)
CASE = """
title = "A call"
why = "It is enough."
origin = "own"
wit = "package a:b; world w { import f: func(); }"

[[step]]
call = "f"
"""


def test_the_recipe_lists_these_files() -> None:
    assert {edit.path for edit in OUTCOME} == {path for path in paths(section("An outcome")) if path.endswith(".py")}


def test_it_is_an_outcome_everywhere(tmp_path: Path) -> None:
    copy = Copy(tmp_path, *OUTCOME, DECIDED)
    case, results, site = copy.file("case.toml", CASE), tmp_path / "results.json", tmp_path / "site"

    said = copy.harness("run", case, "--no-reference", "--json", results, code_of_exit=3)
    assert "1 case: 1 too large" in said and "more than one call" in said
    assert [found["outcome"] for found in json.loads(results.read_text(encoding="utf-8"))["cases"]] == ["too large"]
    assert "too large" in copy.harness("schema", "result")
    assert "too large" in copy.harness("report", results, "--format", "markdown")
    copy.harness("report", results, "-o", site)
    assert "too large" in (site / "index.html").read_text(encoding="utf-8")
