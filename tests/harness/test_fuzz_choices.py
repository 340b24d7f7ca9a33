"""Choices: recorded, replayed, shrunk."""

from __future__ import annotations

import random

import pytest

from harness.fuzz.choices import NotFailing, RandomSource, Source, repeat
from harness.fuzz.shrinking import shrink


def lists(source: Source) -> list[list[int]]:
    return [[source.integer(0, 255) for _ in repeat(source, 0, 8, "value", 4)] for _ in repeat(source, 1, 8, "list", 4)]


def large(source: Source) -> bool:
    return any(value >= 200 for values in lists(source) for value in values)


@pytest.mark.parametrize("seed", range(12))
def test_a_failing_sequence_shrinks_to_one_value(seed: int) -> None:
    source = RandomSource(random.Random(seed))
    if not any(value >= 200 for values in lists(source) for value in values):
        with pytest.raises(NotFailing, match="does not fail"):
            shrink(source.choices, large)
        return
    assert shrink(source.choices, large) == [1, 200, 0, 0]


def test_the_same_seed_gives_the_same_choices() -> None:
    first, second = RandomSource(random.Random(7)), RandomSource(random.Random(7))
    assert lists(first) == lists(second)
    assert first.choices == second.choices
