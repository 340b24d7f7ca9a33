"""A difference in words: the rule of the specification that it breaks, and values as people write them."""

from __future__ import annotations

import re

from harness.explain.rules import CALL, KINDS, TRAPS, Rule
from harness.judge.difference import Difference
from harness.plan.outcomes import ExpectedOutcome
from harness.trace.event import Event
from harness.trace.events import (
    Balances,
    ExportCall,
    ExportFinish,
    ExportStart,
    ImportCall,
    ImportReturn,
    InitTask,
    PopFloat,
    PopNumber,
    PopString,
    PushFloat,
    PushNumber,
    PushString,
    TaskHook,
)
from harness.values.values import Float
from harness.values.wave import to_wave
from harness.world import types as t

_MOVE = re.compile(r"(?:push|pop)_(\w+?)(?:_iter(?:_next)?)?$|(list|map)_append$")
_BALANCE = Rule("after a call nothing is left of its memory, its stack and its contexts: the rule of wit_dylib.h")
_HOOK = Rule(
    "task hooks are called before and behind every entry: docs/linking.md, since no specification defines them"
)
_MAX_STRING = 200
"""Bytes of a string that is shown as text."""


def rule_of(difference: Difference) -> str:
    """The rule of the specification that a difference breaks, and its place; empty if no single rule does."""
    if difference.aspect == "outcome":
        traps = [end.trap for end in difference.allowed if isinstance(end, ExpectedOutcome)]
        traps += [difference.trapped.kind] if difference.trapped is not None else []
        trap = next(filter(None, traps), None)
        return _told(TRAPS[trap]) if trap is not None else ""
    if any(isinstance(event, TaskHook | InitTask) for event in difference.events):
        return _told(_HOOK)
    for event in difference.events:
        rule = _of_event(event) if event is not None else None
        if rule is not None:
            return _told(rule)
    return ""


def _told(rule: Rule) -> str:
    return f"{rule.says} (CanonicalABI.md: {', '.join(rule.functions)})" if rule.functions else rule.says


def _of_event(event: Event) -> Rule | None:
    if isinstance(event, Balances):
        return _BALANCE
    if isinstance(event, ExportStart | ExportCall | ExportFinish | ImportCall | ImportReturn):
        return CALL
    found = _MOVE.match(event.word)
    return KINDS.get(found[1] or found[2]) if found is not None else None


def in_wave(event: Event | None) -> str:
    """The value of an event as WAVE, where the event itself does not show it: of chars, bools, floats and strings.
    Empty if it is no value of its type."""
    match event:
        case PushNumber("bool", number) | PopNumber("bool", number):
            return {0: "false", 1: "true"}.get(number, "")
        case PushNumber("char", number) | PopNumber("char", number):
            return to_wave(chr(number), t.Prim.CHAR) if number < 0xD800 or 0xDFFF < number < 0x110000 else ""
        case PushFloat(kind, bits) | PopFloat(kind, bits):
            return to_wave(Float(bits, int(kind[1:])), t.Prim(kind))
        case PushString(_, data) | PopString(_, data) if len(data) <= _MAX_STRING:
            return _string(data)
    return ""


def _string(data: bytes) -> str:
    try:
        return to_wave(data.decode("utf-8"), t.Prim.STRING)
    except UnicodeDecodeError:
        return ""
