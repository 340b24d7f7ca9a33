"""Bounds on what users ask for, so that a number with too many digits is refused and not tried."""

from __future__ import annotations

MAX_CALLS = 100_000
"""Calls of one world: with more, a plan and its traces take gigabytes."""
_PLANNING = 0.01
"""Seconds a call; of worlds of the fuzzer, one that takes long has taken 0.001."""


def planning(calls: int) -> float:
    """Seconds that planning so many calls may take beyond what any step may."""
    return _PLANNING * calls
