"""Guests that go on for ever on little fuel: ended by processor time, so that a busy machine ends none that is good.

One instruction may fill a gigabyte, and one call of the host is one instruction: fuel alone bounds no time.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

import wasmtime

_LOOK = 0.2
"""Seconds between two looks at the clock."""


class Deadline:
    """Watches over the one guest that runs in an engine at a time. Its store needs `set_epoch_deadline(1)`."""

    def __init__(self, engine: wasmtime.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._until: float | None = None
        self._watched = False

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What runs meanwhile traps (`wasm trap: interrupt`) when this process has used `seconds` of processor time."""
        if not self._watched:
            self._watched = True
            threading.Thread(target=self._watch, name="guest-deadline", daemon=True).start()
        with self._lock:
            self._until = time.process_time() + seconds
        try:
            yield
        finally:
            with self._lock:
                self._until = None

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK)
            with self._lock:
                if self._until is not None and time.process_time() > self._until:
                    self._engine.increment_epoch()
