"""Errors for users whose input cannot be used. Every error that `generator` raises on purpose is a `GeneratorError`."""

from __future__ import annotations

from generator.span import Span


class GeneratorError(Exception):
    """Bad input, described in a sentence that names the item. The command line prints it and exits with 1."""


class UsageError(GeneratorError):
    """A request for something that does not exist. The command line exits with 2."""


class LimitError(GeneratorError):
    """An input beyond a limit of the Component Model, or of all engines; the text names the input and the limit."""


class WitError(GeneratorError):
    """WIT that is malformed or does not resolve.

    `span` is the place, `line` the text of that source line, `hint` a possible fix. `str()` of the error is the whole
    report, ready to print: `file:line:column: error: message`, the line with a caret, the hint.
    """

    def __init__(self, message: str, span: Span | None = None, line: str | None = None, hint: str | None = None):
        super().__init__(message)
        self.message = message
        self.span = span
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        if self.span is None:
            report = f"error: {self.message}"
        else:
            report = f"{self.span.file}:{self.span.line}:{self.span.column}: error: {self.message}"
        if self.span is not None and self.line is not None:
            report += "\n" + excerpt(self.line, self.span.column)
        if self.hint is not None:
            report += f"\n  hint: {self.hint}"
        return report


WIDEST_EXCERPT = 120
"""Maximum characters of a source line in an error."""


def excerpt(line: str, column: int) -> str:
    """A source line, cut to a readable width around `column` (1-based), with a caret under that column."""
    first = 0 if column <= WIDEST_EXCERPT else column - WIDEST_EXCERPT // 2
    shown = line[first : first + WIDEST_EXCERPT].replace("\t", " ")
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    return f"  | {shown}\n  | {' ' * (column - 1 - first)}^"
