"""Signals that ask the harness to end: each interrupts it, so that workers end and temporary files go away."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as NotYet
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")

_LOOK_EVERY = 0.25
"""Seconds."""

_ASKED_AGAIN = 10.0
"""Seconds after which a further signal interrupts again. One that comes sooner must not interrupt the way out, of which
`uninterrupted` protects only a part; one that comes later is from somebody who sees that nothing ends."""


def interrupt_on_signals() -> None:
    """Raise `KeyboardInterrupt` in the main thread, which must call this. What is ignored (`nohup`) stays so."""
    interrupt = _Interrupt()
    for number in _numbers():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """For cleaning up, which takes moments: a second Ctrl-C does not stop it half way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _pass_over) for number in _numbers()}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


def _numbers() -> list[signal.Signals]:
    return [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]


def result_of(future: Future[T]) -> T:
    """`future.result()`, which a signal interrupts within moments.

    The system hands a signal to any thread. A main thread that waits without a bound may stay asleep and see nothing of
    it until the wait is over (seen with several signals in a row), so this one wakes up and looks around.
    """
    while True:
        try:
            return future.result(_LOOK_EVERY)
        except NotYet:
            if future.done():
                return future.result()


def completed(futures: Iterable[Future[T]]) -> Iterator[Future[T]]:
    """As `concurrent.futures.as_completed`, and a signal interrupts within moments."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, _LOOK_EVERY, FIRST_COMPLETED)
        yield from done


class _Interrupt:
    """The handler of all signals that interrupt."""

    def __init__(self) -> None:
        self._last = -_ASKED_AGAIN

    def __call__(self, _: int, __: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last < _ASKED_AGAIN:
            return
        self._last = now
        raise KeyboardInterrupt


def _pass_over(_: int, __: FrameType | None) -> None:
    pass
