"""Sources of choices that tests need beside the fuzzer's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random

from harness.fuzz.choices import RandomSource


class GivenSource:
    """Choices from a list, cut to what is asked for; then the lowest each time."""

    def __init__(self, choices: Sequence[int] = ()) -> None:
        self._choices = list(choices)
        self.count = 0

    def integer(self, low: int, high: int) -> int:
        chosen = self._choices[self.count] if self.count < len(self._choices) else low
        self.count += 1
        return min(max(chosen, low), high)

    @contextmanager
    def span(self, label: str) -> Iterator[None]:
        yield


def seeded(seed: int) -> RandomSource:
    return RandomSource(Random(seed))
