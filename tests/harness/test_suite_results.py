"""The results of the suite's tests, joined and drawn."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cases.results import joined
from reports.model import CaseResult, Run, Tool
from reports.outcomes import Outcome
from reports.reading import read
from tests.harness.command import harness_here

ROOT = Path(__file__).resolve().parents[2]
SHOWN = ("base.html", "macros.html", "matrix.html", "style.css")
"""What docs/report.png shows."""
PART = Run("2026-01-02T00:00:00Z", 2.0, "pytest", (Tool("ours", "generator", "1"),), "winch", planned=1)


def _part(name: str, **more: object) -> Run:
    return dataclasses.replace(PART, cases=(CaseResult(name, "", Outcome.PASS),), **more)  # type: ignore[arg-type]


def test_parts_are_joined_in_the_order_of_names() -> None:
    run = joined([_part("b/x"), _part("a/y", started="2026-01-01T00:00:00Z", seconds=5.0)])
    assert [case.name for case in run.cases] == ["a/y", "b/x"]
    assert (run.started, run.seconds, run.planned, run.complete) == ("2026-01-01T00:00:00Z", 5.0, 2, True)


@pytest.mark.parametrize(
    ("parts", "why"), [([], "there are no results"), ([_part("a"), _part("b", tools=())], "different tools")]
)
def test_what_is_not_one_run(parts: list[Run], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        joined(parts)


@pytest.mark.slow
def test_the_tests_of_the_suite_write_results_that_are_drawn(tmp_path: Path) -> None:
    results = tmp_path / "results"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "cases/enums",
        "cases/refusals/hyphens.toml",
    ]
    environment = {**os.environ, "SUITE_RESULTS": str(results)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stdout
    suite = tmp_path / "suite.json"
    words = [sys.executable, "-m", "cases.results", str(results), "-o", str(suite)]
    subprocess.run(words, cwd=ROOT, check=True, timeout=60)
    run = read(str(suite), suite.read_text())
    assert isinstance(run, Run) and run.complete and run.good
    assert "refusals/hyphens" in [case.name for case in run.cases] and len(run.cases) > 1
    assert all(case.source and (case.made or case.ran.refusals) for case in run.cases)
    assert harness_here("report", str(suite), "-o", str(tmp_path / "report"), cwd=tmp_path).code == 0
    assert "refusals/hyphens" in (tmp_path / "report" / "matrix.html").read_text()


def test_the_picture_shows_todays_matrix() -> None:
    """A changed look needs a new picture: nothing else would notice that the old one is wrong."""
    digest = hashlib.sha256()
    for name in SHOWN:
        digest.update((ROOT / "reports" / "site" / "templates" / name).read_bytes())
    noted = (ROOT / "docs" / "report.drawn-from").read_text().split()[-1]
    assert noted == digest.hexdigest(), (
        "the look of the matrix has changed: draw docs/report.png again (matrix.html of a report of the suite, 1200 "
        f"pixels wide) and write {digest.hexdigest()} into docs/report.drawn-from"
    )
