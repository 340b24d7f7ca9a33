"""`benchmarks.site`: the large result has as many cases as were asked for, and a missing browser is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.site import main, repeated
from reports.json_form import to_json
from tests.reports import chromium
from tests.reports.samples import CASES, RUN


@pytest.fixture
def result(tmp_path: Path) -> str:
    file = tmp_path / "result.json"
    file.write_text(json.dumps(to_json(RUN)))
    return str(file)


@pytest.mark.parametrize("count", [1, 3, len(CASES), 2 * len(CASES) + 1, 40])
def test_cases_are_repeated_under_other_names(count: int) -> None:
    run = repeated(RUN, count)
    names = [case.name for case in run.cases]
    assert len(set(names)) == count and names == sorted(names) and run.complete
    assert {case.title for case in run.cases} <= {case.title for case in CASES}
    assert {name.rpartition("-")[0] for name in names} <= {case.name for case in CASES}


@pytest.mark.skipif(bool(chromium.why_not()), reason=chromium.why_not() or "-")
def test_each_page_has_a_row_for_each_screen(result: str, tmp_path: Path) -> None:
    words = [result, "--cases", "12", "--few", "3", "--runs", "1", "--keep", str(tmp_path / "sites")]
    done = CliRunner().invoke(main, words, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    for page in ("index", "matrix", "findings", "coverage"):
        rows = [line.split("│")[1:] for line in done.output.splitlines() if f" {page} " in line]
        assert [row[1].strip() for row in rows] == ["desktop", "phone"]
        assert all(float(row[3]) > 0 for row in rows), "milliseconds"
    assert "site of 12 cases" in done.output
    assert (tmp_path / "sites" / "many" / "matrix.html").read_text().count('scope="row"') == 12


def test_without_a_browser(result: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "NAMES", ("no-such-browser",))
    done = CliRunner().invoke(main, [result])
    assert done.exit_code == 1
    assert "install Debian's package `chromium`" in done.output


def test_a_result_without_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "why_not", str)
    file = tmp_path / "result.json"
    file.write_text(json.dumps({**to_json(RUN), "cases": []}))
    done = CliRunner().invoke(main, [str(file)])
    assert done.exit_code == 1
    assert "has no cases: `harness run cases/ --json" in done.output
