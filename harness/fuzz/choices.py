"""Choices: everything random in the fuzzer is drawn as bounded integers, so that hypothesis can shrink it.

A world, its values and its scripts are a function of a sequence of choices. `RandomSource` draws them from a seed and
keeps them; `shrinking.py` makes a kept sequence simpler.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class Source(Protocol):
    """A source of choices. Smaller numbers must mean simpler things, because shrinking tends to 0."""

    def integer(self, low: int, high: int) -> int:
        """An integer of the closed range."""
        ...

    def span(self, label: str) -> AbstractContextManager[None]:
        """The choices inside belong together: shrinking may delete or reorder them as a whole."""
        ...


def weighted(source: Source, items: Sequence[tuple[int, T]]) -> T:
    """One of `items`, in proportion to its weight; the first item is the simplest."""
    total = sum(weight for weight, _ in items)
    at = source.integer(0, total - 1)
    for weight, item in items:
        if at < weight:
            return item
        at -= weight
    raise AssertionError("the weights cover the range")


def choose(source: Source, items: Sequence[T]) -> T:
    """One of `items`; the first is the simplest."""
    return items[source.integer(0, len(items) - 1)]


def chance(source: Source, one_in: int) -> bool:
    """True once in `one_in` times; False is simpler."""
    return source.integer(0, one_in - 1) == one_in - 1


def repeat(source: Source, low: int, high: int, label: str, mean: int = 3) -> Iterator[int]:
    """Between `low` and `high` rounds, about `mean` beyond `low`, each a span that shrinking can delete by itself.

    "One more?" is asked before each round, because a count drawn ahead could not be lowered by deleting a round.
    """
    for done in range(high):
        with source.span(label):
            if done >= low and source.integer(0, mean) == 0:
                return
            yield done


class RandomSource:
    """Choices from a pseudo-random generator, kept in `choices`."""

    def __init__(self, generator: random.Random) -> None:
        self._generator = generator
        self.choices: list[int] = []

    def integer(self, low: int, high: int) -> int:
        value = self._generator.randint(low, high)
        self.choices.append(value)
        return value

    @contextmanager
    def span(self, label: str) -> Iterator[None]:
        yield


class Exhausted(Exception):
    """A fixed sequence of choices is used up, or does not fit the request."""


class NotFailing(Exception):
    """The sequence to shrink does not fail."""


class FixedSource:
    """Choices from a sequence that is kept; raises `Exhausted`."""

    def __init__(self, choices: Sequence[int]) -> None:
        self._left = iter(choices)

    def integer(self, low: int, high: int) -> int:
        value = next(self._left, None)
        if value is None or not low <= value <= high:
            raise Exhausted(f"no choice of {low}..{high}: {value}")
        return value

    @contextmanager
    def span(self, label: str) -> Iterator[None]:
        yield


class RecordingRandom(random.Random):
    """The numbers of `random.Random(seed)`, kept as the choices that `SourceRandom` would draw for the same."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.drawn: list[int] = []

    def random(self) -> float:
        value = super().random()
        self.drawn.append(int(value * RANDOM_STEPS))
        return value

    def getrandbits(self, k: int, /) -> int:
        value = super().getrandbits(k)
        if k:
            self.drawn.append(value)
        return value

    def randint(self, a: int, b: int) -> int:
        value = a + self._below(b - a + 1)
        self.drawn.append(value)
        return value

    def _randbelow(self, n: int) -> int:
        value = self._below(n)
        self.drawn.append(value)
        return value

    def _below(self, n: int) -> int:
        """Like `random.Random`, but without rejected draws."""
        bits = n.bit_length()
        value = super().getrandbits(bits)
        while value >= n:
            value = super().getrandbits(bits)
        return value


RANDOM_STEPS = 1000
"""The possible results of `SourceRandom.random()`: multiples of a thousandth, so that a smaller choice stays
readable."""
