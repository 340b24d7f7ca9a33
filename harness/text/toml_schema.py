"""TOML files that must match a JSON Schema; errors name the line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match

from harness.text.toml_lines import FileError, TomlFile, cut, read_toml
from harness.text.toml_positions import Position

MAX_PROBLEMS = 50
"""The maximum number of violations of a schema that are sorted by their place in the file."""


_TYPES = {
    "string": "a string in quotes",
    "array": "an array in square brackets",
    "object": "a table",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
"""Types of JSON Schema in the words of TOML."""


def read_valid(path: Path, schema: Mapping[str, Any]) -> TomlFile:
    """Raises `FileError`."""
    return validated(read_toml(path), schema)


def validated(file: TomlFile, schema: Mapping[str, Any]) -> TomlFile:
    """The same file. Raises `FileError` if it violates the schema."""
    problems = list(islice(jsonschema.Draft202012Validator(schema).iter_errors(file.data), MAX_PROBLEMS))
    if problems:
        raise _schema_error(file, min(problems, key=lambda found: _order(file, found)))
    return file


def _order(file: TomlFile, problem: ValidationError) -> tuple[bool, Position]:
    """Violations with a place come first, keys that are missing in the whole file come last."""
    place = [*problem.absolute_path, *_unknown_keys(problem)[:1]]
    return (not place, file.place(place))


def _schema_error(file: TomlFile, problem: ValidationError) -> FileError:
    """The most informative part of a schema violation, in a sentence."""
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
        named = cut(", ".join(map(_shown_key, unknown)))
        return file.error([*path, unknown[0]], f"unknown key {named}; known here are {known}")
    message = cut(_said(problem))
    return file.error(path, f"{where}: {message}" if where else message)


def _said(problem: ValidationError) -> str:
    """The violation, in the schema's own words if it has any: a pattern says little to a reader."""
    if problem.validator == "contains" and isinstance(problem.validator_value, Mapping):
        wanted = problem.validator_value.get("description")
        return f"must contain {wanted}" if wanted else problem.message
    wanted = problem.schema.get("description") if isinstance(problem.schema, Mapping) else None
    if problem.validator == "pattern" and wanted:
        return f"{cut(problem.message)} ({wanted.rstrip('.')})"
    if problem.validator == "type" and problem.validator_value in _TYPES:
        return f"expected {_TYPES[problem.validator_value]}, found {_shown_value(problem.instance)}"
    return problem.message


def _shown_value(value: object) -> str:
    """A value as TOML writes it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _unknown_keys(problem: ValidationError) -> list[str]:
    if problem.validator != "additionalProperties" or not isinstance(problem.schema, Mapping):
        return []
    assert isinstance(problem.instance, dict)
    return [key for key in problem.instance if key not in problem.schema.get("properties", {})]


def _shown_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else repr(key)


def _alternatives(problem: ValidationError) -> list[str]:
    """The keys of which at least one (`anyOf`) or exactly one (`oneOf`) must be present, if the schema says that."""
    choices = problem.validator_value
    if problem.validator not in ("oneOf", "anyOf") or not isinstance(choices, list):
        return []
    if not all(choice.keys() == {"required"} for choice in choices):
        return []
    return [key for choice in choices for key in choice["required"]]


def _nearest(problem: ValidationError) -> ValidationError:
    """The violation of the alternative of a `oneOf` whose required key is present."""
    alternatives: dict[Any, list[ValidationError]] = {}
    for inner in problem.context or ():
        alternatives.setdefault(inner.schema_path[0], []).append(inner)
    if not alternatives:
        return problem
    fitting = [found for found in alternatives.values() if not any(e.validator == "required" for e in found)]
    chosen = (fitting or list(alternatives.values()))[0]
    inner = chosen[0]
    return _nearest(inner) if inner.validator in ("oneOf", "anyOf") and inner.context else inner
