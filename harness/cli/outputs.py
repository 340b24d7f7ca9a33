"""Files that a command writes at its end: checked before anything else happens, so that a typo loses no result."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from harness.cli.exits import UsedWrongly
from harness.cli.terminal import echo
from harness.text import atomic

STDOUT = Path("-")
FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
"""The type of an option for such a file."""


@dataclass(frozen=True, slots=True)
class JsonFile:
    """The destination of results as JSON: a file, standard output for `-`, nowhere for None."""

    path: Path | None

    @property
    def to_stdout(self) -> bool:
        """Whether standard output has only the results. Then everything else goes to standard error."""
        return self.path == STDOUT

    def check(self) -> None:
        """Raises `UsedWrongly` if it cannot be written."""
        if self.path is not None and not self.to_stdout:
            check_file(self.path)

    def begin(self, data: Any) -> None:
        """Write results that say that they are not complete, where `write` will replace them.

        If that fails, `write` fails too and reports it, after everything else was reported.
        """
        if self.path is not None and not self.to_stdout and (self.path.is_file() or not self.path.exists()):
            with contextlib.suppress(UsedWrongly):
                self.write(data)

    def write(self, data: Any) -> None:
        """Raises `UsedWrongly`."""
        if self.path is None:
            return
        text = json.dumps(data, indent=1) + "\n"
        if self.to_stdout:
            echo(text, nl=False)
            return
        try:
            atomic.write(self.path, text)
        except atomic.CannotWrite as error:
            raise UsedWrongly(str(error)) from error


def check_file(path: Path) -> None:
    """Raises `UsedWrongly` if the file cannot be written."""
    try:
        atomic.try_to_write_file(path)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error


def check_folder(path: Path) -> None:
    """Make a folder and check that it accepts files. Raises `UsedWrongly`."""
    try:
        atomic.try_to_write(path)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error
