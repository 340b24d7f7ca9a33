"""TOML files whose errors name the line: the standard parser keeps no positions, so keys are looked for again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match

Path_ = tuple[str | int, ...]


class FileError(ValueError):
    """A file that cannot be used; the message begins with `file:line:` and tells what to do."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.line = line


_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*")(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=(.*)$""")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file and the lines of its keys."""

    name: str
    text: str
    data: dict[str, Any]

    @cached_property
    def _lines(self) -> dict[Path_, int]:
        """The line of each table and key; what stands inside inline values has the line of its key."""
        lines: dict[Path_, int] = {}
        counts: dict[Path_, int] = {}
        prefix: Path_ = ()
        closing = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if closing:
                closing = "" if closing in line else closing
            elif header := _HEADER.match(line):
                path = tuple(part.strip().strip('"') for part in header.group(2).split("."))
                prefix = _enter(path, header.group(1) == "[[", counts)
                lines.setdefault(prefix, number)
            elif key := _KEY.match(line):
                path = tuple(part.strip().strip('"') for part in key.group(1).split("."))
                lines.setdefault((*prefix, *path), number)
                closing = _open_quotes(key.group(2))
        return lines

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
        begins_after = self.text.splitlines()[line - 1].rstrip().endswith(('"""', "'''"))
        return line if begins_after else line - 1

    def error(self, path: Sequence[str | int], message: str) -> FileError:
        return FileError(self.name, self.line(path), message)


def _enter(path: tuple[str, ...], is_array: bool, counts: dict[Path_, int]) -> Path_:
    """The path of a table with the indices of the arrays of tables that it stands in."""
    full: Path_ = ()
    for part in path[:-1]:
        full = (*full, part)
        if full in counts:
            full = (*full, counts[full])
    full = (*full, path[-1])
    if is_array:
        counts[full] = counts.get(full, -1) + 1
        full = (*full, counts[full])
    return full


def _open_quotes(rest: str) -> str:
    """The quotes that a multi-line string begins with and does not end on its line."""
    for quotes in ('"""', "'''"):
        if rest.lstrip().startswith(quotes) and rest.count(quotes) == 1:
            return quotes
    return ""


def read_toml(path: Path, schema: Mapping[str, Any]) -> TomlFile:
    """Parse and validate; raises `FileError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(str(path), 1, f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FileError(str(path), 1, f"is not UTF-8: {error}") from error
    return parse_toml(text, str(path), schema)


def parse_toml(text: str, name: str, schema: Mapping[str, Any]) -> TomlFile:
    """Parse and validate a text; raises `FileError`."""
    try:
        file = TomlFile(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise FileError(name, int(at.group(1)) if at else text.count("\n") + 1, f"not TOML: {error}") from error
    problems = list(jsonschema.Draft202012Validator(schema).iter_errors(file.data))
    if problems:
        problem = min(problems, key=lambda found: file.line(list(found.absolute_path)))
        raise _schema_error(file, problem)
    return file


def _schema_error(file: TomlFile, problem: ValidationError) -> FileError:
    """The most telling part of a schema violation, in a sentence."""
    keys = _alternatives(problem)
    if keys:
        there = [key for key in keys if isinstance(problem.instance, Mapping) and key in problem.instance]
        names = " or ".join(f"`{key}`" for key in keys)
        path = [*problem.absolute_path, *there[1:2]]
        return file.error(path, f"only one of {names} may be there" if there else f"{names} is missing")
    if problem.validator in ("oneOf", "anyOf") and problem.context:
        problem = best_match([_nearest(problem)]) or problem
    path = list(problem.absolute_path)
    where = ".".join(str(part) for part in path)
    extra = re.match(r"Additional properties are not allowed \((.*) (?:was|were) unexpected\)", problem.message)
    if extra:
        unknown = re.findall(r"'([^']+)'", extra.group(1))
        schema = problem.schema if isinstance(problem.schema, Mapping) else {}
        known = ", ".join(schema.get("properties", {}))
        return file.error([*path, unknown[0]], f"unknown key {', '.join(unknown)}; known here are {known}")
    return file.error(path, f"{where}: {problem.message}" if where else problem.message)


def _alternatives(problem: ValidationError) -> list[str]:
    """The keys of which exactly one must be there, where that is what a `oneOf` says."""
    if problem.validator != "oneOf" or not all(choice.keys() == {"required"} for choice in problem.validator_value):
        return []
    return [key for choice in problem.validator_value for key in choice["required"]]


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
