"""The attempts of a reduction, and their names in the messages of a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from harness.process.steps import StepLost, Steps

T = TypeVar("T")


class Attempts:
    """Counts the attempts of one reduction. A number makes an attempt that costs a worker recognisable when the
    reduction is repeated."""

    def __init__(self, steps: Steps, prefix: str = "") -> None:
        """`prefix`: of the names of its steps, if one task has several reductions."""
        self._steps = steps
        self._prefix = prefix
        self._tries = 0
        self.count = 0
        """Attempts that ran."""

    @property
    def tries(self) -> int:
        """Attempts, also those whose input was unusable."""
        return self._tries

    def read(self, what: str, read: Callable[[], T], unusable: tuple[type[Exception], ...]) -> T | None:
        """The result of `read`, the preparation of an attempt; None if it is unusable or was lost before.

        Each preparation is a step of its own, because most of them fail: otherwise they would look like one step that
        hangs.
        """
        self._tries += 1
        try:
            with self._steps.bounded(f"{self._prefix}try {self._tries}: {what}"):
                return read()
        except StepLost:
            return None
        except unusable:
            return None

    @contextmanager
    def one(self) -> Iterator[None]:
        """One attempt that runs."""
        self.count += 1
        self._steps.prefix = f"{self._prefix}attempt {self.count}: "
        try:
            yield
        finally:
            self._steps.prefix = ""
