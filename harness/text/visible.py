"""Text from files, tools and guests as a person may be shown it."""

from __future__ import annotations


def visible(text: str) -> str:
    """`text` with everything escaped that a terminal would obey or not show: control and format characters (among them
    those that change the direction of writing, Unicode Standard Annex 9), lone surrogates, unassigned characters.

    Line feeds and tabs stay. Printable text comes back as it is.
    """
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t" or char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
