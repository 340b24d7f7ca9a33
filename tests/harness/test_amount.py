"""A limit on the values of a case: a clear refusal in the place of memory that runs out."""

from __future__ import annotations

import pytest

from harness.link_cases.prepare import prepare
from harness.planner.cases import case_plan
from harness.suite.case import CaseError, parse_case
from harness.suite.link_case import parse_link_case
from harness.values import amount as amounts
from harness.values.amount import amount
from harness.values.values import NONE, Value, some
from harness.values.wave_parser import from_wave
from harness.world import types as t

HEAD = 'title = "t"\nwhy = "w"\norigin = "own"\n'
WIT = "package a:b; interface x {{ f: func(a: {}); }} world w {{ export x; }}"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("", 0),
        ("abc", 3),
        (7, 0),
        (("ab", "c"), 19),
        (((1, 2), (3,)), 40),
        (some(("ab",)), 10),
        (NONE, 0),
        (("x" * 1000,) * 1000, 1_008_000),
    ],
)
def test_the_amount(value: Value, wanted: int) -> None:
    assert amount(value) == wanted


def test_what_is_shared_is_looked_at_once() -> None:
    text = 'repeat(100000, [repeat(100000, [repeat(100000, "x")])])'
    assert amount(from_wave(text, t.List(t.List(t.Prim.STRING)))) > 10**15


@pytest.mark.parametrize(
    ("type", "value", "link"),
    [
        ("list<string>", '[repeat(80, "x")]', False),
        ("list<string>", 'repeat(10, [""])', False),
        ("string", 'repeat(80, "x")', False),
        ("string", 'repeat(80, "x")', True),
    ],
)
def test_the_values_of_a_case(type: str, value: str, link: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """All count together: here those of the third step are too much."""
    monkeypatch.setattr(amounts, "MOST", 230)
    library = "[[library]]\nname = 'a'\nwat = '(module)'\n" if link else ""
    steps = [f"[[step]]\ncall = 'a:b/x#f'\nargs = ['''{value}''']\n"] * 3
    head = f"{HEAD}wit = '{WIT.format(type)}'\n{library}"
    read = (
        (lambda text: prepare(parse_link_case(text, "p"))) if link else (lambda text: case_plan(parse_case(text, "p")))
    )
    assert read(head + "".join(steps[:2]))
    with pytest.raises(CaseError, match=rf"^p:{16 if link else 13}:.*more than 230 characters .*use fewer or shorter"):
        read(head + "".join(steps))
