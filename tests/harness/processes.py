"""Common parts of tests of processes: they wait for another process, however slow the machine is."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

PATIENCE = 60.0
"""Seconds. What is waited for takes milliseconds; a loaded machine may take long."""


def wait_for_number(note: Path) -> int:
    """The number that another process writes into a file, a whole line of it or all that there is."""
    deadline = time.monotonic() + PATIENCE
    while not (note.exists() and note.read_text().strip()):
        assert time.monotonic() < deadline, f"nothing was written to {note}"
        time.sleep(0.01)
    return int(note.read_text().split()[0])


def is_alive(pid: int) -> bool:
    """A zombie is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self/stat").exists()


def ends(pid: int) -> bool:
    """Whether a process ends; one that does not is killed."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return False


def parent_of(pid: int) -> int:
    """On Linux."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
