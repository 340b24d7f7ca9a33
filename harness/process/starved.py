"""Limits on wall time that stay long enough on a busy machine."""

from __future__ import annotations

import os

STRETCH = 5
"""The factor by which a limit on wall time grows for a process that wants to run and does not get its processor
time."""


def is_starved(pid: int, since: float, seconds: float) -> bool:
    """Whether a process wants to run, and has used less than `seconds` of processor time beyond `since`.

    False if the system does not report it (on systems other than Linux).
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read(1024).rpartition(b")")[2].split()  # proc_pid_stat(5), from field 3 on
    except OSError:
        return False
    used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return fields[0] in (b"R", b"D") and used - since < seconds
