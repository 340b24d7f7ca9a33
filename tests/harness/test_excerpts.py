"""Both traces around the first event that differs, as results keep them."""

from __future__ import annotations

import pytest

from harness.bench.excerpts import AROUND, WIDEST, excerpt_of
from harness.judge.exhibits import Excerpt
from harness.plan.events import Events
from harness.plan.roles import Role
from harness.trace.event import Event
from harness.trace.events import PushNumber, PushString


def events(numbers: list[int]) -> Events:
    return Events(seen(numbers), [f"at {number}" for number in numbers])


def seen(numbers: list[int]) -> tuple[Event, ...]:
    return tuple(PushNumber("u32", number) for number in numbers)


def lines(numbers: list[int]) -> tuple[str, ...]:
    return tuple(f"push_u32 {number}" for number in numbers)


@pytest.mark.parametrize(
    ("expected", "actual", "first", "at", "left", "right"),
    [
        ([1, 2], [1, 3], 1, 2, [1, 2], [1, 3]),
        ([1, 2], [1], 1, 2, [1, 2], [1]),
        ([1], [1, 2], 1, 2, [1], [1, 2]),
        ([], [2], 1, 1, [], [2]),
        (
            list(range(1, 41)),
            [*range(1, 20), 99],
            20 - AROUND,
            20,
            list(range(20 - AROUND, 21 + AROUND)),
            [*range(20 - AROUND, 20), 99],
        ),
    ],
)
def test_around_the_first_that_differs(
    expected: list[int], actual: list[int], first: int, at: int, left: list[int], right: list[int]
) -> None:
    places = tuple(f"at {number}" for number in left)
    found = excerpt_of(2, Role.DRIVER, events(expected), seen(actual))
    assert found == Excerpt((), 2, Role.DRIVER, first, at, lines(left), lines(right), places)


def test_nothing_where_nothing_differs() -> None:
    assert excerpt_of(1, Role.SUBJECT, events([1]), seen([1])) is None


def test_long_events_are_cut() -> None:
    long = PushString(WIDEST, b"x" * WIDEST)
    found = excerpt_of(1, Role.SUBJECT, Events((long,), ("",)), ())
    assert found is not None and found.expected == (f"{str(long)[:WIDEST]}... ({len(str(long))} characters)",)
