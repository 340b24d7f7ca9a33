"""The position of a value in a JSON text."""

from __future__ import annotations

import json
import re

Step = str | int

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")


def line_and_column(text: str, path: tuple[Step, ...]) -> tuple[int, int]:
    """The line and column of the value at `path`, or of the innermost value around it that exists. The text is valid
    JSON."""
    at = _skip(text, 0)
    for step in path:
        found = _member(text, at, step)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _member(text: str, at: int, step: Step) -> int | None:
    """The start of a member of the object or array that starts at `at`."""
    opening = text[at]
    if opening != ("{" if isinstance(step, str) else "["):
        return None
    at = _skip(text, at + 1)
    index = 0
    found = None
    while text[at] not in "}]":
        key: Step = index
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if key == step:
            found = at  # of equal keys, readers take the last
            if opening == "[":
                break
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1
    return found


def _skip(text: str, at: int) -> int:
    matched = _BLANK.match(text, at)
    assert matched is not None
    return matched.end()
