"""The progress of a long task: one live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from harness.cli.terminal import echo
from harness.text.visible import visible

if TYPE_CHECKING:
    from rich.progress import Progress

PLAIN_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class Live:
    """Writes to standard error."""

    def __init__(self) -> None:
        self._progress = _progress() if sys.stderr is not None and sys.stderr.isatty() else None
        self._last = time.monotonic()
        self._told = ""

    def __enter__(self) -> Live:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, text: str) -> None:
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], description=visible(text))
        elif time.monotonic() - self._last >= PLAIN_EVERY and text != self._told:
            self._last = time.monotonic()
            self._told = text
            echo(text, err=True)


def _progress() -> Progress:
    """Loaded only if somebody sees it."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.add_task("")
    return progress
