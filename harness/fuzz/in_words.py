"""A bucket in the words of people: the title of its case, and a sentence about it."""

from __future__ import annotations

from harness.fuzz.bucket import Bucket

_LEVELS = {1: "in the library", 2: "in the component", 3: "in the behaviour"}
_PLAIN = {"push_plain": "a push of a plain value", "pop_plain": "a pop of a plain value"}
_BETWEEN = " / "
"""Between expected and actual in the kind of a bucket."""
MAX_TITLE = 160


def title(bucket: Bucket) -> str:
    """One line: who differs, and how."""
    line = f"{_who(bucket)}: {_how(bucket)}"
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 3]}..."


def sentence(bucket: Bucket) -> str:
    """The sentence for `why` of a case, with a full stop."""
    where = f" ({_LEVELS[bucket.level]}: {bucket.aspect})" if bucket.level else ""
    return f"Found by `harness fuzz`: {_who(bucket)}: {_how(bucket)}{where}."


def _who(bucket: Bucket) -> str:
    if not bucket.minority:
        return f"{bucket.toolchain}, where nobody is alone"
    if bucket.minority == bucket.toolchain:
        return f"{bucket.toolchain} alone"
    return f"{bucket.toolchain} against {bucket.minority}, which is alone"


def _how(bucket: Bucket) -> str:
    expected, between, got = bucket.kind.partition(_BETWEEN)
    if not bucket.level:
        return f"{bucket.outcome}: {bucket.kind}"
    if not between:
        return bucket.kind
    return f"{_PLAIN.get(expected, expected)} is expected, {_PLAIN.get(got, got)} came"
