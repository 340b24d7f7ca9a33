"""Coverage, summed over cases: features of WIT by position and direction, functions of the interface."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reports.model import CaseResult

FUNCTION_FEATURES = (
    "function",
    "method",
    "static",
    "constructor",
    "get",
    "set",
    "async function",
    "async method",
    "async static",
)
TYPE_FEATURES = (
    "bool",
    "u8",
    "s8",
    "u16",
    "s16",
    "u32",
    "s32",
    "u64",
    "s64",
    "f32",
    "f64",
    "char",
    "string",
    "list",
    "fixed-length-list",
    "map",
    "record",
    "tuple",
    "variant",
    "enum",
    "flags",
    "option",
    "result",
    "own",
    "borrow",
    "error-context",
    "future",
    "stream",
)
LINK_FEATURES = (
    "one library",
    "several libraries",
    "several worlds in libraries",
    "functions of another library",
    "addresses of functions",
    "addresses of data",
    "data relocations",
    "constructors",
    "constructors in any order",
    "_initialize",
    "an allocator of its own",
    "task hooks",
    "asynchronous exports",
    "traps",
    "refusal",
    "openable",
    "built-in-libdl",
    "stack-size",
    "stub-missing-functions",
    "several-worlds",
    "return-call-ref",
    "adapt",
    "one module",
    "tags",
    "threading",
    "custom-page-sizes",
)
STAGES = ("wit", "generate", "link", "new")
REACTIONS = ("the reference refuses", "the reference accepts", "the reference panics")
FEATURES = (*FUNCTION_FEATURES, *TYPE_FEATURES)
"""Every feature that has a row, also if no case has it."""

FUNCTION = "function"
POSITIONS = (FUNCTION, "parameter", "in a parameter", "result", "in a result")
DIRECTIONS = ("import", "export")
LINK, LIBRARIES, NEGATIVE = "link", "libraries", "negative case"
"""Directions of link cases and of negative cases, and the position of a link case."""


@dataclass(frozen=True, slots=True)
class Square:
    """The number of cases with a feature at a place, and the first of them."""

    feature: str
    direction: str
    position: str
    cases: int
    example: int
    """The index of a case; -1 if there is none."""


def squares(cases: Iterable[CaseResult]) -> dict[tuple[str, str, str], Square]:
    """The squares by feature, direction and position, without those that no case has."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], int] = {}
    for index, case in enumerate(cases):
        for part in case.covered:
            for feature in part.features:
                key = (feature, part.direction, part.position)
                counts[key] += 1
                examples.setdefault(key, index)
    return {key: Square(*key, counts[key], examples[key]) for key in counts}


def possible(feature: str, position: str) -> bool:
    """Functions are at no other position, and nothing else is there."""
    return (feature in FUNCTION_FEATURES) == (position == FUNCTION)


def interface_counts(cases: Iterable[CaseResult]) -> Counter[str]:
    """The number of cases that ran each function of `wit_dylib.h`."""
    return Counter(name for case in cases for name in case.interface)
