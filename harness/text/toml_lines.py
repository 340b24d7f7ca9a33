"""TOML files whose errors name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match

from harness.text.files import UnreadableFile, read_text_file
from harness.text.toml_positions import KeyPath, positions

MAX_DEPTH = 100
"""How deep tables and arrays may be nested: far more than any file needs."""
MAX_PROBLEMS = 50
"""Violations of a schema among which the first in the file is looked for."""
MAX_SHOWN = 300
"""Characters of a message that may quote a value of the file."""

_LONG_KEY = re.compile(rf"""^[ \t\[]*+(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}""", re.MULTILINE)
"""A dotted key for which the standard parser would take quadratic time."""


class FileError(ValueError):
    """A file that cannot be used; the message begins with `file:line:` and tells what to do."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.line = line


@dataclass(frozen=True)
class TomlFile:
    """A parsed file and the lines of its keys."""

    name: str
    text: str
    data: dict[str, Any]

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        return positions(self.text)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of a value, or of the nearest thing around it."""
        known = self._lines
        for end in range(len(path), 0, -1):
            found = known.get(tuple(path[:end]))
            if found is not None:
                return found
        return 1

    def lines_before(self, key: str) -> int:
        """Lines of the file before the text of a multi-line string."""
        line = self.line([key])
        begins_after = self.text.split("\n")[line - 1].rstrip().endswith(('"""', "'''"))
        return line if begins_after else line - 1

    def error(self, path: Sequence[str | int], message: str) -> FileError:
        return FileError(self.name, self.line(path), message)


def read_toml(path: Path, schema: Mapping[str, Any]) -> TomlFile:
    """Parse and validate; raises `FileError`."""
    try:
        text = read_text_file(path)
    except UnreadableFile as error:
        raise FileError(str(path), 1, str(error)) from error
    return parse_toml(text, str(path), schema)


def parse_toml(text: str, name: str, schema: Mapping[str, Any]) -> TomlFile:
    """Parse and validate a text; raises `FileError`."""
    if long_key := _LONG_KEY.search(text):
        raise FileError(name, text.count("\n", 0, long_key.start()) + 1, f"nested more than {MAX_DEPTH} deep")
    try:
        file = TomlFile(name, text, tomllib.loads(text))
    except RecursionError:
        raise FileError(name, 1, f"not usable: nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:  # also an integer with more digits than Python converts
        at = re.search(r"at line (\d+)", str(error))
        line = int(at.group(1)) if at else 1 if not isinstance(error, tomllib.TOMLDecodeError) else text.count("\n") + 1
        raise FileError(name, line, f"not TOML: {_cut(str(error))}") from error
    _bound(file)
    found = islice(jsonschema.Draft202012Validator(schema).iter_errors(file.data), MAX_PROBLEMS)
    problems = list(found)
    if problems:
        raise _schema_error(file, min(problems, key=lambda found: _order(file, found)))
    return file


def _order(file: TomlFile, problem: ValidationError) -> tuple[bool, int]:
    """What stands somewhere comes first, what is missing in the whole file last."""
    place = [*problem.absolute_path, *_unknown_keys(problem)[:1]]
    return (not place, file.line(place))


def _bound(file: TomlFile) -> None:
    """Refuse what TOML 1.0 does not promise (integers beyond 64 bits), and nesting that would exhaust recursion."""
    for path, value in _leaves(file.data):
        if len(path) > MAX_DEPTH:
            raise file.error(path, f"nested more than {MAX_DEPTH} deep")
        if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
            raise file.error(path, "an integer of more than 64 bits")


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """All scalars with their paths, and what is too deep instead of its contents."""
    waiting: list[tuple[KeyPath, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > MAX_DEPTH or not isinstance(value, dict | list):
            yield path, value
        else:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*path, key), inner) for key, inner in items]


def _cut(message: str) -> str:
    return message if len(message) <= MAX_SHOWN else f"{message[: MAX_SHOWN // 2]}...{message[-MAX_SHOWN // 2 :]}"


def _schema_error(file: TomlFile, problem: ValidationError) -> FileError:
    """The most telling part of a schema violation, in a sentence."""
    keys = _alternatives(problem)
    if keys:
        there = [key for key in keys if isinstance(problem.instance, Mapping) and key in problem.instance]
        names = ", ".join(keys)
        return file.error(
            [*problem.absolute_path, *there[1:2]],
            f"only one of {names} can be given" if there else f"one of {names} is missing",
        )
    if problem.validator in ("oneOf", "anyOf") and problem.context:
        problem = best_match([_nearest(problem)]) or problem
    path = list(problem.absolute_path)
    where = ".".join(str(part) for part in path)
    if unknown := _unknown_keys(problem):
        assert isinstance(problem.schema, Mapping)
        known = ", ".join(problem.schema.get("properties", {}))
        named = _cut(", ".join(map(_shown_key, unknown)))
        return file.error([*path, unknown[0]], f"unknown key {named}; known here are {known}")
    message = _cut(_said(problem))
    return file.error(path, f"{where}: {message}" if where else message)


def _said(problem: ValidationError) -> str:
    """What is wrong, in words of the schema where it has any: a pattern says little to a reader."""
    if problem.validator == "contains" and isinstance(problem.validator_value, Mapping):
        wanted = problem.validator_value.get("description")
        return f"must contain {wanted}" if wanted else problem.message
    wanted = problem.schema.get("description") if isinstance(problem.schema, Mapping) else None
    if problem.validator == "pattern" and wanted:
        return f"{_cut(problem.message)} ({wanted.rstrip('.')})"
    return problem.message


def _unknown_keys(problem: ValidationError) -> list[str]:
    if problem.validator != "additionalProperties" or not isinstance(problem.schema, Mapping):
        return []
    assert isinstance(problem.instance, dict)
    return [key for key in problem.instance if key not in problem.schema.get("properties", {})]


def _shown_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else repr(key)


def _alternatives(problem: ValidationError) -> list[str]:
    """The keys of which one must be there (`anyOf`), or exactly one (`oneOf`), where the schema says that."""
    choices = problem.validator_value
    if problem.validator not in ("oneOf", "anyOf") or not isinstance(choices, list):
        return []
    if not all(choice.keys() == {"required"} for choice in choices):
        return []
    return [key for choice in choices for key in choice["required"]]


def _nearest(problem: ValidationError) -> ValidationError:
    """Of the alternatives of a `oneOf`, the violation of the one whose required key is there."""
    alternatives: dict[Any, list[ValidationError]] = {}
    for inner in problem.context or ():
        alternatives.setdefault(inner.schema_path[0], []).append(inner)
    if not alternatives:
        return problem
    fitting = [found for found in alternatives.values() if not any(e.validator == "required" for e in found)]
    chosen = (fitting or list(alternatives.values()))[0]
    inner = chosen[0]
    return _nearest(inner) if inner.validator in ("oneOf", "anyOf") and inner.context else inner
