"""The memory limit of a process of the harness, and the fix if it is too low.

It imports nothing: after memory ran out, nothing more can be loaded."""

from __future__ import annotations

MEMORY = 8 << 30
"""Bytes of data that a worker may use."""

RAN_OUT = (
    f"memory ran out: this takes more than a process of the harness may use ({MEMORY >> 30} GiB, or less if "
    "`ulimit` or the machine sets a lower limit); make the input smaller, or run with fewer jobs (-j)"
)
