"""The output of a campaign while it runs: one live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from harness.fuzz.campaign import Campaign
from harness.fuzz.findings import Found
from harness.fuzz.reduce import Reduced
from harness.text.counted import counted
from harness.text.visible import visible

PLAIN_EVERY = 10.0
"""Seconds between two lines if there is no terminal."""


class TerminalProgress:
    """A `Watcher` that writes to standard error."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.is_terminal
        self._last = time.monotonic()
        self._told = ""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not self._live)
        self._bar = self._progress.add_task("")

    def __enter__(self) -> TerminalProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advanced(self, campaign: Campaign) -> None:
        text = line(campaign)
        if self._live:
            self._progress.update(self._bar, description=text)
        elif time.monotonic() - self._last >= PLAIN_EVERY and text != self._told:
            self._last = time.monotonic()
            self._told = text
            self.say(text)

    def found(self, found: Found) -> None:
        known = f" (known: {found.known})" if found.known else ""
        self.say(f"found at {found.index}: {found.bucket}{known}")

    def reduced(self, found: Found, reduced: Reduced) -> None:
        why_not = "no time for it" if reduced.cut else reduced.note
        done = f"reduced to {reduced.size}" if reduced.parts is not None else f"not reduced, {why_not}"
        self.say(f"{done}: {found.file}")

    def say(self, text: str) -> None:
        """A paragraph that stays."""
        self._console.print(visible(text), markup=False, highlight=False, soft_wrap=True)


def line(campaign: Campaign) -> str:
    """The results so far. There is no rate, because it would change while nothing else does."""
    ledger = campaign.ledger
    parts = [
        counted(ledger.worlds, "world"),
        counted(ledger.calls, "call"),
        counted(len(ledger.new), "new finding"),
        f"{len(ledger.found) - len(ledger.new)} known",
        counted(sum(ledger.refusals.values()), "refusal"),
    ]
    waiting = campaign.reductions
    return ", ".join([*parts, f"reducing {counted(waiting, 'finding')}"] if waiting else parts)
