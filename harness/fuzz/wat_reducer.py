"""A module's text made smaller by leaving out its parenthesized parts, the outer ones first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;;[^\n]*|\(;.*?;\)|[()]', re.DOTALL)
_EMPTY_LINES = re.compile(r"\n[ \t]*(?=\n)")
DEEPEST = 4
"""Parts of parts of a function's parts: deeper ones rarely go alone."""


def reduce_wat(text: str, still_fails: Callable[[str], bool]) -> str:
    """A text of which no single part can be left out while `still_fails` holds. What it answers yes to must be a
    module. `text` itself must fail. To end the reduction, let it answer no."""
    before = None
    while text != before:
        before = text
        for depth in range(1, DEEPEST + 1):
            for start, end in reversed(list(parts(text, depth))):
                smaller = text[:start].rstrip(" ") + text[end:]
                if still_fails(smaller):
                    text = smaller
    tidy = _EMPTY_LINES.sub("", text)
    return tidy if tidy != text and still_fails(tidy) else text


def parts(text: str, depth: int) -> Iterator[tuple[int, int]]:
    """Where the parts at a depth begin and end; the module itself has depth 0. Unbalanced text has fewer parts."""
    open_ = 0
    start = 0
    for token in _TOKEN.finditer(text):
        if token[0] == "(":
            if open_ == depth:
                start = token.start()
            open_ += 1
        elif token[0] == ")":
            open_ -= 1
            if open_ == depth:
                yield start, token.end()
