"""`random.Random` over choices: one choice a draw, and the lowest is the first."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fuzz.adapter import SourceRandom
from harness.values.sampling import Sampler
from harness.world import types as t
from tests.harness.fuzz.sources import GivenSource


@pytest.mark.parametrize(
    ("draw", "lowest"),
    [
        (lambda r: r.random(), 0.0),
        (lambda r: r.getrandbits(64), 0),
        (lambda r: r.randrange(7), 0),
        (lambda r: r.randrange(3, 9, 2), 3),
        (lambda r: r.randint(-4, 4), -4),
        (lambda r: r.choice("xyz"), "x"),
    ],
)
def test_the_lowest_choice(draw: Callable[[Random], Any], lowest: object) -> None:
    source = GivenSource()
    assert draw(SourceRandom(source)) == lowest
    assert source.count == 1


@given(st.integers(0, 1 << 70), st.integers(1, 50))
def test_draws_stay_in_their_ranges(choice: int, size: int) -> None:
    def random() -> SourceRandom:
        return SourceRandom(GivenSource([choice] * 3))

    assert 0 <= random().random() < 1
    assert 0 <= random().getrandbits(size) < 1 << size
    assert random().randrange(size) in range(size)
    assert random().choice(range(size)) in range(size)
    assert random().randint(-size, size) in range(-size, size + 1)
    assert sorted(random().sample(range(size), size)) == list(range(size))


@pytest.mark.parametrize("draw", [lambda r: r.randrange(0), lambda r: r.randrange(3, 3)])
def test_an_empty_range(draw: Callable[[Random], int]) -> None:
    with pytest.raises(ValueError, match="empty range"):
        draw(SourceRandom(GivenSource()))


def test_an_empty_sequence() -> None:
    with pytest.raises(IndexError):
        SourceRandom(GivenSource()).choice([])


@given(st.lists(st.integers(0, 1000), max_size=40))
def test_values_come_from_choices(choices: list[int]) -> None:
    type = t.List(t.Tuple((t.Prim.S8, t.Prim.STRING, t.Option(t.Prim.F64))))

    def sample() -> object:
        return Sampler(SourceRandom(GivenSource(choices))).sample(type)

    assert sample() == sample()
