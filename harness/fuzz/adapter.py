"""The planner and the sampler draw from a `random.Random`: this one takes its choices from a `Source`."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, SupportsIndex, TypeVar

from harness.fuzz.choices import RANDOM_STEPS, Source

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

T = TypeVar("T")


class SourceRandom(random.Random):
    """One choice for each draw; methods that are not here draw through `random` and `getrandbits`."""

    def __init__(self, source: Source) -> None:
        super().__init__(0)
        self._source = source

    def random(self) -> float:
        return self._source.integer(0, RANDOM_STEPS - 1) / RANDOM_STEPS

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
