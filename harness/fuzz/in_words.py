"""A bucket in the words of people: the title of its case, and a sentence about it."""

from __future__ import annotations

import re

from harness.fuzz.bucket import Bucket
from harness.judge.difference import NOTHING, RETURNS
from harness.judge.party import INITIALIZERS

_LEVELS = {1: "in the library", 2: "in the component", 3: "in the behaviour"}
_SIDES = {
    "push_plain": "a push of a plain value",
    "pop_plain": "a pop of a plain value",
    RETURNS: "a return of every call",
    NOTHING: "nothing",
    "X component task N": "another event",
}
_BETWEEN = " / "
"""Between expected and actual in the kind of a bucket."""
_WHERE = re.compile(r" in (?:component|X)-run$")
_BY_INTERPRETER = re.compile(r"^a trap interpreter (.*)$")
_TRAP = re.compile(r"^a trap (?!for )(\S.*)$")
_BALANCES = {
    "balance": "after a call of an export",
    "import_balance": "after a call of an import",
    "task_balance": "across `task_return`",
}
_LEFT = {
    "bytes": "allocated bytes",
    "blocks": "allocated blocks",
    "stack": "the stack pointer",
    "contexts": "contexts of calls",
    "frames": "frames of calls",
}
MAX_TITLE = 160


def title(bucket: Bucket) -> str:
    """One line: who differs, and how."""
    line = f"{_who(bucket)}: {_how(bucket)}"
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 3]}..."


def sentence(bucket: Bucket) -> str:
    """The sentence for `why` of a case, with a full stop."""
    where = f" ({_LEVELS[bucket.level]})" if bucket.level else ""
    return f"Found by `harness fuzz`: {_who(bucket)}: {_how(bucket)}{where}."


def _who(bucket: Bucket) -> str:
    if not bucket.minority:
        return f"{bucket.toolchain}, where nobody is alone"
    if bucket.minority == bucket.toolchain:
        return f"{bucket.toolchain} alone"
    if bucket.minority in INITIALIZERS:
        return f"{bucket.minority}, in the subject of {bucket.toolchain}"
    return f"{bucket.toolchain} against {bucket.minority}, which is alone"


def _how(bucket: Bucket) -> str:
    if not bucket.level:
        what = bucket.kind.removeprefix("panicked ")
        return f"{bucket.outcome}: {_of_form(bucket)}{what}"
    if bucket.aspect == "balance":
        return _balance(bucket.kind)
    expected, between, got = bucket.kind.partition(_BETWEEN)
    if not between:
        what = bucket.kind.replace(" of another ", " with another ")
        return what if bucket.level == 3 else f"{bucket.aspect}: {what}"
    return f"{_of_form(bucket)}expected {_side(expected)}, got {_side(got)}"


def _of_form(bucket: Bucket) -> str:
    return f"{bucket.form}: " if bucket.form else ""


def _balance(kind: str) -> str:
    """What is not as it was before."""
    word, *names = kind.split()
    if word not in _BALANCES or not names or not _LEFT.keys() >= set(names):
        return kind
    return f"not restored {_BALANCES[word]}: {', '.join(_LEFT[name] for name in names)}"


def _side(text: str) -> str:
    """What was expected, or what came."""
    text = _WHERE.sub("", text)
    text = _BY_INTERPRETER.sub(r"a trap by the interpreter (\1)", text)
    return _SIDES.get(text, _TRAP.sub(r"a trap (\1)", text) if " by the interpreter" not in text else text)
