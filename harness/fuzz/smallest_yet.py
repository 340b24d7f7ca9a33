"""The smallest case so far of a reduction, in a file: an interrupted command finds the worker's result there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.text import atomic


@dataclass(frozen=True, slots=True)
class SmallestCase:
    """`text`: the case file. `size`: how large it is, for people."""

    text: str
    size: str
    attempts: int
    drawn: bool
    """Its values come from a seed: any case with steps counts as smaller."""

    @property
    def weight(self) -> tuple[bool, int]:
        return self.drawn, len(self.text)


class SmallestYet:
    """Belongs to one reduction. A worker that replaces a lost one continues with the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._smallest = read_smallest(path)

    def offer(self, case: SmallestCase) -> None:
        """Keep it if it is smaller. A full disk does not stop the reduction."""
        if self._smallest is not None and case.weight >= self._smallest.weight:
            return
        self._smallest = case
        try:
            atomic.write(self._path, json.dumps(asdict(case)))
        except atomic.CannotWrite:
            return


def read_smallest(path: Path) -> SmallestCase | None:
    """The smallest case so far; None if there is none."""
    try:
        return SmallestCase(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
