"""The positions of the keys of a TOML text. The standard parser keeps no positions.

The text is known to be valid TOML (https://toml.io/en/v1.0.0), so the scanner only has to distinguish keys from values.
It reads the text once and never backtracks.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

MAX_PARTS = 128
"""The maximum number of parts of a dotted key that are distinguished."""

KeyPath = tuple[str | int, ...]
"""Keys and indices from the root of the document to a value."""

Position = tuple[int, int]
"""Line and column, from 1, in characters."""

_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'""")
_STRING = re.compile(
    r'''"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}'''
    r"""|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"""
    r"""|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'""",
    re.DOTALL,
)
_ATOM = re.compile(r"[^\[\]{},#\n]++")
"""A number, a boolean or a date."""


def positions(text: str) -> dict[KeyPath, Position]:
    """The beginnings of all tables, keys and array elements."""
    return _Scanner(text).scan()


@dataclass(slots=True)
class _Open:
    """An open array or inline table. `index`: the index of the next element of an array."""

    path: KeyPath
    is_array: bool
    index: int = 0


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._found: dict[KeyPath, Position] = {}
        self._lengths: dict[KeyPath, int] = {}
        """The number of elements of each array of tables so far."""

    def scan(self) -> dict[KeyPath, Position]:
        prefix: KeyPath = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                prefix = self._header()
            else:
                self._value(self._key(prefix, "="))
        return self._found

    def _skip_blank(self) -> bool:
        """Whether any text follows."""
        self._skip(_BLANK)
        return self._at < len(self._text)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None, f"not TOML at character {self._at}"
        self._at = match.end()
        return match.group()

    def _note(self, path: KeyPath) -> None:
        """The first place of a path is its place."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        for end in range(len(path), 0, -1):
            if path[:end] in self._found:
                return
            self._found[path[:end]] = (self._line, self._at - self._text.rfind("\n", 0, self._at))

    def _parts(self, end: str) -> list[str]:
        """The parts of a dotted key before `end`. At most as many as are ever compared."""
        parts = []
        while True:
            self._skip_blank()
            parts.append(_plain(self._skip(_KEY)))
            self._skip_blank()
            self._at += 1
            if self._text[self._at - 1] == end:
                return parts[:MAX_PARTS]

    def _key(self, prefix: KeyPath, end: str) -> KeyPath:
        start = self._at
        path = (*prefix, *self._parts(end))
        end_at, self._at = self._at, start
        self._note(path)
        self._at = end_at
        return path

    def _header(self) -> KeyPath:
        """`[a.b]` or `[[a.b]]`: the path of the table, with the indices of the arrays of tables around it."""
        start = self._at
        is_array = self._text.startswith("[[", self._at)
        self._at += 1 + is_array
        parts = self._parts("]")
        self._at += is_array
        path: KeyPath = ()
        for number, part in enumerate(parts, 1):
            path = (*path, part)
            if number == len(parts) and is_array:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        end_at, self._at = self._at, start
        self._note(path)
        self._at = end_at
        return path

    def _value(self, path: KeyPath) -> None:
        """Skip a value, and record the places inside it."""
        within: list[_Open] = []
        while True:
            self._skip_blank()
            char = self._text[self._at]
            if char in "[{":
                self._at += 1
                within.append(_Open(path, char == "["))
            elif char in "]}":
                self._at += 1
                within.pop()
            elif char == ",":
                self._at += 1
            else:
                self._skip(_STRING if char in "\"'" else _ATOM)
            if not within:
                return
            path = self._next_path(within[-1])

    def _next_path(self, around: _Open) -> KeyPath:
        """The path of the next element inside an array or inline table, if there is one."""
        self._skip_blank()
        if self._text[self._at] in ",]}":
            return around.path
        if not around.is_array:
            return self._key(around.path, "=")
        path = (*around.path, around.index)
        around.index += 1
        self._note(path)
        return path


def _plain(key: str) -> str:
    """A part of a key without its quotes."""
    if key[0] == "'":
        return key[1:-1]
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] == '"' else key
