"""Processes that the children of this process leave behind: it adopts, finds and ends them."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Container, Iterator

SWEEP = 10.0
"""Seconds after which it gives up on processes that cannot be ended."""
PAUSE = 0.002


def adopt_orphans() -> None:
    """Children of a child that ends become children of this process, on Linux (prctl(2), PR_SET_CHILD_SUBREAPER). A
    child that this process forks must request this itself."""
    if sys.platform == "linux":
        import ctypes

        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1)


def end_children() -> None:
    """End all children of this process and all processes that they leave behind, and wait for them."""
    deadline = time.monotonic() + SWEEP
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            kill_children()
            time.sleep(PAUSE)


def kill_children(spared: Container[int] = ()) -> bool:
    """Kill the children of this process except the spared ones. Whether there were any, as far as the system
    reports."""
    found = False
    for child in _children():
        if child not in spared:
            found = True
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
    return found


def _children() -> Iterator[int]:
    """The children of this process, from `/proc`."""
    own = str(os.getpid()).encode()
    for name in os.listdir("/proc") if sys.platform == "linux" else ():
        if name.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read(1024).rpartition(b")")[2].split()
                if fields[1] == own and fields[0] != b"Z":
                    yield int(name)
