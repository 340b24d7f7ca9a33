"""Choices: everything random in the fuzzer is drawn as bounded integers, so that hypothesis can shrink it.

A world, its values and its scripts are a function of a sequence of choices. `RandomSource` draws them from a seed and
keeps them; `shrink` hands a kept sequence to hypothesis' shrinker, which deletes spans and lowers integers while the
caller's oracle says that it is still the same finding.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from hypothesis import settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.internal.conjecture.data import ConjectureData, ConjectureResult, Status
from hypothesis.internal.conjecture.engine import ConjectureRunner, RunIsComplete
from hypothesis.internal.escalation import InterestingOrigin

T = TypeVar("T")


class Source(Protocol):
    """Where choices come from. Smaller numbers must mean simpler things: 0 is what shrinking tends to."""

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
    """A fixed sequence of choices is at its end, or does not fit what is asked for."""


class NotFailing(Exception):
    """What was to be shrunk does not fail."""


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
        """As `random.Random` does it, without keeping what is thrown away."""
        bits = n.bit_length()
        value = super().getrandbits(bits)
        while value >= n:
            value = super().getrandbits(bits)
        return value


RANDOM_STEPS = 1000
"""What `SourceRandom.random()` can give: multiples of a thousandth, so that a smaller choice stays readable."""


class _ReplaySource:
    """Choices from a sequence that hypothesis controls."""

    def __init__(self, data: ConjectureData) -> None:
        self._data = data

    def integer(self, low: int, high: int) -> int:
        return self._data.draw_integer(low, high, shrink_towards=max(low, min(high, 0)))

    @contextmanager
    def span(self, label: str) -> Iterator[None]:
        self._data.start_span(hash_label(label))
        try:
            yield
        finally:
            if not self._data.frozen:
                self._data.stop_span()


def hash_label(label: str) -> int:
    """A number for a span's label that is the same in every process."""
    return int.from_bytes(label.encode()[:7].ljust(7, b"\0"), "little")


def shrink(
    choices: Sequence[int],
    still_fails: Callable[[Source], bool],
    attempts: int = 2000,
    go_on: Callable[[], bool] = lambda: True,
) -> list[int]:
    """A simplest sequence for which `still_fails` (drawing from it) holds; `choices` itself must be one.

    Never longer or later in hypothesis' order than what it was given: where nothing simpler is found the sequence
    comes back as it was. `attempts` bounds the calls of `still_fails`; so does `go_on`, asked before each. Raises
    `NotFailing` where `choices` do not fail, or are too many for hypothesis.
    """
    origin = InterestingOrigin(ValueError, "fuzz", 0, (), ())
    left = attempts

    def test(data: ConjectureData) -> None:
        nonlocal left
        if left <= 0 or not go_on():
            left = -1
            raise RunIsComplete
        left -= 1
        if still_fails(_ReplaySource(data)):
            data.mark_interesting(origin)

    runner = ConjectureRunner(
        test,
        settings=settings(database=None, deadline=None, max_examples=attempts),
        random=random.Random(0),
        ignore_limits=True,
    )
    best = list(choices)
    try:
        first = runner.cached_test_function(best)
        if first.status is not Status.INTERESTING or not isinstance(first, ConjectureResult):
            raise NotFailing("the sequence to be shrunk does not fail when it is replayed")
        runner.shrink(first, lambda result: result.status is Status.INTERESTING)
    except RunIsComplete:
        pass
    except FlakyStrategyDefinition:
        if left >= 0:  # a test that was not begun looks like one that draws less than before
            raise
    smallest = runner.interesting_test_cases.get(origin)
    if smallest is not None:
        best = [int(choice) for choice in smallest.choices if isinstance(choice, int)]
    return best
