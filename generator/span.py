"""Places in source texts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a source text: 1-based line and column, in characters."""

    file: str
    line: int
    column: int
