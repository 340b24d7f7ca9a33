"""Names for pieces of work that might never end or might kill their process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """`seconds`: the step's own limit; None: the usual limit. `extra`: more seconds, for work that grows with its
    input."""

    seconds: float | None = None
    extra: float = 0.0

    def of(self, usual: float) -> float:
        """The limit in seconds; `usual` is the limit of any step."""
        return (usual if self.seconds is None else self.seconds) + self.extra


@dataclass(frozen=True, slots=True)
class Loss:
    """The way in which a step was lost. `exit_code` None: it did not end within `seconds` and was killed."""

    seconds: float
    exit_code: int | None
    message: str


class StepLost(Exception):
    """An earlier attempt of this step killed a worker; it is not tried again."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.message)
        self.loss = loss


class Steps:
    """Announces the beginning and end of each step, so that an observer knows which step hangs, and for how long."""

    def __init__(self, announce: Callable[[str, Bound], None] | None = None) -> None:
        """`announce` gets the name and limit of each step that begins, and the enclosing name when it ends, "" for
        none."""
        self._announce = announce
        self._around = ""
        self.lost: Mapping[str, Loss] = {}
        self.prefix = ""
        """A prefix of names, for a task that repeats the same steps."""
        self.last_try = False
        """Lost work (`children.Killed`) is not tried again: the task already runs alone."""

    @contextmanager
    def bounded(self, name: str, seconds: float | None = None, extra: float = 0.0) -> Iterator[None]:
        """Raises `StepLost` instead of a repetition of a lost step. `seconds` and `extra`: as in `Bound`."""
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
