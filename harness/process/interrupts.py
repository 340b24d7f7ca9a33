"""Signals that ask the harness to end: each interrupts it, so that workers end and temporary files go away."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")


def interrupt_on_signals() -> None:
    """Raise `KeyboardInterrupt` in the main thread, which must call this. What is ignored (`nohup`) stays so."""
    for number in _numbers():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


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


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _pass_over(_: int, __: FrameType | None) -> None:
    pass
