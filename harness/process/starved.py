"""Bounds on wall time that a busy machine does not make too short."""

from __future__ import annotations

import os

STRETCH = 5
"""By how much a bound on wall time grows for a process that wants to run and does not get its processor time."""


def is_starved(pid: int, since: float, seconds: float) -> bool:
    """Whether a process wants to run, and since it had used `since` seconds of processor time got less than `seconds`.

    False where that cannot be told (elsewhere than on Linux).
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read(1024).rpartition(b")")[2].split()  # proc_pid_stat(5), from field 3 on
    except OSError:
        return False
    used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return fields[0] in (b"R", b"D") and used - since < seconds
