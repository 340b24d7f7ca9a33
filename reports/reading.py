"""Result files read again. What cannot be read is told with file, line and column, and what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from reports import fuzz, model, mutants
from reports.decode import Misfit, decode
from reports.json_places import Step, line_and_column
from reports.shown import one_line

Results = model.Run | fuzz.FuzzRun | mutants.MutantsRun


class UnreadableResults(Exception):
    """The message names the file, the place, and what to do."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of result file. `mark`: a key that no other kind has."""

    command: str
    mark: str
    format: int
    cls: type[Any]


_KINDS = (
    _Kind("run", "cases", model.FORMAT, model.Run),
    _Kind("fuzz", "refusals", fuzz.FORMAT, fuzz.FuzzRun),
    _Kind("mutants", "mutants", mutants.FORMAT, mutants.MutantsRun),
)
_WRITERS = "`harness run|check|smoke|fuzz|mutants --json FILE` writes one"


def read(file: str, text: str) -> Results:
    """`file` is how messages call it. Raises `UnreadableResults`."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{file}:{error.lineno}:{error.colno}"
        raise UnreadableResults(f"{place}: not JSON: {error.msg}; was it written to its end? {_WRITERS}") from error
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of too many digits
        raise UnreadableResults(f"{file}: no result file: {error or 'nested too deeply'}; {_WRITERS}") from error
    kind = _kind(file, data)
    written = data.pop("format")
    if type(written) is not int or written < 1:
        raise UnreadableResults(f"{file}: `format` is not a number of a format; {_WRITERS}")
    if written != kind.format:
        raise UnreadableResults(f"{file}: {_other_format(kind, written)}")
    data.pop("counts", None)  # of cases by outcome; what follows from the cases is not read
    try:
        results = decode(kind.cls, data)
    except Misfit as error:
        line, column = line_and_column(text, error.path)
        where = _dotted(error.path)
        problem = one_line(f"{where}: {error.problem}" if where else error.problem)
        hint = f"was it changed, or written by another version? run `harness {kind.command}` with --json again"
        raise UnreadableResults(f"{file}:{line}:{column}: {problem}; {hint}") from error
    return results  # type: ignore[no-any-return]  # one of the classes of `_KINDS`


def _kind(file: str, data: object) -> _Kind:
    if isinstance(data, list) and all(isinstance(row, dict) and "wrong" in row for row in data):
        raise UnreadableResults(f"{file}: {_other_format(_KINDS[2], 1)}")
    found = next((kind for kind in _KINDS if isinstance(data, dict) and kind.mark in data), None)
    if found is None or not isinstance(data, dict) or "format" not in data:
        raise UnreadableResults(f"{file}: no result file; {_WRITERS}")
    return found


def _other_format(kind: _Kind, written: int) -> str:
    if written < kind.format:
        old = f"an older harness wrote it (format {written}, this one reads {kind.format})"
        return f"{old}: run `harness {kind.command}` with --json again"
    return f"a newer harness wrote it (format {written}, this one reads {kind.format}): update this one"


def _dotted(path: tuple[Step, ...]) -> str:
    parts = [f"[{step}]" if isinstance(step, int) else f".{step[:80]}" for step in path]
    return "".join(parts).removeprefix(".")
