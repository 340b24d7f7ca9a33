"""Findings that probably have one cause, by their reduced cases.

One fault shows in several ways: an inverted option gives other events in an import than in an export, and a trap where
the part of a `some` is garbage. After reduction the cases are alike. Two findings about one toolchain, in the same
minority, are joined if their reduced cases are the same up to names, or if both are about behaviour and their reduced
worlds consist of the same kinds of types. The second rule is a guess, so a joined finding keeps its case and is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import CaseParts, case_of
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.same_case import shape, words_of

BEHAVIOUR = 3
"""The level at which one fault shows in many ways. The messages of other levels are about the fault itself."""
_KINDS = (
    "option", "result", "list", "map", "tuple", "record", "variant", "enum", "flags", "resource", "own", "borrow",
    "stream", "future", "async",
)  # fmt: skip
"""Keywords of types with parts, and of functions that differ in more than their types. Plain types are left out: which
one remains after a reduction depends on the world."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The common properties of findings with one cause. `kinds`: keywords of the reduced world; empty if they prove
    nothing."""

    toolchain: str
    minority: str
    case: str
    kinds: tuple[str, ...]


def likeness(bucket: Bucket, parts: CaseParts | LinkCaseText) -> Likeness:
    """The likeness of a finding with this reduced case."""
    if isinstance(parts, LinkCaseText):
        return Likeness(bucket.toolchain, bucket.minority, _digest(parts.body), ())
    words = words_of(parts.wit)
    kinds = tuple([kind for kind in _KINDS if kind in words]) if bucket.level == BEHAVIOUR else ()
    return Likeness(bucket.toolchain, bucket.minority, _digest(repr(shape(case_of(parts)))), kinds)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def why_one(first: Likeness, second: Likeness) -> str:
    """Why two findings are one, for people; empty if they are not."""
    if (first.toolchain, first.minority) != (second.toolchain, second.minority):
        return ""
    if first.case == second.case:
        return "the same reduced case"
    if first.kinds and first.kinds == second.kinds:
        return f"reduced worlds of the same kinds of types: {', '.join(first.kinds)}"
    return ""


def first_like(own: Likeness, others: Iterable[Likeness | None]) -> tuple[int, str] | None:
    """The position of the first of the others that is one finding with this one, and why."""
    for position, other in enumerate(others):
        if other is not None and (why := why_one(other, own)):
            return position, why
    return None
