"""Names for pieces of work that might never end or take their process with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """How a step was lost. `exit_code` None: it did not end within `seconds` and was killed."""

    seconds: float
    exit_code: int | None
    message: str


class StepLost(Exception):
    """This step was tried before and cost a worker; it is not tried again."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.message)
        self.loss = loss


class Steps:
    """Announces each step before it begins, so that whoever watches knows what hangs, and how long it has been."""

    def __init__(self, announce: Callable[[str], None] | None = None) -> None:
        self._announce = announce
        self.lost: Mapping[str, Loss] = {}
        self.prefix = ""
        """Stands before names, for a task that does the same steps again and again."""

    @contextmanager
    def bounded(self, name: str) -> Iterator[None]:
        """`StepLost` instead of doing again what was lost."""
        name = self.prefix + name
        loss = self.lost.get(name)
        if loss is not None:
            raise StepLost(loss)
        if self._announce is not None:
            self._announce(name)
        yield
