"""Exit codes of the `harness` command."""

from __future__ import annotations

import click

AGREE = 0
DISAGREE = 1
USED_WRONGLY = 2
BROKEN = 3
INTERRUPTED = 130


class UsedWrongly(click.ClickException):
    """The message describes the error and the fix."""

    exit_code = USED_WRONGLY
