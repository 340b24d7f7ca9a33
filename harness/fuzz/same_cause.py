"""Findings that probably have one cause, by their reduced cases and by their cores.

One fault shows in several ways: an inverted option gives other events in an import than in an export, and a trap where
the part of a `some` is garbage. Two findings about one toolchain, in the same minority, are joined if their reduced
cases are the same up to names, or if their cores (`core.py`) have the same types and the same is wrong: values, memory
or stack. The second rule is a guess, so a joined finding keeps its case and is shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import CaseParts, case_of
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.same_case import shape, words_of
from harness.fuzz.wit_reducer import COMMENT, PRIMITIVES

_KINDS = (
    "option", "result", "list", "map", "tuple", "record", "variant", "enum", "flags", "own", "borrow", "stream",
    "future", "async",
)  # fmt: skip
"""Keywords of types with parts, and of functions that differ in more than their types."""
_SIMPLEST = "u8"
"""What a reduction puts in the place of any other plain type, so others remain only where they matter."""
_FUNCTION = re.compile(r"\b(?:func|constructor)\s*\([^;]*")
_NAME_AND_COLON = re.compile(r"%?[\w-]+\s*:\s*")
_RESOURCE = re.compile(r"\bresource (%?[\w-]+)")
_MEMORY = frozenset(("bytes", "blocks"))


@dataclass(frozen=True, slots=True)
class Likeness:
    """The common properties of findings with one cause. `case`: a digest of the reduced case. `core`: what is wrong in
    the core, and its types; empty if there is none."""

    toolchain: str
    minority: str
    case: str
    core: str


def likeness(bucket: Bucket, parts: CaseParts | LinkCaseText, core: CaseParts | None = None) -> Likeness:
    """The likeness of a finding with this reduced case and this core."""
    if isinstance(parts, LinkCaseText):
        return Likeness(bucket.toolchain, bucket.minority, _digest(parts.body), "")
    types = "" if core is None else f"{_wrong(bucket)}, {_types(COMMENT.sub('', core.wit))}"
    return Likeness(bucket.toolchain, bucket.minority, _digest(repr(shape(case_of(parts)))), types)


def _wrong(bucket: Bucket) -> str:
    """A leak is no wrong value, although both may need a list."""
    if bucket.aspect != "balance":
        return "values"
    return "memory" if _MEMORY & frozenset(bucket.kind.split()) else "stack"


def _types(wit: str) -> str:
    """The kinds of types in a core. Without any, the functions themselves, because their flat parameters matter then;
    a resource that only contains functions is no type of them."""
    words = words_of(wit)
    handles = any(_is_used(name, wit) for name in _RESOURCE.findall(wit))
    kinds = [kind for kind in _KINDS if kind in words] + ["resource"] * handles
    if kinds:
        return ", ".join([*kinds, *sorted(words & PRIMITIVES - {_SIMPLEST})])
    return "; ".join(" ".join(_NAME_AND_COLON.sub("", function).split()) for function in _FUNCTION.findall(wit))


def _is_used(resource: str, wit: str) -> bool:
    """Whether a resource is the type of something, or is used by another interface."""
    name = re.escape(resource)
    before = r"(?::\s+|[<,(=]\s*|->\s*|\.\{(?:[^}]*[\s,])?)"
    return re.search(rf"{before}{name}(?![\w-]|\s*:)", wit) is not None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def why_one(first: Likeness, second: Likeness) -> str:
    """Why two findings are one, for people; empty if they are not."""
    if (first.toolchain, first.minority) != (second.toolchain, second.minority):
        return ""
    if first.case == second.case:
        return "the same reduced case"
    if first.core and first.core == second.core:
        return f"the smallest world in which the tool is wrong in any way has the same types: {first.core}"
    return ""


def first_like(own: Likeness, others: Iterable[Likeness | None]) -> tuple[int, str] | None:
    """The position of the first of the others that is one finding with this one, and why."""
    for position, other in enumerate(others):
        if other is not None and (why := why_one(other, own)):
            return position, why
    return None
