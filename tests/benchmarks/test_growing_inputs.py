"""The inputs of `benchmarks.growth` are what their rows say: WIT that loads, or that is refused for one reason."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchmarks.growing_inputs import PLAN_ROWS, WIT_ROWS, Growing, empty_library, library_names, plan
from benchmarks.growth import exponent
from generator.errors import WitError
from generator.link.library import read_library
from generator.sources.load import load_text, select_world


@pytest.mark.parametrize("size", [1, 2, 70])
@pytest.mark.parametrize("growing", (*WIT_ROWS, *PLAN_ROWS), ids=lambda growing: growing.name)
def test_wit_loads(growing: Growing, size: int) -> None:
    text = growing.wit(size)
    if growing.valid:
        resolve, package = load_text(text, "input.wit")
        assert resolve.worlds[select_world(resolve, package, "w")].name == "w"
    else:
        with pytest.raises(WitError, match="this string has no end"):
            load_text(text, "input.wit")


@pytest.mark.parametrize("growing", (*WIT_ROWS, *PLAN_ROWS), ids=lambda growing: growing.name)
def test_wit_grows_in_proportion(growing: Growing) -> None:
    one, two = (len(growing.wit(size)) - len(growing.wit(1)) for size in (200, 400))
    assert 1.8 < two / one < 2.3


def test_each_library_needs_the_next() -> None:
    names = library_names(3, "last.so")
    assert names == [("lib0.so", "lib1.so"), ("lib1.so", "lib2.so"), ("lib2.so", "last.so")]
    for name, needed in names:
        assert list(read_library(name, empty_library(needed)).contents.dylink.needed) == [needed]


@pytest.mark.parametrize(
    ("base", "before", "last", "expected"),
    [
        (0, 1, 2, 1.0),
        (1, 2, 5, 2.0),
        (1, 1, 5, None),  # nothing grew before
        (1, 1.05, 1.05, None),  # noise
    ],
)
def test_exponent(base: float, before: float, last: float, expected: float | None) -> None:
    found = exponent(base, before, last, 0.1)
    assert found is None if expected is None else found is not None and math.isclose(found, expected)


@pytest.mark.parametrize("growing", PLAN_ROWS, ids=lambda growing: growing.name)
def test_all_of_it_is_planned(growing: Growing, tmp_path: Path) -> None:
    (tmp_path / "input.wit").write_text(growing.wit(5))
    made = plan(str(tmp_path / "input.wit"))
    assert made.unsupported == ()
    assert len({name for run in made.runs for name in run.functions}) >= 5
