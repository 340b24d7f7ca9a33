"""The rule that an interpreter broke, by the events and the end that differ."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind, RunResult, Trap
from harness.judge.diff import of_outcome, outcome_words
from harness.judge.difference import Difference
from harness.judge.guest import GuestCell, judge_guest
from harness.judge.verdict import Finding
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.places import OfCall, OfEnd, Place, call_of, place_text, root_of
from harness.plan.roles import Role
from harness.toolchains.cells import Build, Cell
from harness.trace.event import Event
from harness.trace.parser import parse
from reports.outcomes import Outcome

BUILT = Cell(((Role.SUBJECT, Build("ours", "ours")),), EngineKind.WINCH)
ENDS = "mine.so has to give each end on as it got it, once and at its place, and to drop the others"
CANCEL = "mine.so has to pass a cancellation on to the call that its task waits for"
HANDLE = "mine.so gave a handle that it does not have: perhaps it has given it away before"
RETURN = ExpectedOutcome()
LOOKS_SO = "the driver sent event 2 0 0 and stream_drop_readable, got a trap (invalid-handle: x)"
"""Only events tell a rule, not words."""


def said(difference: Difference | None, copies: bool = False) -> str:
    """The rule behind the message, without its parentheses; empty if none is told."""
    text = str(difference) if difference is not None else LOOKS_SO
    verdict = judge_guest("mine.so", [GuestCell(BUILT, (Finding(Outcome.FAIL, text, difference),))], None, copies)
    ((_, finding),) = verdict.findings
    assert finding.message.startswith(text)
    return finding.message[len(text) :].removeprefix(" (").removesuffix(")")


def events(expected: str, actual: str, element: bool = False, path: str = "event 1") -> Difference:
    """`expected`: events that are allowed, as lines."""
    allowed = tuple(map(parse, filter(None, expected.split("; "))))
    got = parse(actual) if actual else None
    shown = (next(iter(allowed), None), got)
    return Difference(3, "event", Role.DRIVER, path, expected, actual, "", shown, allowed, element=element)


@pytest.mark.parametrize(
    ("difference", "rule"),
    [
        (events("push_u8 1", "push_u8 2"), ""),
        (events("push_u8 1", "push_u8 2", element=True), ENDS),
        (events("push_u8 1", "push_u8 2", path="call 1 a:b/c#f, result"), ""),
        (events("push_u8 1", "stream_drop_readable stream<u8> 1"), ENDS),
        (events("future_read future 1 1 = 0", "push_u8 2"), ENDS),
        (events("push_u8 1; stream_new stream<u8> = 1 2", "push_u8 2"), ENDS),
        (events("event 2 1 16", "push_u8 2"), ENDS),
        (events("event 5 1 0", ""), ENDS),
        (events("event 1 1 2", "event 0 0 0"), ""),
        (events("event 6 0 0", "event 0 0 0"), CANCEL),
        (events("event 6 0 0", "event 2 1 16"), CANCEL),
        (events("event 0 0 0; event 6 0 0", "event 1 1 2"), ""),
        (events("push_string 5 73747265616d", "push_string 0 "), ""),
        (None, ""),
    ],
)
def test_rules_of_events(difference: Difference | None, rule: str) -> None:
    assert said(difference) == rule


@pytest.mark.parametrize(
    ("allowed", "trap", "rule"),
    [
        ((RETURN,), TrapClass.INVALID_HANDLE, HANDLE),
        ((parse("event 6 0 0"),), TrapClass.INVALID_HANDLE, HANDLE),
        ((RETURN,), TrapClass.FUTURE_UNWRITTEN, ""),
        ((RETURN,), TrapClass.UNREACHABLE, ""),
        ((parse("event 6 0 0"), RETURN), TrapClass.DEADLOCK, CANCEL),
        ((parse("event 3 1 0"),), None, ENDS),
        ((ExpectedOutcome(TrapClass.INVALID_HANDLE),), None, ""),
    ],
)
def test_rules_of_ends(allowed: tuple[Event | ExpectedOutcome, ...], trap: TrapClass | None, rule: str) -> None:
    words = " or ".join(outcome_words(each) if isinstance(each, ExpectedOutcome) else str(each) for each in allowed)
    result = RunResult({}, Trap(trap, "d", "driver-run", "") if trap is not None else None)
    assert said(of_outcome("", words, result, allowed=allowed)) == rule


def test_the_rule_of_copies() -> None:
    difference = events("stream_read stream<u8> 1 1 = 16", "push_u8 2")
    assert said(difference, copies=True) == f"{ENDS}, or to copy its elements, each once and in order"


@pytest.mark.parametrize(
    ("place", "text", "call", "inside"),
    [
        (OfCall(12, "a:b/c#f"), "call 12 a:b/c#f", 12, False),
        (((OfCall(1, "-#f"), ", result"), 2), "call 1 -#f, result[2]", 1, False),
        (((OfEnd("stream<u8>"), 3), ".small"), "an element of stream<u8>[3].small", 0, True),
        (("an element of stream<u8>", 3), "an element of stream<u8>[3]", 0, False),
        ("call 1 f", "call 1 f", 0, False),
        ("", "", 0, False),
    ],
)
def test_places(place: Place, text: str, call: int, inside: bool) -> None:
    assert (place_text(place), call_of(place), isinstance(root_of(place), OfEnd)) == (text, call, inside)
