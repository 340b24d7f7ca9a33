"""Lines of TOML keys: a table of small texts, and a law over whatever the standard parser takes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.toml_positions import KeyPath, Position, positions

TABLE: list[tuple[str, dict[KeyPath, int]]] = [
    ("", {}),
    ("a = 1\nb = 2", {("a",): 1, ("b",): 2}),
    ("# x\n\na.b = 1\na.c = 2\n", {("a",): 3, ("a", "b"): 3, ("a", "c"): 4}),
    ('"x.y" = 1\n\'z w\'."\\u0041" = 2', {("x.y",): 1, ("z w",): 2, ("z w", "A"): 2}),
    ("[t]\nk = 1\n[t.u]\nk = 2", {("t",): 1, ("t", "k"): 2, ("t", "u"): 3, ("t", "u", "k"): 4}),
    ("[[s]]\nk = 1\n[[s]]\nk = 2", {("s",): 1, ("s", 0): 1, ("s", 0, "k"): 2, ("s", 1): 3, ("s", 1, "k"): 4}),
    (
        "[[s]]\n[[s.t]]\nk = 1",
        {("s",): 1, ("s", 0): 1, ("s", 0, "t"): 2, ("s", 0, "t", 0): 2, ("s", 0, "t", 0, "k"): 3},
    ),
    ('a = """\n[b]\nc = 1\n"""""\nd = 1', {("a",): 1, ("d",): 5}),
    ("a = '''\n[b] = '\n''c''''\nd = 1", {("a",): 1, ("d",): 4}),
    ('a = "#" # "\nb = \'\\\'\nc = 1', {("a",): 1, ("b",): 2, ("c",): 3}),
    ("a = [\n  1, # [\n  [2],\n]\nb = 1", {("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, 0): 3, ("b",): 5}),
    (
        "a = [\n  {x = 1},\n  {y.z = [1]},\n]",
        {
            ("a",): 1,
            ("a", 0): 2,
            ("a", 0, "x"): 2,
            ("a", 1): 3,
            ("a", 1, "y"): 3,
            ("a", 1, "y", "z"): 3,
            ("a", 1, "y", "z", 0): 3,
        },
    ),
    ("d = 1979-05-27 07:32:00\ne = -inf\nf = {}\ng = []", {("d",): 1, ("e",): 2, ("f",): 3, ("g",): 4}),
    ("a = 1\r\nb = 2\r\n", {("a",): 1, ("b",): 2}),
]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text[:20] for text, _ in TABLE])
def test_lines_of_keys(text: str, expected: dict[KeyPath, int]) -> None:
    assert {path: line for path, (line, _) in positions(text).items()} == expected


COLUMNS: list[tuple[str, dict[KeyPath, Position]]] = [
    ("a = 1\n  b = 2", {("a",): (1, 1), ("b",): (2, 3)}),
    ("[ t ]\n\tk.l = 1", {("t",): (1, 1), ("t", "k"): (2, 2), ("t", "k", "l"): (2, 2)}),
    ("  [[s]]\r\n k = 1", {("s",): (1, 3), ("s", 0): (1, 3), ("s", 0, "k"): (2, 2)}),
    ("ä = [1, [2],\n  {x = 1}]".replace("ä", '"ä"'), {("ä",): (1, 1), ("ä", 0): (1, 8), ("ä", 1): (1, 11)}),
    ("a = {b = {c = 1}}", {("a",): (1, 1), ("a", "b"): (1, 6), ("a", "b", "c"): (1, 11)}),
]


@pytest.mark.parametrize(("text", "expected"), COLUMNS)
def test_columns_of_keys(text: str, expected: dict[KeyPath, Position]) -> None:
    found = positions(text)
    assert {path: found[path] for path in expected} == expected


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from paths(inner, (*path, key))


PIECES = [
    *("a", "b", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\n", "\n", " ", "#", "1", "true"),
    *('"', "'", '"""', "'''", "\\", "[t]\n", "[[s]]\n", "[[s.t]]\n", "k = 1\n", "x.y = [\n", "1979-05-27 07:32:00"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_every_value_has_a_line(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(positions(text)) == set(paths(data))


@pytest.mark.parametrize(
    ("text", "keys"),
    [("[a]" + " " * 200_000, 1), ("\n" * 200_000, 0), ("a = [" + "[],\n" * 100_000 + "]", 100_001)],
)
def test_a_text_is_gone_through_once(text: str, keys: int) -> None:
    """Patterns that backtrack took minutes for each of these."""
    assert len(positions(text)) == keys
