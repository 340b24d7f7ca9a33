"""The differences of a run from the model, and between two runs."""

from __future__ import annotations

import pytest

from harness.engine.results import Rejected, RunResult, Trap
from harness.judge.diff import against_model, between
from harness.judge.observation import Observation
from harness.plan.events import Events
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.places import OfCall
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from tests.harness.verdicts import EVENTS, FAILED, GOOD, SIGN, observation, plan

TRAP = ExpectedOutcome(TrapClass.INVALID_CHAR)


def trapped(kind: TrapClass, text: str = "push_u8 1\npop_u8 = 2\n", detail: str = "d") -> Observation:
    return observation(text, Trap(kind, detail, "driver-run", "m"))


class TestModel:
    @pytest.mark.parametrize(
        ("seen", "expected", "aspects"),
        [
            (observation(GOOD), ExpectedOutcome(), []),
            (observation("push_u8 1\npop_u8 = 2\n"), ExpectedOutcome(), ["balance"]),
            (observation("push_u8 1\npop_u8 = 2\nbalance 4 1 0 0 0\n"), ExpectedOutcome(), ["balance"]),
            (observation("push_u8 1\nbalance 0 0 0 0 0\n"), ExpectedOutcome(), ["event"]),
            (observation(GOOD + "push_u8 9\n"), ExpectedOutcome(), ["event", "balance"]),
            # a guest that forges its end
            (observation("push_u8 1\nbalance 0 0 0 0 0\npop_u8 = 2\n"), ExpectedOutcome(), ["balance"]),
            (observation("balance 0 0 0 0 0\n" + GOOD), ExpectedOutcome(), ["balance"]),
            (observation(GOOD + "balance 0 0 0 0 0\n"), ExpectedOutcome(), ["balance"]),
            (observation(GOOD.replace(" 0 0 0 0 0", " 0")), ExpectedOutcome(), ["balance"]),
            (observation(GOOD.replace(" 0 0 0 0 0", "")), ExpectedOutcome(), ["event", "balance"]),
            (observation(GOOD.replace("balance", "fail guard\nbalance")), ExpectedOutcome(), ["event"]),
            (trapped(TrapClass.INTERPRETER), ExpectedOutcome(TrapClass.INTERPRETER, "d"), ["outcome"]),
            (trapped(TrapClass.INTERPRETER, FAILED), ExpectedOutcome(TrapClass.INTERPRETER, "d"), []),
            (observation(GOOD), TRAP, ["outcome"]),
            (trapped(TrapClass.INVALID_CHAR), TRAP, []),
            (trapped(TrapClass.INVALID_UTF8), TRAP, ["outcome"]),
            (trapped(TrapClass.INVALID_CHAR), ExpectedOutcome(), ["outcome"]),
            (trapped(TrapClass.INVALID_CHAR, "push_u8 1\n"), TRAP, []),
            (trapped(TrapClass.INVALID_CHAR, ""), TRAP, ["event"]),
            (trapped(TrapClass.INTERPRETER, FAILED), ExpectedOutcome(TrapClass.INTERPRETER, "e"), ["outcome"]),
            (Observation(Rejected("instantiate", "m"), {}), ExpectedOutcome(), ["outcome"]),
        ],
    )
    def test_differences(self, seen: Observation, expected: ExpectedOutcome, aspects: list[str]) -> None:
        found = against_model(seen, plan(expected).runs[0])
        assert [difference.aspect for difference in found] == aspects

    def test_a_leak_in_one_call_is_told_once(self) -> None:
        text = "wit version 3\nwit import 0 - f 1 0 0 0 255:0 0 0\npush_u8 1\npop_u8 = 2\n"
        text += "import_balance 0 8 0\nimport_balance 0 8 0\nbalance 16 2 0 0 0\n"
        (found,) = against_model(observation(text), plan().runs[0])
        assert (found.expected, found.actual) == ("import_balance -#f 0 0", "import_balance -#f 8 0")

    def test_a_role_that_told_nothing_differs(self) -> None:
        nothing = Observation(RunResult({}, None), {})
        assert [d.aspect for d in against_model(nothing, plan().runs[0])] == ["event"]


def test_between_cells() -> None:
    assert not between(observation(GOOD), observation(GOOD.replace("balance 0", "balance 4")))
    assert [d.aspect for d in between(observation(GOOD), observation(SIGN))] == ["event"]
    assert [d.aspect for d in between(observation(GOOD), trapped(TrapClass.UNALIGNED))] == ["outcome"]


STUMBLED = Trap(TrapClass.INTERPRETER, "pop_kind", "subject-run", "")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        (
            "push_u8 1\nfail pop_kind\n",
            "subject: the last event is 1, `push_u8 1` (call 1, x); 2 should be `pop_u8 = 2` (call 2, result)",
        ),
        ("fail pop_kind\n", "subject: no event came; 1 should be `push_u8 1` (call 1, x)"),
        ("push_u8 3\nfail pop_kind\n", ""),
    ],
    ids=["after one", "at once", "an event is wrong"],
)
def test_an_unexpected_trap_tells_what_came_before_it(text: str, before: str) -> None:
    """The cause of the interpreter's trap has no event of its own."""
    (outcome, *others) = against_model(observation(text, STUMBLED), plan().runs[0])
    assert (outcome.aspect, outcome.before) == ("outcome", before)
    assert all(other.aspect == "event" for other in others)
    assert before or others


@pytest.mark.parametrize(
    ("text", "trap", "calls"),
    [
        (SIGN, None, [1]),
        ("push_u8 1\nbalance 0 0 0 0 0\n", None, [2]),
        (GOOD.replace("balance", "push_u8 9\nbalance"), None, [0]),
        ("push_u8 1\nfail pop_kind\n", STUMBLED, [1]),
        ("fail pop_kind\n", STUMBLED, [1, 1]),
        (FAILED, STUMBLED, [0]),
    ],
)
def test_the_call_that_shows_a_difference(text: str, trap: Trap | None, calls: list[int]) -> None:
    """Of a trap between two calls, the first of these."""
    events = Events(EVENTS.events, ((OfCall(1, "f"), ", x"), (OfCall(2, "call 7 g"), ", result")))
    script = ScriptPlan({}, {Role.SUBJECT: events}, ExpectedOutcome())
    assert [difference.call for difference in against_model(observation(text, trap), script)] == calls
