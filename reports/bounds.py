"""Limits on the text of one case in results. Text that is cut says its full length."""

from __future__ import annotations

from collections.abc import Sequence

MAX_TEXT = 16_000
"""Characters of a text of several lines: a case file, WIT, a message."""
MAX_LINE = 4_000
"""Characters of one call or of one value in a finding."""
MAX_CALLS = 5_000
"""Calls of one run."""


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def cut_lines(lines: Sequence[str], most: int = MAX_CALLS, widest: int = MAX_LINE) -> tuple[str, ...]:
    kept = tuple(cut(line, widest) for line in lines[:most])
    return kept if len(lines) <= most else (*kept, f"... ({len(lines) - most} more)")
