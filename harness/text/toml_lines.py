"""TOML files whose errors name line and column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.text.files import UnreadableFile, read_text_file
from harness.text.toml_positions import KeyPath, Position, positions
from harness.text.visible import without_middle

MAX_DEPTH = 100
"""The maximum nesting of tables and arrays: far more than any file needs."""
MAX_SHOWN = 300
"""Maximum characters of a message that may quote a value of the file."""
MAX_MESSAGE = 2000
"""About the maximum characters of any message, without the place."""

_LONG_KEY = re.compile(rf"""^[ \t\[]*+(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}""", re.MULTILINE)
"""A dotted key for which the standard parser would take quadratic time."""


_AT = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
BEGINNING: Position = (1, 1)


class FileError(ValueError):
    """A file that cannot be used; the message begins with `file:line:column:` and says what to do. Of a very long
    message, which quotes the file at length, the middle is left out."""

    def __init__(self, file: str, place: Position, message: str) -> None:
        self.line, column = place
        super().__init__(f"{file}:{self.line}:{column}: {without_middle(message, MAX_MESSAGE)}")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file and the places of its keys."""

    name: str
    text: str
    data: dict[str, Any]

    @cached_property
    def _places(self) -> dict[KeyPath, Position]:
        return positions(self.text)

    def place(self, path: Sequence[str | int]) -> Position:
        """The place of a value, or of the nearest table or array around it."""
        known = self._places
        for end in range(len(path), 0, -1):
            found = known.get(tuple(path[:end]))
            if found is not None:
                return found
        return BEGINNING

    def line(self, path: Sequence[str | int]) -> int:
        return self.place(path)[0]

    def place_within(self, key: str, line: int, column: int) -> Position:
        """Translate a place in the text of the string `key`, whose lines count from the beginning of the file
        (`lines_before`), to a place in the file. The place of the key itself if a string on one line has escapes."""
        at_line, at_column = self.place([key])
        if line != at_line:
            return line, column
        text, source = self.data[key], self.text.split("\n")[at_line - 1]
        start = source.find(text.split("\n")[0], at_column)
        return (line, start + column) if start > 0 else (at_line, at_column)

    def lines_before(self, key: str) -> int:
        """The number of lines of the file before the text of a multi-line string."""
        line = self.line([key])
        begins_after = self.text.split("\n")[line - 1].rstrip().endswith(('"""', "'''"))
        return line if begins_after else line - 1

    def error(self, path: Sequence[str | int], message: str) -> FileError:
        return FileError(self.name, self.place(path), message)


def read_toml(path: Path) -> TomlFile:
    """Raises `FileError`."""
    try:
        text = read_text_file(path)
    except UnreadableFile as error:
        raise FileError(str(path), BEGINNING, str(error)) from error
    return parse_toml(text, str(path))


def parse_toml(text: str, name: str) -> TomlFile:
    """Raises `FileError`."""
    if long_key := _LONG_KEY.search(text):
        raise FileError(name, (text.count("\n", 0, long_key.start()) + 1, 1), f"nested more than {MAX_DEPTH} deep")
    try:
        file = TomlFile(name, text, tomllib.loads(text))
    except RecursionError:
        raise FileError(name, BEGINNING, f"not usable: nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:  # also an integer with more digits than Python converts
        raise FileError(name, _place(error, text), f"not TOML: {cut(_AT.sub('', str(error)))}") from error
    _bound(file)
    return file


def _place(error: ValueError, text: str) -> Position:
    """The place where the standard parser stopped: its message contains it, or says that the parser was at the end."""
    at = _AT.search(str(error))
    if at is not None and at["line"] is not None:
        return int(at["line"]), int(at["column"])
    if at is None:  # an integer that is too long: the message has no place
        return BEGINNING
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _bound(file: TomlFile) -> None:
    """Refuse integers beyond 64 bits, which TOML 1.0 does not guarantee, and nesting that would exhaust recursion."""
    for path, value in _leaves(file.data):
        if len(path) > MAX_DEPTH:
            raise file.error(path, f"nested more than {MAX_DEPTH} deep")
        if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
            raise file.error(path, "an integer of more than 64 bits")


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """All scalars with their paths; a value that is nested too deep stands for its contents."""
    waiting: list[tuple[KeyPath, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > MAX_DEPTH or not isinstance(value, dict | list):
            yield path, value
        else:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*path, key), inner) for key, inner in items]


def cut(message: str) -> str:
    return message if len(message) <= MAX_SHOWN else f"{message[: MAX_SHOWN // 2]}...{message[-MAX_SHOWN // 2 :]}"
