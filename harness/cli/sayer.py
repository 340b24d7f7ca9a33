"""Prints paragraphs of a run as they come, and a line of progress on a terminal, which makes room for them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from harness.cli.terminal import echo

if TYPE_CHECKING:
    from rich.progress import Progress


class Sayer:
    """Writes to standard output, or to standard error if standard output is only for the results."""

    def __init__(self, to_stderr: bool, total: int) -> None:
        self._to_stderr = to_stderr
        self._progress = _progress() if sys.stderr is not None and sys.stderr.isatty() else None
        if self._progress is not None:
            self._bar = self._progress.add_task("", total=total)

    def __enter__(self) -> None:
        if self._progress is not None:
            self._progress.start()

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self) -> None:
        """One task is done."""
        if self._progress is not None:
            self._progress.advance(self._bar)

    def __call__(self, paragraph: str) -> None:
        shown = self._progress is not None and self._progress.live.is_started
        if self._progress is not None and shown:
            self._progress.stop()
        echo(paragraph, err=self._to_stderr)
        if self._progress is not None and shown:
            self._progress.start()


def _progress() -> Progress:
    """Loaded only if somebody sees it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=Console(stderr=True), transient=True)
