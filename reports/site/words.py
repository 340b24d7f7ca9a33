"""Outcomes and numbers as pages show them."""

from __future__ import annotations

SHORT = {
    "expected failure": "known",
    "unexpected pass": "unexpected",
    "tool panicked": "panic",
    "invalid output": "invalid",
    "timed out": "timeout",
    "limit reached": "limit",
    "engine fault": "engine",
    "unpredictable": "undecided",
    "bad input": "bad input",
    "harness error": "error",
}
"""Outcomes that are too long for a cell of a matrix."""

_CLASSES = {"pass": "good", "skip": "skip", "expected failure": "known"}


def short(outcome: str) -> str:
    return SHORT.get(outcome, outcome)


def class_of(outcome: str) -> str:
    """The class of the style sheet. Colour is never the only sign: the word stands there, too."""
    return _CLASSES.get(outcome, "bad")


def number(value: int) -> str:
    """`12,345`."""
    return f"{value:,}"


def seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 120 else f"{int(value) // 60} min {int(value) % 60} s"


def percent(part: int, whole: int) -> str:
    """Never 100 % or 0 % of what is not all or nothing."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, 0.1), 99.9)
    return f"{share:.1f} %" if share != int(share) else f"{int(share)} %"
