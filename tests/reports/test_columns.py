"""Opinions as columns, runs compared, series of numbers, words of pages."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from reports.columns import Column, column_of, columns
from reports.comparison import compare
from reports.history import Series, sizes, throughput
from reports.model import CaseResult, Made, Opinion
from reports.outcomes import Outcome
from reports.site.charts import FRAMES, PlotFrame, chart, stroke
from reports.site.words import percent, seconds, short
from tests.reports.samples import BETTER, BROKEN, FAILED, MIXED, PASSED, RUN


@pytest.mark.parametrize(
    ("toolchain", "key", "label"),
    [
        ("ours", "ours", "ours"),
        ("front end", "front end", "front end"),
        ("ours, beside the first", "ours, beside the first", "ours, beside the first"),
        (MIXED, "reference/ours@winch", "subject by reference, rest by ours, winch"),
        ("subject=reference,driver=ours@winch", "reference/ours@winch", "subject by reference, rest by ours, winch"),
        (
            "subject=a+b,provider=b,driver=a@cranelift",
            "subject=a+b,provider=b,driver=a@cranelift",
            "subject by a+b, provider by b, driver by a, cranelift",
        ),
        ("ours-v2@winch", "ours-v2@winch", "ours-v2@winch"),
        ("=@", "=@", " by , "),
        ("@", "@", "@"),
    ],
)
def test_columns_of_cells(toolchain: str, key: str, label: str) -> None:
    assert column_of(Opinion(toolchain, Outcome.PASS)) == Column(key, label)


def test_order_of_columns() -> None:
    names = ("other", MIXED, "reference", "ours")
    cases = [CaseResult("x", "", Outcome.PASS, tuple(Opinion(name, Outcome.PASS) for name in names))]
    assert [c.label for c in columns(cases, ["ours", "reference", "unused"])] == [
        "ours", "reference", "subject by reference, rest by ours", "other"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [("pass", "fail", "worse"), ("fail", "pass", "better"), ("fail", "tool panicked", "other"),
     ("pass", "skip", "other"), ("", "pass", "added"), ("pass", "", "gone")],
)  # fmt: skip
def test_kinds_of_changes(before: str, after: str, kind: str) -> None:
    runs = [
        replace(RUN, cases=(replace(PASSED, outcome=Outcome(o), opinions=()),) if o else ()) for o in (before, after)
    ]
    (change,) = compare(*runs).changes
    assert (change.before, change.after, change.kind) == (before, after, kind)


def test_the_same_is_no_change() -> None:
    comparison = compare(RUN, RUN)
    assert (comparison.changes, comparison.same) == ((), len(RUN.cases))
    assert compare(RUN, BETTER).same == 3


def test_sizes_are_those_of_common_cases() -> None:
    more = replace(PASSED, name="more", made=(Made("ours", 9000, 1),))
    grown = replace(PASSED, made=(Made("ours", 360, 4000),))
    series = sizes([replace(RUN, cases=(PASSED, FAILED)), replace(RUN, cases=(grown, more))])
    assert series == [Series("ours", (300.0, 360.0)), Series("reference", (None, None))]
    assert sizes([]) == []


def test_throughput() -> None:
    cases, calls = throughput([RUN, BROKEN, replace(RUN, seconds=0.0)])
    assert cases.values == (2.5, None, None), "a run that broke off has no speed"
    assert calls.values == (6.0, None, None)


@pytest.mark.parametrize("top", [0.0, 0.3, 1.0, 7.0, 999.0, 123456.0])
def test_charts_begin_at_zero_and_hold_all(top: float) -> None:
    drawn = chart("c", "t", "u", [Series("s", (0.0, None, top))], ["a", "b", "c"])
    assert drawn.has_points and len(drawn.plots) == len(FRAMES) == 2
    for frame, plot in zip(FRAMES, drawn.plots, strict=True):
        lowest, label = plot.ticks[0]
        assert (round(lowest), label) == (frame.bottom, "0")
        heights = [y for _, y in plot.lines[0].points]
        assert heights[0] == frame.bottom and all(frame.top <= y <= frame.bottom for y in heights)
        assert len(plot.lines[0].pieces) == 2, "what a run does not have is a gap"
        if top:
            assert heights[1] <= frame.bottom - (frame.bottom - frame.top) * 0.39, "the scale fits"


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.kind)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 30, 365])
def test_labels_under_a_chart_have_room(frame: PlotFrame, count: int) -> None:
    """The last run always has one; those of many runs are thinned out evenly."""
    labels = [f"run {number}" for number in range(1, count + 1)]
    plots = chart("c", "t", "u", [Series("s", (1.0,) * count)], labels).plots
    named = next(plot for plot in plots if plot.kind == frame.kind).labels
    assert [text for _, text, _ in named][-1:] == labels[-1:]
    places = [place for place, _, _ in named]
    assert all(after - before >= 60 for before, after in pairwise(places))
    assert all(frame.left <= place <= frame.right for place in places)
    assert len(named) >= min(count, 3)


def test_a_chart_without_numbers() -> None:
    assert not chart("c", "t", "u", [Series("s", (None,))], ["a"]).has_points


def test_lines_differ() -> None:
    strokes = [stroke(number) for number in range(16)]
    assert len(set(strokes)) == 16
    for part in (0, 1):
        assert len({words.split()[part] for words in strokes[:4]}) == 4


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "–"), (0, 5, "0 %"), (5, 5, "100 %"), (1, 2, "50 %"), (1, 3, "33.3 %"), (99_999, 100_000, "99.9 %"),
     (1, 100_000, "0.1 %")],
)  # fmt: skip
def test_percent(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0021, "2 ms"), (1.26, "1.3 s"), (119.96, "120.0 s"), (3725, "62 min 5 s")]
)
def test_seconds(value: float, text: str) -> None:
    assert seconds(value) == text


def test_every_outcome_has_a_short_word_of_its_own() -> None:
    words = [short(outcome) for outcome in Outcome]
    assert len(set(words)) == len(Outcome) and max(map(len, words)) <= 10
