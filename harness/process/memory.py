"""How much memory a process of the harness may use, and what to do where that is not enough.

It imports nothing: where memory ran out, nothing more can be loaded."""

from __future__ import annotations

MEMORY = 8 << 30
"""Bytes of data that a worker may use."""

RAN_OUT = (
    f"memory ran out: this takes more than a process of the harness may use ({MEMORY >> 30} GiB, or less where "
    "`ulimit` or the machine says so); make the input smaller, or run with fewer jobs (-j)"
)
