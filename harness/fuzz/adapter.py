"""The planner and the sampler draw from a `random.Random`: this one takes its choices from a `Source`."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, SupportsIndex, TypeVar

from harness.fuzz.choices import Source

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

T = TypeVar("T")

_STEPS = 1000
"""What `random()` can give: multiples of a thousandth, so that a smaller choice stays readable."""


class SourceRandom(random.Random):
    """One choice for each draw; methods that are not here draw through `random` and `getrandbits`."""

    def __init__(self, source: Source) -> None:
        super().__init__(0)
        self._source = source

    def random(self) -> float:
        return self._source.integer(0, _STEPS - 1) / _STEPS

    def getrandbits(self, k: int, /) -> int:
        return self._source.integer(0, (1 << k) - 1) if k else 0

    def randrange(self, start: SupportsIndex, stop: SupportsIndex | None = None, step: SupportsIndex = 1) -> int:
        found = range(int(start)) if stop is None else range(int(start), int(stop), int(step))
        if not found:
            raise ValueError(f"empty range: {found}")
        return found[self._source.integer(0, len(found) - 1)]

    def randint(self, a: int, b: int) -> int:
        return self._source.integer(a, b)

    def choice(self, seq: SupportsLenAndGetItem[T]) -> T:
        if not len(seq):
            raise IndexError("cannot choose from an empty sequence")
        return seq[self._source.integer(0, len(seq) - 1)]
