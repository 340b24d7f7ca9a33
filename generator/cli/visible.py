"""Messages on the terminal. Names come from files, which may be hostile."""

from __future__ import annotations

import re

_NEWLINE_OF_OURS = re.compile(r"\n(?=  )")
"""Our messages indent every line except the first by two blanks."""


def visible(message: str) -> str:
    """A message in which all control, bidirectional and other invisible characters are escaped as in Python's literals,
    so that no name can move the cursor, hide a part of the message or begin a line of its own."""
    if message.isprintable():
        return message
    return "\n".join("".join(map(_shown, line)) for line in _NEWLINE_OF_OURS.split(message))


def _shown(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
