"""A call as people type it: `f({n: -1}, "x") -> 7`, or `f(!char d800) traps invalid-char`."""

from __future__ import annotations

from dataclasses import dataclass

from harness.plan.outcomes import EXPECTABLE, TrapClass
from harness.text.nearest import there_are

_OPENING = {"(": ")", "[": "]", "{": "}"}


class BadCall(Exception):
    """A text that is no call, or that the world cannot make. The message quotes it."""


@dataclass(frozen=True, slots=True)
class CallText:
    """`args` None: none are given, so they are drawn; `result` None: it is drawn if the function has one."""

    text: str
    function: str
    args: tuple[str, ...] | None = None
    result: str | None = None
    trap: TrapClass | None = None


def parse_call(text: str) -> CallText:
    """`NAME`, `NAME(ARGUMENTS)`, `NAME(ARGUMENTS) -> RESULT` or `NAME(ARGUMENTS) traps CLASS`; values as in cases.

    Raises `BadCall`.
    """
    name, parenthesis, _ = text.partition("(")
    function = name.strip()
    if not function or "->" in function:
        raise BadCall(f"{text!r} has no function before its arguments: write NAME(ARGUMENTS) -> RESULT")
    if not parenthesis:
        return CallText(text, function)
    args, end = _arguments(text, len(name) + 1)
    tail = text[end:].strip()
    if not tail:
        return CallText(text, function, args)
    if tail.startswith("traps "):
        return CallText(text, function, args, trap=_trap(text, tail.removeprefix("traps ").strip()))
    if not tail.startswith("->") or not tail[2:].strip():
        raise BadCall(f"{text!r}: after the arguments comes `-> RESULT`, `traps CLASS` or nothing, and not {tail!r}")
    return CallText(text, function, args, tail[2:].strip())


def _trap(text: str, name: str) -> TrapClass:
    known = {trap.value: trap for trap in EXPECTABLE}
    if name not in known:
        raise BadCall(f"{text!r}: no trap is called {name}\n{there_are(name, known, 'classes of traps')}")
    return known[name]


def _arguments(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """The arguments from `start` on, and the place after their closing parenthesis."""
    found: list[str] = []
    waiting = [")"]
    begin = at = start
    while at < len(text):
        char = text[at]
        if char in "\"'":
            at = _after_quoted(text, at)
            continue
        if char in _OPENING:
            waiting.append(_OPENING[char])
        elif char in _OPENING.values():
            if char != waiting.pop():
                raise BadCall(f"{text!r}: {char!r} in column {at + 1} closes nothing")
            if not waiting:
                last = text[begin:at].strip()
                return (*found, *([last] if last or found else [])), at + 1
        elif char == "," and len(waiting) == 1:
            found.append(text[begin:at].strip())
            begin = at + 1
        at += 1
    raise BadCall(f"{text!r}: {waiting[-1]!r} is missing")


def _after_quoted(text: str, at: int) -> int:
    quote, at = text[at], at + 1
    while at < len(text) and text[at] != quote:
        at += 2 if text[at] == "\\" else 1
    if at >= len(text):
        raise BadCall(f"{text!r}: the closing {quote} is missing")
    return at + 1
