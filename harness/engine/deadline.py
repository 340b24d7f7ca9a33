"""A limit on the processor time of guests that run forever on little fuel. A busy machine ends no good guest.

One instruction may fill a gigabyte, and one call of the host is one instruction, so fuel alone does not limit time. The
limits of memories and tables do not apply to the engine's own data for a guest, such as handles, so this module watches
the process.
"""

from __future__ import annotations

import contextlib
import mmap
import threading
import time
from collections.abc import Iterator

import wasmtime

_LOOK = 0.2
"""Seconds between two checks of the clock."""


class Deadline:
    """Watches the one guest that runs in an engine at a time. Its store needs `set_epoch_deadline(1)`."""

    def __init__(self, engine: wasmtime.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._until: float | None = None
        self._least = self._growth = 0
        self.too_large = False
        """Whether the last guest was stopped because of memory."""
        self._watched = False

    @contextlib.contextmanager
    def within(self, seconds: float, memory: int = 1 << 62) -> Iterator[None]:
        """A guest in this context traps (`wasm trap: interrupt`) when this process has used `seconds` of processor
        time, or has grown by `memory` bytes from the least that it had, if the system reports that."""
        if not self._watched:
            self._watched = True
            threading.Thread(target=self._watch, name="guest-deadline", daemon=True).start()
        with self._lock:
            self._until = time.process_time() + seconds
            self._least, self._growth = resident(), memory
            self.too_large = False
        try:
            yield
        finally:
            with self._lock:
                self._until = None

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK)
            with self._lock:
                if self._until is None:
                    continue
                now = resident()
                self._least = min(self._least, now)  # memory of an earlier guest may go away while this one runs
                self.too_large = self.too_large or now > self._least + self._growth
                if self.too_large or time.process_time() > self._until:
                    self._engine.increment_epoch()


def resident() -> int:
    """Bytes of memory of this process (proc_pid_statm(5)); 0 if the system does not report it."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read(200).split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0
