"""Names of cases and texts of tools, in a form that is safe to show. They are hostile input."""

from __future__ import annotations

from collections.abc import Iterable


def shown(text: str) -> str:
    """Escapes for control and format characters, lone surrogates and unassigned characters: terminals obey some of
    them, XML and HTML forbid others. Line feeds and tabs stay."""
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t" or char.isprintable() else _escaped(char) for char in text)


def one_line(text: str) -> str:
    """The same on one line, so that no name looks like a line of the report."""
    return shown(text).replace("\n", "\\n").replace("\t", "\\t")


def lines_of(parts: Iterable[str]) -> str:
    """`parts`, each from a new line. Further lines of a part are indented, so that no text looks like a line of the
    report."""
    return "\n".join(part.replace("\n", "\n    ") for part in parts)


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
