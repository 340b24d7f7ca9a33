"""The contents of each page of a run, computed before a template draws it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any

from reports.columns import Column, columns, opinions_by_column
from reports.coverage import (
    DIRECTIONS,
    FUNCTION,
    FUNCTION_FEATURES,
    LIBRARIES,
    LINK,
    LINK_FEATURES,
    NEGATIVE,
    POSITIONS,
    REACTIONS,
    STAGES,
    TYPE_FEATURES,
    interface_counts,
    squares,
)
from reports.joined import joined
from reports.model import CaseResult, Excerpt, Finding, Opinion, Run
from reports.outcomes import Outcome

MAX_FINDINGS = 12
"""Findings of one opinion on a page."""
MAX_MESSAGE = 400


@dataclass(frozen=True, slots=True)
class Row:
    """A case and where its page is."""

    case: CaseResult
    file: str
    classes: str = ""
    outcomes: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The first finding that no expectation explains."""
        opinions = sorted(self.case.opinions, key=lambda opinion: opinion.outcome.good)
        found = next((f"{o.toolchain}: {o.findings[0].message}" for o in opinions if o.findings), self.case.reason)
        return found if len(found) <= MAX_MESSAGE else f"{found[:MAX_MESSAGE]}..."


def index(run: Run) -> dict[str, Any]:
    by_area: dict[str, Counter[str]] = {}
    for case in run.cases:
        by_area.setdefault(case.area, Counter())[case.outcome] += 1
    return {
        "counts": run.counts(),
        "totals": {
            "calls": sum(case.ran.calls for case in run.cases),
            "refusals": sum(case.ran.refusals for case in run.cases),
        },
        "areas": [(area, counts.total(), counts) for area, counts in sorted(by_area.items())],
    }


@dataclass(frozen=True, slots=True)
class FilterButton:
    """A radio button; without an id, all rows pass."""

    id: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Filter:
    """`hides`: the elements that a choice hides unless they have its class."""

    name: str
    legend: str
    hides: str
    choices: tuple[FilterButton, ...]


def matrix(run: Run, files: Sequence[str]) -> dict[str, Any]:
    """Rows, and groups of rows of one area, have a class for each choice that shows them; the style sheet hides the
    others. Most choices are areas, and a browser compares each with few groups, not with each row."""
    cases = run.cases
    shown = columns(cases, [tool.name for tool in run.tools])
    areas = {area: number for number, area in enumerate(sorted({case.area for case in cases}))}
    rows = [_row(case, file, shown) for case, file in zip(cases, files, strict=True)]
    groups = [(f"a{areas[area]}", list(of)) for area, of in groupby(rows, lambda row: row.case.area)] or [("", [])]
    counts = Counter(name for row in rows for name in (f"a{areas[row.case.area]}", *row.classes.split()))
    everything = FilterButton("", "all", len(rows))
    outcomes = [FilterButton(f"o{n}", o, counts[f"o{n}"]) for n, o in enumerate(Outcome) if counts[f"o{n}"]]
    tools = [FilterButton(f"t{n}", column.label, counts[f"t{n}"]) for n, column in enumerate(shown)]
    by_area = (FilterButton(f"a{n}", area, counts[f"a{n}"]) for area, n in areas.items())
    filters = (
        Filter("area", "Area", "tbody", (everything, *by_area)),
        Filter("outcome", "Outcome of the case", "tbody tr", (everything, *outcomes)),
        Filter("tool", "Not passed by", "tbody tr", (FilterButton("", "any", len(rows)), *tools)),
    )
    return {"columns": shown, "groups": groups, "count": len(rows), "filters": filters}


