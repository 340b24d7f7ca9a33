"""A kept sequence of choices, made simpler by hypothesis' shrinker. It deletes spans and lowers integers while the
caller's oracle confirms the same finding.

Only reductions load this module: the import of hypothesis takes a fifth of the start of `harness fuzz`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hypothesis import settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.internal.conjecture.data import ConjectureData, ConjectureResult, Status
from hypothesis.internal.conjecture.engine import ConjectureRunner, RunIsComplete
from hypothesis.internal.escalation import InterestingOrigin

from harness.fuzz.choices import NotFailing, Source


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

    The result is never longer than `choices`, and never later in hypothesis' order: if nothing simpler is found, it is
    `choices`. `attempts` bounds the calls of `still_fails`, and so does `go_on`, which is asked before each call.
    Raises `NotFailing` if `choices` do not fail, or are too many for hypothesis.
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
