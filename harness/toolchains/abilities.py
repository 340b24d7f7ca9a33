"""What an interpreter that is not ours can do, as its user says (docs/interpreters.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique


@unique
class Streams(Enum):
    """What it can do with streams and futures."""

    NONE = "none"
    PASS = "pass"
    """It takes readable ends as values, gives them on as values, and drops them."""
    COPY = "copy"
    """It also reads and writes: it returns a copy of a stream or future."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """`asynchronous`: it has async functions. `cancels`: its tasks pass cancellation on while they wait.
    `one_at_a_time`: a task that waits holds the component, so that no other can start meanwhile."""

    asynchronous: bool = False
    streams: Streams = Streams.NONE
    cancels: bool = False
    one_at_a_time: bool = False


NO_ABILITIES = Abilities()
"""Of an interpreter with synchronous functions and values only."""
