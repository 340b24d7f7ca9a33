"""Exit codes of the `harness` command."""

from __future__ import annotations

import click

from reports.outcomes import Outcome

AGREE = 0
DISAGREE = 1
USED_WRONGLY = 2
BROKEN = 3
INTERRUPTED = 130

_OF_BAD = {
    Outcome.BAD_INPUT: USED_WRONGLY,
    Outcome.HARNESS_ERROR: BROKEN,
    Outcome.LIMIT_REACHED: BROKEN,
    Outcome.ENGINE_FAULT: BROKEN,
    Outcome.UNPREDICTABLE: BROKEN,
}


def of_bad(outcome: Outcome) -> int:
    """The exit code of an outcome that must not be: of one not listed, that something disagrees."""
    return _OF_BAD.get(outcome, DISAGREE)


class UsedWrongly(click.ClickException):
    """The message describes the error and the fix."""

    exit_code = USED_WRONGLY