def _row(case: CaseResult, file: str, shown: Sequence[Column]) -> Row:
    opinions = opinions_by_column(case)
    outcomes = tuple(opinions[column.key].outcome if column.key in opinions else "" for column in shown)
    wrong = [f"t{number}" for number, outcome in enumerate(outcomes) if outcome not in ("", Outcome.PASS)]
    classes = [f"o{list(Outcome).index(case.outcome)}", *wrong]
    return Row(case, file, " ".join(classes), outcomes)


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event of a trace, or where there is none; `first`: the first that differs."""

    number: int
    expected: str | None
    seen: str | None
    place: str
    first: bool


def case_page(case: CaseResult) -> dict[str, Any]:
    worlds: dict[str, list[str]] = {}
    for made in case.made:
        if made.wit:
            worlds.setdefault(made.wit, []).append(made.toolchains)
    return {
        "case": case,
        "told": list(_told(case)),
        "excerpts": [
            {"run": e.run, "role": e.role, "at": e.at, "cells": e.cells, "rows": _lines(e)} for e in case.excerpts
        ],
        "worlds": [(names, wit) for wit, names in worlds.items()],
    }


def _told(case: CaseResult) -> Iterator[tuple[Opinion, Sequence[Finding], int]]:
    for opinion in case.opinions:
        if opinion.findings:
            findings = joined(opinion.findings)
            yield opinion, findings[:MAX_FINDINGS], max(0, len(findings) - MAX_FINDINGS)


def _lines(excerpt: Excerpt) -> list[EventLine]:
    rows = zip_longest(excerpt.expected, excerpt.seen, excerpt.places)
    return [
        EventLine(number, expected, seen, place or "", number == excerpt.at)
        for number, (expected, seen, place) in enumerate(rows, excerpt.first)
    ]


@dataclass(slots=True)
class KnownFault:
    """A known fault and the cases that showed it."""

    id: str
    reason: str
    minorities: list[str]
    rows: list[Row]


def findings(run: Run, files: Sequence[str]) -> dict[str, Any]:
    rows = [Row(case, file) for case, file in zip(run.cases, files, strict=True)]
    known: dict[str, KnownFault] = {}
    for row in rows:
        seen = {opinion.expectation: opinion.reason for opinion in row.case.opinions if opinion.expectation}
        for id, reason in seen.items():
            fault = known.setdefault(id, KnownFault(id, reason, [], []))
            fault.rows.append(row)
            if row.case.minority and row.case.minority not in fault.minorities:
                fault.minorities.append(row.case.minority)
    skipped = [(row, row.case.reason) for row in rows if row.case.outcome is Outcome.SKIP]
    skipped += [(row, item) for row in rows for item in row.case.unsupported if item != row.case.reason]
    fresh = [row for row in rows if not row.case.good]
    return {"fresh": fresh, "known": sorted(known.values(), key=lambda f: -len(f.rows)), "skipped": skipped}


def coverage(run: Run, files: Sequence[str]) -> dict[str, Any]:
    found = squares(run.cases)
    counts = interface_counts(run.cases)
    tables = []
    for title, caption, features, directions, positions in (
        ("Types", "Types of values that crossed, by direction and position.", TYPE_FEATURES, DIRECTIONS, POSITIONS[1:]),
        ("Functions", "Kinds of functions that were called.", FUNCTION_FEATURES, DIRECTIONS, (FUNCTION,)),
        ("Linking", "What link cases need of a linker.", LINK_FEATURES, (LINK,), (LIBRARIES,)),
        ("Negative cases", "Tables with rows about a stage that refuses.", STAGES, (NEGATIVE,), REACTIONS),
    ):
        rows = [(feature, [_square(found, files, feature, d, p) for d in directions for p in positions])
                for feature in features]  # fmt: skip
        every = [square for _, row in rows for square in row]
        tables.append(
            {
                "title": title,
                "caption": caption,
                "directions": directions,
                "positions": positions,
                "columns": [f"{direction} {position}" for direction in directions for position in positions],
                "rows": rows,
                "squares": len(every),
                "empty": every.count(None),
            }
        )
    return {"tables": tables, "interface": [(name, counts[name]) for name in run.interface]}


def _square(found: Any, files: Sequence[str], feature: str, direction: str, position: str) -> dict[str, Any] | None:
    square = found.get((feature, direction, position))
    return None if square is None else {"cases": square.cases, "file": files[square.example]}
