"""Labels of the cells of stacked tables: names of toolchains in them are hostile."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.shown import one_line
from reports.site.environment import style_sheet
from reports.site.labels import MOST, RULES, labels

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


def test_a_table_with_too_many_columns_is_not_stacked() -> None:
    """The style sheet has a rule for each column of those that are."""
    assert labels(["x"] * MOST) and labels(["x"] * (MOST + 1)) == ""
    assert re.findall(r"--label: var\(--c(\d+)\)", style_sheet()) == [str(at) for at in range(1, MOST + 1)]
    assert RULES not in style_sheet()
