"""Small changes to the text of a TOML file. Everything else in it stays, with its comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import String, StringType, Trivia

_Path = Sequence[str | int]


def without(text: str, path: _Path) -> str:
    """Without a key, or an element of an array; an array that gets empty goes, too."""
    document = tomlkit.parse(text)
    inner = _inside(document, path[:-1])
    del inner[path[-1]]
    if isinstance(path[-1], int) and not len(inner):
        del _inside(document, path[:-2])[path[-2]]
    return document.as_string()


def with_value(text: str, path: _Path, value: str | bool) -> str:
    """With another string or truth value at a place that exists, or a new key of a table that exists."""
    document = tomlkit.parse(text)
    _inside(document, path[:-1])[path[-1]] = _string(value) if isinstance(value, str) else value
    return document.as_string()


def with_table(text: str, key: str, table: Mapping[str, str | list[str]]) -> str:
    """With this table in place of what the key has."""
    document = tomlkit.parse(text)
    document.pop(key, None)
    document[key] = dict(table)
    return document.as_string()


def _inside(document: Any, path: _Path) -> Any:
    for part in path:
        document = document[part]
    return document


def _string(value: str) -> Any:
    """Several lines as people write them, if a literal string can hold them."""
    plain = all(char >= " " or char in "\n\t" for char in value) and "'''" not in value and not value.endswith("'")
    if "\n" in value and plain:
        return String(StringType.MLL, value, f"\n{value}", Trivia())
    return tomlkit.string(value)
