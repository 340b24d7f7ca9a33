"""A static site of result files: paths and texts of its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports.comparison import KINDS, compare
from reports.history import sizes, throughput
from reports.inputs import Inputs, ResultFile
from reports.model import Run
from reports.site import views
from reports.site.charts import chart
from reports.site.environment import fill, style_sheet
from reports.site.names import case_files

HEADINGS = {
    "worse": "Worse",
    "better": "Better",
    "other": "Changed otherwise",
    "added": "Only after",
    "gone": "Only before",
}


@dataclass(frozen=True, slots=True)
class Site:
    """A site shows the last of several runs, and compares it with the one before."""

    inputs: Inputs

    def pages(self) -> Iterator[tuple[str, str]]:
        """The path of each file, with `/`, and its text."""
        yield "style.css", style_sheet()
        runs = self.inputs.runs
        run = runs[-1][1] if runs else None
        files = case_files(case.name for case in run.cases) if run is not None else []
        yield self._page("index.html", "Overview", views.index(run) if run is not None else {})
        if run is not None:
            yield self._page("matrix.html", "Matrix", views.matrix(run, files))
            yield self._page("findings.html", "Findings", views.findings(run, files))
            yield self._page("coverage.html", "Coverage", views.coverage(run, files))
            yield self._page("history.html", "Sizes and speed", _history(runs))
        if len(runs) > 1:
            yield self._page("comparison.html", "Comparison", _comparison(runs[-2], runs[-1], files))
        if self.inputs.mutants:
            yield self._page("mutants.html", "Mutants", {"mutants": self.inputs.mutants})
        if self.inputs.campaigns:
            yield self._page("fuzz.html", "Fuzzing", {"campaigns": self.inputs.campaigns})
        for case, file in zip(run.cases if run is not None else (), files, strict=True):
            yield self._page(file, case.name, views.case_page(case), "case.html")

    def _page(self, path: str, title: str, values: dict[str, Any], template: str = "") -> tuple[str, str]:
        runs = self.inputs.runs
        common = {
            "title": title,
            "here": path,
            "root": "../" * path.count("/"),
            "navigation": self._navigation(),
            "inputs": self.inputs.files,
            "shown_run": runs[-1][0] if runs else None,
            "broken": self.inputs.broken,
        }
        return path, fill(template or path, {**common, **values})

    def _navigation(self) -> list[tuple[str, str]]:
        runs = self.inputs.runs
        every = (
            ("index.html", "Overview", True),
            ("matrix.html", "Matrix", bool(runs)),
            ("findings.html", "Findings", bool(runs)),
            ("coverage.html", "Coverage", bool(runs)),
            ("mutants.html", "Mutants", bool(self.inputs.mutants)),
            ("fuzz.html", "Fuzzing", bool(self.inputs.campaigns)),
            ("history.html", "Sizes and speed", bool(runs)),
            ("comparison.html", "Comparison", len(runs) > 1),
        )
        return [(path, label) for path, label, there in every if there]


def _history(inputs: Sequence[tuple[ResultFile, Run]]) -> dict[str, Any]:
    runs = [run for _, run in inputs]
    labels = [f"run {number}" for number in range(1, len(runs) + 1)]
    cases, calls = throughput(runs)
    charts = [
        chart("sizes", "Size of a library", "Mean bytes, over the cases that all runs have.", sizes(runs), labels),
        chart("cases", "Cases per second", "Of the whole run, with all its workers.", [cases], labels),
        chart("calls", "Calls per second", "Of the whole run, with all its workers.", [calls], labels),
    ]
    return {"charts": charts, "labels": [(label, input) for label, (input, _) in zip(labels, inputs, strict=True)]}


def _comparison(before: tuple[ResultFile, Run], after: tuple[ResultFile, Run], files: Sequence[str]) -> dict[str, Any]:
    comparison = compare(before[1], after[1])
    by_name = {case.name: file for case, file in zip(after[1].cases, files, strict=True)}
    return {
        "before": before[0],
        "after": after[0],
        "comparison": comparison,
        "kinds": [(kind, HEADINGS[kind]) for kind in KINDS],
        "files": {change.name: by_name.get(change.name, "") for change in comparison.changes},
    }
