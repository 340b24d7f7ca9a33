"""Text from files, tools and guests, in a form that is safe to show, and short enough."""

from __future__ import annotations

from collections.abc import Iterable


def visible(text: str) -> str:
    """`text` with escapes for everything that a terminal would obey or not show: control and format characters
    (including those that change the direction of writing, Unicode Standard Annex 9), lone surrogates, unassigned
    characters.

    Line feeds and tabs stay. Printable text stays unchanged.
    """
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t" or char.isprintable() else _escaped(char) for char in text)


def lines_of(parts: Iterable[str]) -> str:
    """`parts`, each from a new line. Further lines of a part are indented: no name or text of a file, tool or guest
    looks like a line of ours."""
    return "\n".join(part.replace("\n", "\n    ") for part in parts)


def without_middle(text: str, most: int) -> str:
    """About `most` characters of a text: all of it, or its beginning and its end, with the number of characters between
    them. In a message the end says what is wrong with what it quotes."""
    left_out = len(text) - most
    if left_out <= 0:
        return text
    return f"{text[: most - most // 4]}... ({left_out} characters) ...{text[-(most // 4) :]}"


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
