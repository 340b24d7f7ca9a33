"""Messages between a worker and the process that started it: successive pickles over pipes.

A pickle marks its own end. Each side trusts the other.
"""

from __future__ import annotations

import pickle
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from harness.bench.workbench import Workbench

STEP, ANSWER, AGAIN, ERROR, TOO_LARGE, UNUSABLE = "step", "answer", "again", "error", "too large", "unusable"
"""Kinds of answers: a step begins (its name, its limit or None, processor time used so far) or ends (the enclosing
name); the task's answer; work was lost and must be tried again; the harness failed; the task needs more memory than
there is; a file of the user's cannot be used."""


class WorkerTask(Protocol):
    """Work for a worker. It and its answer travel by pickle."""

    def perform(self, bench: Workbench) -> object: ...


def send(stream: IO[bytes], message: tuple[Any, ...]) -> None:
    stream.write(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Any, ...] | None:
    """The next message; None at the end of the stream, even in the middle of a message."""
    try:
        message: tuple[Any, ...] = pickle.load(stream)
    except (EOFError, pickle.UnpicklingError):
        return None
    return message
