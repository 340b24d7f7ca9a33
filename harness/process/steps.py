"""Names for pieces of work that might never end or take their process with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """`seconds`: a step's own; None: that of any step. `extra`: on top, for work that grows with what was asked for."""

    seconds: float | None = None
    extra: float = 0.0

    def of(self, usual: float) -> float:
        """Seconds, where `usual` is what any step has."""
        return (usual if self.seconds is None else self.seconds) + self.extra


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

    def __init__(self, announce: Callable[[str, Bound], None] | None = None) -> None:
        """`announce` is told the name of each step that begins and its bound, and the name around it when it ends, ""
        for none."""
        self._announce = announce
        self._around = ""
        self.lost: Mapping[str, Loss] = {}
        self.prefix = ""
        """Stands before names, for a task that does the same steps again and again."""
        self.last_try = False
        """Work that was lost (`children.Killed`) is not tried again any more: the task is alone already."""

    @contextmanager
    def bounded(self, name: str, seconds: float | None = None, extra: float = 0.0) -> Iterator[None]:
        """`StepLost` instead of doing again what was lost. `seconds` and `extra`: as in `Bound`."""
        name = self.prefix + name
        loss = self.lost.get(name)
        if loss is not None:
            raise StepLost(loss)
        if self._announce is None:
            yield
            return
        around, self._around = self._around, name
        self._announce(name, Bound(seconds, extra))
        try:
            yield
        finally:
            self._around = around
            self._announce(around, Bound())
