"""Outcomes and numbers as pages show them."""

from __future__ import annotations

from reports.outcomes import Outcome

SHORT: dict[str, str] = {
    Outcome.EXPECTED_FAILURE: "known",
    Outcome.UNEXPECTED_PASS: "unexpected",
    Outcome.TOOL_PANICKED: "panic",
    Outcome.INVALID_OUTPUT: "invalid",
    Outcome.TIMED_OUT: "timeout",
    Outcome.LIMIT_REACHED: "limit",
    Outcome.ENGINE_FAULT: "engine",
    Outcome.UNPREDICTABLE: "undecided",
    Outcome.HARNESS_ERROR: "error",
}
"""Outcomes that are too long for a cell of a matrix."""

_CLASSES: dict[str, str] = {Outcome.PASS: "good", Outcome.SKIP: "skip", Outcome.EXPECTED_FAILURE: "known"}


def short(outcome: str) -> str:
    return SHORT.get(outcome, outcome)


def class_of(outcome: str) -> str:
    """The class of the style sheet. Colour is never the only sign: the word is shown, too."""
    return _CLASSES.get(outcome, "bad")


def number(value: int) -> str:
    """`12,345`."""
    return f"{value:,}"


def counted(value: int, what: str) -> str:
    """`1 call`, `12,345 calls`."""
    return f"{number(value)} {what}{'' if value == 1 else 's'}"


def seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 120 else f"{int(value) // 60} min {int(value) % 60} s"


def percent(part: int, whole: int) -> str:
    """100 % and 0 % are exact: almost all is at most 99.9 %, almost none at least 0.1 %."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, 0.1), 99.9)
    return f"{share:.1f} %" if share != int(share) else f"{int(share)} %"
