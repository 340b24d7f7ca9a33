"""The condition that expected and observed differ only in the labels of interfaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.suite.faults.condition import Differs, FaultCondition, Matched
from harness.trace.event import Event

_OWNER = re.compile(r"([^\s<>(),#]+)#")
"""The part before a type's name in canonical names: an interface's id or label."""
_HANDLE = re.compile(r"(?:own|borrow)<[^<>]*>")


@dataclass(frozen=True, slots=True)
class LabelNamesOnly(FaultCondition):
    """Only the owner of a type differs: the same interface under another key of the world, one of them a label.

    It never explains which function is called or which resource a handle belongs to.
    """

    def matches(self, failure: Matched) -> bool:
        difference = failure.told.difference
        types = _types(difference) if difference is not None else None
        if failure.facts is None or types is None:
            return False
        return _only_labels_differ(*types, failure.facts.shape.labels)


def _types(difference: Differs) -> tuple[str, str] | None:
    """The names or texts of two types, if they are all that differs: in a `wit_t`, or in the only allowed event."""
    if difference.aspect == "wit_t":
        return (difference.expected, difference.actual) if difference.of_type else None
    wanted, seen = difference.events
    if difference.aspect != "event" or wanted is None or seen is None or len(difference.allowed) != 1:
        return None  # a schedule may allow other events
    left, right = _type_of(wanted), _type_of(seen)
    if left is None or right is None or replace(seen, type=left) != wanted:  # type: ignore[type-var]  # a dataclass
        return None
    return left, right


def _type_of(event: Event) -> str | None:
    """The type of the value or end that an event is about; None if it is about a function, a resource, or no name."""
    name: str | None = getattr(event, "type", None)
    return name


def _only_labels_differ(expected: str, actual: str, labels: Sequence[tuple[str, str]]) -> bool:
    if expected == actual or _HANDLE.findall(expected) != _HANDLE.findall(actual):
        return False
    return same_but_for_labels(expected, actual, labels)


def same_but_for_labels(expected: str, actual: str, labels: Sequence[tuple[str, str]]) -> bool:
    """Whether two names of types differ at most in the keys under which a world has an interface, one of them a
    label."""
    if _OWNER.sub("#", expected) != _OWNER.sub("#", actual):
        return False
    pairs = zip(_OWNER.findall(expected), _OWNER.findall(actual), strict=True)
    known = {label for label, _ in labels}
    return all(
        left == right or (bool(known & {left, right}) and bool(_behind(left, labels) & _behind(right, labels)))
        for left, right in pairs
    )


def _behind(owner: str, labels: Sequence[tuple[str, str]]) -> set[str]:
    """The ids of the interfaces behind a key of the world: one label may be imported and exported."""
    return {interface for label, interface in labels if label == owner} or {owner}
