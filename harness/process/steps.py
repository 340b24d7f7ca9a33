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
    """Announces when each step begins and ends, so that whoever watches knows what hangs, and how long it has been."""

    def __init__(self, announce: Callable[[str, float | None], None] | None = None) -> None:
        """`announce` is told the name of each step that begins and its bound in seconds, and the name around it ("" for
        none) when it ends."""
        self._announce = announce
        self._around = ""
        self.lost: Mapping[str, Loss] = {}
        self.prefix = ""
        """Stands before names, for a task that does the same steps again and again."""
        self.last_try = False
        """Work that was lost (`children.Killed`) is not tried again any more: the task is alone already."""

    @contextmanager
    def bounded(self, name: str, seconds: float | None = None) -> Iterator[None]:
        """`StepLost` instead of doing again what was lost. `seconds`: its own bound; None: that of any step."""
        name = self.prefix + name
        loss = self.lost.get(name)
        if loss is not None:
            raise StepLost(loss)
        if self._announce is None:
            yield
            return
        around, self._around = self._around, name
        self._announce(name, seconds)
        try:
            yield
        finally:
            self._around = around
            self._announce(around, None)
