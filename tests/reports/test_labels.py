"""Labels of the cells of stacked tables: names of toolchains in them are hostile."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.shown import one_line
from reports.site.environment import style_sheet
from reports.site.labels import MOST, RULES, further_rules, labels

_ESCAPE = re.compile(r"\\([0-9a-f]{1,6}) ")


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (["Case", ("Calls", "number")], "--c1: 'Case'; --c2: 'Calls'"),
        (["a'; color: red"], r"--c1: 'a\27 \3b  color\3a  red'"),
        (["</style>"], r"--c1: '\3c /style\3e '"),
        (["\\"], r"--c1: '\5c '"),
        (["é"], r"--c1: '\e9 '"),
    ],
)
def test_labels(columns: list[str | tuple[str, str]], text: str) -> None:
    assert labels(columns) == text


@given(st.text())
def test_a_label_is_one_string_that_means_the_name(name: str) -> None:
    before, text, after = labels([name]).split("'")
    assert (before, after) == ("--c1: ", "")
    assert _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) == one_line(name)


@pytest.mark.parametrize("columns", [1, MOST, MOST + 1, 40])
def test_each_column_has_a_rule(columns: int) -> None:
    """In the style sheet, or in the page of a table with more columns."""
    found = re.findall(r"nth-child\((\d+)\) \{ --label: var\(--c(\d+)\)", style_sheet() + further_rules(columns))
    assert found == [(str(at), str(at)) for at in range(1, max(columns, MOST) + 1)]
    assert labels(["x"] * columns).count("--c") == columns
    assert RULES not in style_sheet()
