"""Outcomes by name: the one list of these words. The harness uses it too; it imports nothing."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Outcome(StrEnum):
    """The outcomes, in the order in which reports count them."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    EXPECTED_FAILURE = "expected failure"
    UNEXPECTED_PASS = "unexpected pass"
    TOOL_PANICKED = "tool panicked"
    INVALID_OUTPUT = "invalid output"
    TIMED_OUT = "timed out"
    LIMIT_REACHED = "limit reached"
    """A run met a bound of the harness: nothing is said about the tools."""
    ENGINE_FAULT = "engine fault"
    """The engine found a bug in itself: nothing is said about the tools."""
    UNPREDICTABLE = "unpredictable"
    """The model cannot decide whether an asynchronous run is right: nothing is said about the tools."""
    BAD_INPUT = "bad input"
    HARNESS_ERROR = "harness error"

    @property
    def undecided(self) -> bool:
        """Whether the tools could not be judged, mostly because runs broke off."""
        return self in (
            Outcome.LIMIT_REACHED,
            Outcome.ENGINE_FAULT,
            Outcome.UNPREDICTABLE,
            Outcome.HARNESS_ERROR,
        )

    @property
    def good(self) -> bool:
        return self in (Outcome.PASS, Outcome.SKIP, Outcome.EXPECTED_FAILURE)
