"""Labels of the cells of a stacked table: on a narrow screen each row is a block, and each cell names its column.

The names are custom properties of the table, which the style sheet shows before the cells. So a page has each name
once, not once for each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.shown import one_line

MOST = 24
"""The columns that the style sheet has rules for. The page of a table with more has `further_rules`."""
RULES = "/* labels of columns */"
"""The place of `rules` in the style sheet: only a narrow screen stacks rows."""
_PLAIN = frozenset(" -.,+/")


def labels(columns: Sequence[str | tuple[str, str]]) -> str:
    """The declarations for a `style` attribute, which still must be escaped for HTML. `columns`: labels, or pairs of a
    label and a class."""
    names = [column if isinstance(column, str) else column[0] for column in columns]
    return "; ".join(f"--c{at}: '{_css_text(one_line(name))}'" for at, name in enumerate(names, 1))


def of_numbers(columns: Iterable[str]) -> list[tuple[str, str]]:
    """Columns of numbers with these labels."""
    return [(label, "number") for label in columns]


def rules(first: int = 1, last: int = MOST) -> str:
    """The rules that give each cell its label, for the columns from `first` to `last`, counted from 1."""
    return " ".join(f".stacked tr > :nth-child({at}) {{ --label: var(--c{at}); }}" for at in range(first, last + 1))


def further_rules(columns: int) -> str:
    """The style of a page with a table of so many columns: what the style sheet lacks, often nothing."""
    return f"@media (max-width: 40rem) {{ {rules(MOST + 1, columns)} }}" if columns > MOST else ""


def _css_text(text: str) -> str:
    """The contents of a CSS string: every character that could mean something is an escape (CSS Syntax 3, 4.3.7)."""
    return "".join(c if (c.isascii() and c.isalnum()) or c in _PLAIN else f"\\{ord(c):x} " for c in text)
