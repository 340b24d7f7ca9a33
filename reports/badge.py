"""A small picture for a README: the number of cases that pass or show a known fault."""

from __future__ import annotations

from reports.inputs import Inputs
from reports.outcomes import Outcome
from reports.site.environment import fill

LABEL = "wit-dylib cases"
GREEN, RED, GREY = "#1a7f37", "#b3261e", "#57606a"
_CHARACTER = 6.6
"""About the mean width of a character at 11 pixels; `textLength` makes every font fit."""


def badge(inputs: Inputs) -> str:
    """SVG. White on each colour has a contrast of at least 4.5."""
    message, colour = _message(inputs)
    left, right = (round(len(text) * _CHARACTER) + 12 for text in (LABEL, message))
    return fill("badge.svg", {"label": LABEL, "message": message, "colour": colour, "left": left, "right": right})


def _message(inputs: Inputs) -> tuple[str, str]:
    if inputs.broken:
        return "broke off", RED
    counts = inputs.counts
    every = sum(counts.values())
    if not every:
        return "nothing ran", GREY
    good = sum(count for outcome, count in counts.items() if Outcome(outcome).good)
    return f"{good} of {every}", RED if inputs.wrong else GREEN
