"""Bounds on what users ask for, so that a number with too many digits is refused and not tried."""

from __future__ import annotations

MAX_CALLS = 100_000
"""Calls of one world: with more, a plan and its traces take gigabytes."""
