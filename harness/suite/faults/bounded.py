"""The regular expressions that people write about known faults, evaluated within a bound.

One with a repetition within another can take longer than anybody waits, for a text that it does not match. Python's
own `re` cannot be stopped, so the package `regex` searches. It takes the syntax of `re`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

BOUND = 2.0
"""Seconds of processor time for one search. Those of the project's files take some milliseconds."""


class BadPattern(ValueError):
    """A text is not a regular expression. The message says why."""


class UnusablePattern(Exception):
    """A search could not be finished. The message names the place of the regular expression."""


def check(pattern: str) -> re.Pattern[str]:
    """A regular expression, compiled, but not to be searched with. Raises `BadPattern`."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise BadPattern(f"not a regular expression: {error}") from error


def search(pattern: str, text: str, place: str) -> regex.Match[str] | None:
    """The first match in a text. `place`: the file, the entry and the key of the regular expression, for the message of
    `UnusablePattern`."""
    import regex  # only runs with a failure need it

    try:
        return regex.compile(pattern).search(text, timeout=BOUND)
    except TimeoutError as error:
        problem = (
            f"the regular expression was stopped after {BOUND:g} s of processor time, in a text of {len(text)} "
            "characters; write it without one repetition within another"
        )
        raise UnusablePattern(f"{place}: {problem}") from error
    except regex.error as error:
        raise UnusablePattern(f"{place}: the package `regex` does not take the regular expression: {error}") from error
