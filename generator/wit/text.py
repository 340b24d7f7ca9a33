"""A WIT text with its name, which turns offsets into lines, columns and errors."""

from __future__ import annotations

from bisect import bisect_right

from generator.errors import WitError
from generator.span import Span


class SourceText:
    """One text. Positions (`at`) are 0-based offsets in characters."""

    __slots__ = ("_line_starts", "name", "text")

    def __init__(self, name: str, text: str):
        self.name = name
        self.text = text
        self._line_starts: list[int] | None = None

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            starts = [0]
            starts += [i + 1 for i, c in enumerate(self.text) if c == "\n"]
            self._line_starts = starts
        return self._line_starts

    def span(self, at: int) -> Span:
        starts = self._starts()
        line = bisect_right(starts, at)
        return Span(self.name, line, at - starts[line - 1] + 1)

    def error(self, at: int, message: str, hint: str | None = None) -> WitError:
        """The error to raise for the text at `at`."""
        span = self.span(at)
        start = self._starts()[span.line - 1]
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")
        return WitError(message, span, line, hint)
