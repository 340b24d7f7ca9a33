"""Signals that request the end of the harness: each interrupts it, so that workers end and temporary files are
removed."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")

_LOOK_EVERY = 0.25
"""Seconds."""

_ASKED_AGAIN = 10.0
"""Seconds after which another signal interrupts again. An earlier signal must not interrupt the shutdown, because
`uninterrupted` protects only a part of it; a later signal comes from a user who sees that nothing ends."""


def interrupt_on_signals() -> None:
    """Raise `KeyboardInterrupt` in the main thread, which must call this. Ignored signals (`nohup`) stay ignored."""
    interrupt = _Interrupt()
    for number in _numbers():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Protect a cleanup, which takes moments: a second Ctrl-C does not stop it half way."""
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
    """Like `future.result()`, but a signal interrupts it within moments.

    The system delivers a signal to any thread. A main thread that waits without a timeout may stay asleep and not see
    the signal until the wait is over (seen with several signals in a row), so this function wakes up regularly.
    """
    while True:
        try:
            return future.result(_LOOK_EVERY)
        except NotYet:
            if future.done():
                return future.result()


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
