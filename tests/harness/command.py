"""The `harness` command in the process of the tests: a start costs more than what most tests ask for.

What a process of its own shows (exit codes, closed streams, signals) is tested where it is the point.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from harness.cli.group import commands


@dataclass(frozen=True, slots=True)
class Done:
    """`said`: on both streams, as they come; `out`: on standard output alone."""

    code: int
    said: str
    out: str


def harness_here(*words: str, cwd: Path) -> Done:
    """Run `harness` in this process. An exception, which no user may see, fails the test."""
    with contextlib.chdir(cwd):
        result = CliRunner(env={"COLUMNS": "200"}).invoke(commands, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.output, result.stdout)
