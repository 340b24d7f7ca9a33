"""The rule behind a difference, and values as people write them."""

from __future__ import annotations

import pytest

from harness.engine.results import Rejected, RunResult, Trap
from harness.explain.differences import in_wave, rule_of
from harness.explain.rules import KINDS
from harness.judge.diff import against_model
from harness.judge.difference import Difference
from harness.judge.observation import Observation
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.trace.async_events import TaskBalance
from harness.trace.event import Event
from harness.trace.events import (
    FLOATS,
    NUMBERS,
    PRODUCTS,
    SUMS,
    ImportBalance,
    ImportCall,
    PopNumber,
    PushFloat,
    PushNumber,
    PushString,
)

ENDS = ExpectedOutcome()


@pytest.mark.parametrize(
    ("event", "wave"),
    [
        (PushNumber("char", 0x61), "'a'"),
        (PushNumber("char", 0xD800), ""),
        (PopNumber("bool", 1), "true"),
        (PopNumber("bool", 2), ""),
        (PushNumber("s8", -128), ""),
        (PushFloat("f32", 0x3F800000), "1"),
        (PushFloat("f64", 0xBFF0000000000000), "-1"),
        (PushString(3, b'a"\n'), '"a\\"\\n"'),
        (PushString(1, b"\xff"), ""),
        (None, ""),
    ],
)
def test_values(event: Event | None, wave: str) -> None:
    assert in_wave(event) == wave


@pytest.mark.parametrize(
    ("expected", "seen", "rule"),
    [
        (PushNumber("s8", -1), PushNumber("s8", 255), "an integer keeps its width and its sign (CanonicalABI.md: "),
        (None, PushString(0, b""), "a string is copied between memories and encodings (CanonicalABI.md: load_string"),
        (ImportCall("a:b/c#f"), None, "parameters are lifted from the caller"),
        (ImportBalance("a:b/c#f", 0, 0), ImportBalance("a:b/c#f", 8, 0), "after a call nothing is left of its memory"),
        (TaskBalance("a:b/c#f", 0, 0), TaskBalance("a:b/c#f", 0, -16), "after a call nothing is left of its memory"),
    ],
)  # fmt: skip
def test_rules_of_events(expected: Event | None, seen: Event | None, rule: str) -> None:
    assert rule_of(Difference.of_events("event", Role.SUBJECT, "", expected, seen)).startswith(rule)


@pytest.mark.parametrize(
    ("expected", "actual", "rule"),
    [
        (ENDS, Trap(TrapClass.INVALID_CHAR, "0xd800", "run", ""), "a char that is 0x110000 or more"),
        (ExpectedOutcome(TrapClass.INVALID_UTF8), None, "bytes that the string encoding does not allow trap"),
        (ExpectedOutcome(TrapClass.INVALID_UTF8), Trap(TrapClass.INVALID_CHAR, "", "", ""), "bytes that the string"),
    ],
)
def test_rules_of_outcomes(expected: ExpectedOutcome, actual: Trap | None, rule: str) -> None:
    seen = Observation(RunResult({}, actual), {})
    (found,) = against_model(seen, ScriptPlan({}, {}, expected))
    assert rule_of(found).startswith(rule)


def test_no_rule_for_what_did_not_run() -> None:
    """Whatever the engine says."""
    seen = Observation(Rejected("instantiate", "a trap (invalid-char: x) in run"), {})
    (found,) = against_model(seen, ScriptPlan({}, {}, ENDS))
    assert "a trap (invalid-char: x) in run" in found.actual and rule_of(found) == ""


def test_no_rule_for_other_levels() -> None:
    assert rule_of(Difference(2, "wit", None, "a:b/c", "a function", "(nothing)")) == ""


def test_every_kind_of_value_has_a_rule() -> None:
    assert {*NUMBERS, *FLOATS, *PRODUCTS, *SUMS, "list", "map", "own", "borrow", "flags", "string"} <= set(KINDS)
