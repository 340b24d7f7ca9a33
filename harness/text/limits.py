"""Limits on numbers from users, so that a number with too many digits is refused and not tried."""

from __future__ import annotations

MAX_CALLS = 100_000
"""Calls of one world: more calls make a plan and its traces take gigabytes."""
_PLANNING = 0.01
"""Seconds for each call; slow worlds of the fuzzer have taken 0.001."""


def planning(calls: int) -> float:
    """Seconds that planning so many calls may take beyond the limit of any step."""
    return _PLANNING * calls
