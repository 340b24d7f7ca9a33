"""The condition that expected and observed differ only in the labels of interfaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from harness.suite.faults.condition import FaultCondition, Matched

_OWNER = re.compile(r"([^\s<>(),#]+)#")
"""The part before a type's name in canonical names: an interface's id or label."""
_HANDLE = re.compile(r"(?:own|borrow)<[^<>]*>")
_OF_TYPES = re.compile(
    r"event \(.*: expected `?(?:(?:push|pop)_(?!own|borrow)|(?:stream|future)_)\w+ "
    r"|wit_t \((?:(?!: expected ).)*(?:, parameter |, result)"
    r"|wit_t \(\w+, (?:alias|record|variant|enum|flags|tuple|option|result|list|map|fixed_length_list|stream|future) "
    r"[^\s,]+\): expected "
)
"""Messages about the type of a value, of an end or of a name, but not about a handle or the called function."""
_OF_TASK = re.compile(r"`([^`]*)` \(\w+, task \d+\)")
"""The one event that schedules allow (`harness/judge/schedules.py`)."""
_WITH = re.compile(r"\binclude\b[^;{]*\bwith\s*\{([^}]*)\}")
_RENAMED = re.compile(r"%?([\w-]+)\s+as\s+%?([\w-]+)")
_LABEL = re.compile(r"\b(?:import|export)\s+%?([\w-]+):\s+%?([\w:./@%+-]+?)\s*;")


@dataclass(frozen=True, slots=True)
class LabelNamesOnly(FaultCondition):
    """Only the owner of a type differs: the same interface under another key of the world, one of them a label.

    It never explains which function is called or which resource a handle belongs to.
    """

    def matches(self, failure: Matched) -> bool:
        message = failure.told.message
        expected, _, actual = message.partition(": expected ")[2].partition(", got ")
        of_task = _OF_TASK.fullmatch(expected)
        expected = of_task[1] if of_task is not None else expected
        if failure.facts is None or _OF_TYPES.match(message) is None or expected == actual:
            return False
        return _only_labels_differ(expected, actual, _labels(failure.facts.wit))


def _only_labels_differ(expected: str, actual: str, labels: Sequence[tuple[str, str]]) -> bool:
    if _OWNER.sub("#", expected) != _OWNER.sub("#", actual) or _HANDLE.findall(expected) != _HANDLE.findall(actual):
        return False
    pairs = zip(_OWNER.findall(expected), _OWNER.findall(actual), strict=True)
    known = {label for label, _ in labels}
    return all(
        left == right or (bool(known & {left, right}) and bool(_behind(left, labels) & _behind(right, labels)))
        for left, right in pairs
    )


def _behind(owner: str, labels: Sequence[tuple[str, str]]) -> set[str]:
    """The own names of the interfaces behind a key of the world: one label may be imported and exported. (Text of WIT
    may leave out the package.)"""
    found = [interface for label, interface in labels if label == owner] or [owner]
    return {name.replace("%", "").rpartition("/")[2].partition("@")[0] for name in found}


@lru_cache(maxsize=2)
def _labels(wit: str) -> tuple[tuple[str, str], ...]:
    """The labels of worlds with their interfaces, also under the names that `include ... with` gives them. One world
    has many failures."""
    found: list[tuple[str, str]] = list(dict.fromkeys(_LABEL.findall(wit)))
    renames = [pair for names in _WITH.findall(wit) for pair in _RENAMED.findall(names)]
    for label, interface in found:  # it grows: a name may be renamed again
        given = [(new, interface) for old, new in renames if old == label]
        found += [pair for pair in given if pair not in found]
    return tuple(found)
