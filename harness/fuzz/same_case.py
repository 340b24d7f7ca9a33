"""Whether two cases are the same up to the names in them: the same WIT, and the same steps in the same order.

Each name is replaced by the number of its first use, wherever it occurs. So a duplicate is missed if one name names two
things and the other case has two names for them.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path

from harness.fuzz.wit_reducer import COMMENT, KEYWORDS
from harness.suite.case import Case, CaseError, load_case

Shape = tuple[object, ...]
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)+\'|%?[A-Za-z](?:-?[\w])*|\d[\w.+]*|->|[^\s\w]')
_VALUES = frozenset(("true", "false", "some", "none", "ok", "err", "inf", "nan"))


def shape(case: Case) -> Shape | None:
    """Equal for cases that are the same. None for one whose WIT is not a text in it."""
    if not isinstance(case.wit, str):
        return None
    numbers: dict[str, int] = {}
    wit = _without_names(COMMENT.sub("", case.wit), numbers)
    world = _without_names(case.world or "", numbers) if wit.count("world") > 1 else ()
    steps = _shape(case.steps, numbers)
    chosen = case.merge_versions, case.hooks, case.async_filters, case.blocking_run
    return wit, world, steps, case.sample, case.lists, case.encodings, *chosen


def _shape(part: object, numbers: dict[str, int]) -> object:
    """The fields of a step or of a part of one, without its place in the file."""
    if isinstance(part, str):
        return part if part.startswith("!") else _without_names(part, numbers)
    if isinstance(part, frozenset):
        return _shape(tuple(sorted(part)), numbers)
    if isinstance(part, tuple):
        return tuple([_shape(item, numbers) for item in part])
    if is_dataclass(part):
        names = [field.name for field in fields(part) if field.name != "path"]
        return type(part), *[_shape(getattr(part, name), numbers) for name in names]
    return part


def _without_names(text: str, numbers: dict[str, int]) -> tuple[str | int, ...]:
    """The tokens, with the number of its first use for each name."""
    return tuple(_token(found[0], numbers) for found in _TOKEN.finditer(text))


def _token(text: str, numbers: dict[str, int]) -> str | int:
    name = text.removeprefix("%")
    if not name[:1].isalpha() or (text in KEYWORDS | _VALUES):
        return text
    return numbers.setdefault(name, len(numbers))


def words_of(wit: str) -> frozenset[str]:
    """The keywords and names of a WIT text; a name that is written with `%` keeps it."""
    return frozenset(found[0] for found in _TOKEN.finditer(COMMENT.sub("", wit)))


def wit_shape(case: Case) -> Shape | None:
    """Equal for cases with the same world, regardless of their steps. None for one whose WIT is not a text in it."""
    found = shape(case)
    return None if found is None else found[:2]


def same_cases(case: Case, files: Iterable[Path]) -> list[Path]:
    """The files that hold the same case. Files that hold none are passed over."""
    return _with(shape, case, files)


def same_worlds(case: Case, files: Iterable[Path]) -> list[Path]:
    """The files with the same world. Files that hold no case are passed over."""
    return _with(wit_shape, case, files)


def _with(shape_of: Callable[[Case], Shape | None], case: Case, files: Iterable[Path]) -> list[Path]:
    wanted = shape_of(case)
    found = []
    for path in files:
        with contextlib.suppress(CaseError):
            if wanted is not None and shape_of(load_case(path)) == wanted:
                found.append(path)
    return found
