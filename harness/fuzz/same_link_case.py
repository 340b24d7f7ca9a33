"""Whether two link cases are the same: the same WIT, libraries, options and steps, up to spaces and comments.

Unlike in other cases, names count: most words of a WAT text are instructions, whose renaming changes the case.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from harness.fuzz.wit_reducer import COMMENT
from harness.suite.link_case import LinkCase, load_link_case
from harness.text.toml_lines import FileError

_Shape = tuple[object, ...]
_WAT = re.compile(r'"(?:[^"\\]|\\.)*"|;;[^\n]*|\(;.*?;\)|[()]|[^\s()";]+', re.DOTALL)
_WIT = re.compile(r"[\w%-]+|[^\s\w%-]")


def same_link_cases(case: LinkCase, files: Iterable[Path]) -> list[Path]:
    """The files that hold the same link case. Files that hold none are passed over."""
    return _with(link_shape, case, files)


def same_libraries(case: LinkCase, files: Iterable[Path]) -> list[Path]:
    """The files with the same libraries and options. Files that hold no link case are passed over."""
    return _with(_linked, case, files)


def _with(shape_of: Callable[[LinkCase], _Shape], case: LinkCase, files: Iterable[Path]) -> list[Path]:
    wanted = shape_of(case)
    found = []
    for path in files:
        with contextlib.suppress(FileError):
            if shape_of(load_link_case(path)) == wanted:
                found.append(path)
    return found


def link_shape(case: LinkCase) -> _Shape:
    """Equal for link cases that are the same."""
    return *_linked(case), case.starts, case.starts_also, case.steps, case.refusal


def _linked(case: LinkCase) -> _Shape:
    libraries = tuple([(replace(library, wat=""), _wat(library.wat)) for library in case.libraries])
    return tuple(_WIT.findall(COMMENT.sub("", case.wit))), case.world, libraries, case.options


def _wat(text: str) -> tuple[str, ...]:
    return tuple([token for token in _WAT.findall(text) if not token.startswith((";;", "(;"))])
