"""What a worker and the process that started it say to each other: pickles, one behind the other, over pipes.

A pickle says by itself where it ends. Each side trusts the other.
"""

from __future__ import annotations

import pickle
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from harness.bench.workbench import Workbench

STEP, ANSWER, AGAIN, ERROR, TOO_LARGE = "step", "answer", "again", "error", "too large"
"""Kinds of answers: a step begins (its name, its bound or None, processor time used so far) or ends (the name around
it); the task's answer; work was lost and is to be tried again; the harness failed; the task takes
more memory than there is."""


class Task(Protocol):
    """Something to be done in a worker. It and its answer travel by pickle."""

    def perform(self, bench: Workbench) -> object: ...


def send(stream: IO[bytes], message: tuple[Any, ...]) -> None:
    stream.write(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Any, ...] | None:
    """None at the end of the stream, also in the middle of a message."""
    try:
        message: tuple[Any, ...] = pickle.load(stream)
    except (EOFError, pickle.UnpicklingError):
        return None
    return message
