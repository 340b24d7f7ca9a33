"""Asynchronous runs beside what the model says to them: order, the first wrong event, balances, late events."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.engine.results import RunResult, Trap
from harness.judge import schedules
from harness.judge.cell_findings import Against
from harness.judge.difference import Difference
from harness.judge.observation import Observation
from harness.judge.schedules import Schedules, Undecidable, in_order
from harness.model.concurrency import Explained, Following, Left, Seen, Shown, Undecided, Unexplained
from harness.plan.events import Events, PlacedEvent
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import ComponentPlan, Plan, ScriptPlan
from harness.plan.roles import Role
from harness.trace.async_events import AsyncBalance
from harness.trace.events import Balance, PushNumber
from harness.trace.parser import parse
from harness.trace.reader import TraceReader

GOOD = AsyncBalance(0, 0, 0, 0)
LEFT = Left(GOOD, Balance(0, 0, 0, 0, 0))
END = "async_balance 0 0 0 0\nbalance 0 0 0 0 0\n"
SUBJECT = ["task 1\npush_u8 1\n", "push_u8 2\n", END]
DRIVER = ["task 1\npush_u8 3\ntask 2\npush_u8 4\n", END]


def observation(
    subject: Sequence[str] = SUBJECT, driver: Sequence[str] = DRIVER, order: str = "sdsds", trap: Trap | None = None
) -> Observation:
    """`order`: who told the next text."""
    texts = {Role.SUBJECT: list(subject), Role.DRIVER: list(driver)}
    roles = [Role.SUBJECT if letter == "s" else Role.DRIVER for letter in order]
    left = {role: iter(told) for role, told in texts.items()}
    heard = tuple((role, len(next(left[role]))) for role in roles)
    whole = {role: "".join(told) for role, told in texts.items()}
    traces = {role: TraceReader().read(text) for role, text in whole.items()}
    return Observation(RunResult(whole, trap, heard), traces)


def against(found: Following, seen: Observation, monkeypatch: pytest.MonkeyPatch) -> list[Difference]:
    monkeypatch.setattr(schedules, "follow", lambda *_: found)
    script = ScriptPlan({}, {Role.SUBJECT: Events((), ())}, ExpectedOutcome(), followed={})
    return Schedules(Plan("t", (), (), (Role.DRIVER,), (script,))).against(0, seen)


def test_events_in_the_order_in_which_the_host_heard_of_them() -> None:
    one = observation()
    assert isinstance(one.result, RunResult)
    found = [(seen.role.value[0], seen.task, str(seen.event)[-1]) for seen in in_order(one.traces, one.result.order)]
    assert found == [("s", 1, "1"), ("d", 1, "3"), ("d", 2, "4"), ("s", 1, "2")]
    other = observation(order="ddsss")
    assert isinstance(other.result, RunResult)
    found = [
        (seen.role.value[0], seen.task, str(seen.event)[-1]) for seen in in_order(other.traces, other.result.order)
    ]
    assert found == [("d", 1, "3"), ("d", 2, "4"), ("s", 1, "1"), ("s", 1, "2")]


EXPLAINED = Explained(({Role.SUBJECT: LEFT, Role.DRIVER: LEFT},))
TASK_LEFT = Explained(({Role.SUBJECT: Left(AsyncBalance(1, 0, 0, 0), None), Role.DRIVER: LEFT},))
_FINISHED = tuple(map(parse, ["export_finish 3", "task_hook 1"]))
HOOKED = Explained(({Role.SUBJECT: Left(GOOD, Balance(0, 0, 0, 0, 0), _FINISHED), Role.DRIVER: LEFT},))
PLACED = PlacedEvent(PushNumber("u8", 9), "call 1 a:b/x#f, result")
ALLOWED = tuple([Shown(Role.SUBJECT, 2, PLACED)] * 6)


def with_late(*lates: str) -> tuple[Shown, ...]:
    return tuple([Shown(Role.SUBJECT, 2, PLACED, tuple(map(parse, late.split("; ")))) for late in lates])


@pytest.mark.parametrize(
    ("found", "seen", "differences"),
    [
        (EXPLAINED, observation(), []),
        (TASK_LEFT, observation(), ["balance (subject): expected async_balance 1 0 0 0, got async_balance 0 0 0 0, "]),
        # one way of explaining the run is enough
        (Explained((*TASK_LEFT.left, *EXPLAINED.left)), observation(), []),
        (
            EXPLAINED,
            observation([*SUBJECT[:2], END.replace("balance 0 0 0 0 0", "balance 4 0 0 0 0")]),
            ["balance (subject): expected async_balance 0 0 0 0, balance 0 0 0 0 0, got async_balance 0 0 0 0"],
        ),
        # what the model cannot know does not count
        (
            Explained(({Role.SUBJECT: Left(GOOD, None)},)),
            observation([*SUBJECT[:2], END.replace("balance 0 0 0 0 0", "balance 4 0 0 0 0")]),
            [],
        ),
        (EXPLAINED, observation([SUBJECT[0], "push_u8 2\nimport_balance 0 8 0\n", END]), ["balance (subject, bytes"]),
        (EXPLAINED, observation([SUBJECT[0], "push_u8 2\ntask_balance 0 0 0\n", END]), []),
        (EXPLAINED, observation([SUBJECT[0], "push_u8 2\ntask_balance 0 0 -16\n", END]), ["balance (subject, bytes"]),
        (EXPLAINED, observation([*SUBJECT[:2], "balance 0 0 0 0 0\n"]), ["balance (subject): expected async_balance"]),
        (EXPLAINED, observation([SUBJECT[0], "push_u8 2\nfail guard\n", END]), ["event (subject, at the end)"]),
        # a task may start after `finish` was answered
        (EXPLAINED, observation(["task 1\npush_u8 1\n", END, "task 2\npush_u8 2\n"]), []),
        (
            EXPLAINED,
            observation([SUBJECT[0], END, f"task 2\npush_u8 2\n{END}"]),
            ["balance (subject): expected one balance, got 2 of them"],
        ),
        (
            EXPLAINED,
            observation([*SUBJECT[:2], "async_balance 0 0 0 0\n"]),
            ["balance (subject): expected one balance, got (nothing)"],
        ),
        # late events before the balance
        (HOOKED, observation([*SUBJECT[:2], f"export_finish 3\ntask_hook 1\n{END}"]), []),
        (
            HOOKED,
            observation([*SUBJECT[:2], f"task_hook 1\n{END}"]),
            ["event (subject, at the end, after event 2 of the component): expected export_finish 3, got "],
        ),
        (
            HOOKED,
            observation([*SUBJECT[:2], f"export_finish 3\n{END}"]),
            ["event (subject, at the end, after event 2 of the component): expected task_hook 1, got (nothing)"],
        ),
        (
            EXPLAINED,
            observation([*SUBJECT[:2], f"export_finish 3\n{END}"]),
            ["event (subject, at the end, after event 2"],
        ),
        (
            HOOKED,
            observation(["export_finish 3\ntask_hook 0\n", END], order="sdsd"),
            ["event (subject, at the end, after event 0 of the component): expected task_hook 1, got task_hook 0"],
        ),
        # the first event that no schedule allows, and what would be
        (
            Unexplained(3, ALLOWED, ()),
            observation(),
            [
                "event (subject, event 4 of all components, task 1, call 1 a:b/x#f, result): expected "
                "`push_u8 9` (subject, task 2) or `push_u8 9` (subject, task 2) or `push_u8 9` (subject, task 2) or "
                "`push_u8 9` (subject, task 2) or 2 others, got push_u8 2"
            ],
        ),
        # a late event that no schedule allows: those count that share most with what came
        (
            Unexplained(3, with_late("task_hook 2", "task_hook 4; task_hook 2", "task_hook 4; task_hook 3"), ()),
            observation([SUBJECT[0], "task_hook 4\npush_u8 2\n", END]),
            [
                "event (subject, before event 4 of all components, 2 of the component): expected "
                "`task_hook 2` (subject, task 2) or `task_hook 3` (subject, task 2), got push_u8 2"
            ],
        ),
        (
            Unexplained(3, with_late("task_hook 2"), ()),
            observation([SUBJECT[0], "task_hook 2\ntask_hook 3\npush_u8 2\n", END]),
            [
                "event (subject, before event 4 of all components, 2 of the component): expected "
                "`push_u8 9` (subject, task 2), got task_hook 3"
            ],
        ),
        (
            Unexplained(4, (), (ExpectedOutcome(TrapClass.DEADLOCK),)),
            observation(),
            ["outcome: expected a trap (deadlock), got every entry returns"],
        ),
        # what a component leaves behind is not looked at where a run traps
        (TASK_LEFT, observation(trap=Trap(TrapClass.DEADLOCK, "", "driver-run", "")), []),
        (
            EXPLAINED,
            observation(trap=Trap(TrapClass.INTERPRETER, "task", "driver-run", "")),
            ["outcome: expected fail task, got (nothing)"],
        ),
    ],
)
def test_differences(
    found: Following, seen: Observation, differences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [str(difference) for difference in against(found, seen, monkeypatch)]
    assert len(told) == len(differences), told
    assert all(text.startswith(start) for text, start in zip(told, differences, strict=True)), told


def test_what_the_model_cannot_decide_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Undecidable, match=r"too many states \(at event 3 of all components\)"):
        against(Undecided(2, "too many states"), observation(), monkeypatch)


def test_what_cells_show_alike_is_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Seen, ...]] = []

    def follow(*given: tuple[Seen, ...]) -> Following:
        asked.append(given[3])
        return EXPLAINED

    monkeypatch.setattr(schedules, "follow", follow)
    script = ScriptPlan({}, {}, ExpectedOutcome(), followed={})
    all_runs = Schedules(Plan("t", (), (), (Role.DRIVER,), (script,)))
    for seen in (observation(), observation(), observation(order="ddsss")):
        all_runs.against(0, seen)
    assert len(asked) == 2


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("role", [Role.SUBJECT, Role.DRIVER])
def test_each_number_that_a_component_leaves_counts(role: Role, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks, calls, copies, sets; bytes, blocks, contexts, the stack, frames."""
    numbers = ["0"] * 9
    numbers[place] = "1"
    end = f"async_balance {' '.join(numbers[:4])}\nbalance {' '.join(numbers[4:])}\n"
    subject = [*SUBJECT[:2], end if role is Role.SUBJECT else END]
    driver = [DRIVER[0], end if role is Role.DRIVER else END]
    found = against(EXPLAINED, observation(subject, driver), monkeypatch)
    assert [(each.aspect, each.role) for each in found] == [("balance", role)]


def test_another_order_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "follow", lambda *_: EXPLAINED)
    script = ScriptPlan({}, {}, ExpectedOutcome(), followed={})
    parts = (ComponentPlan(Role.SUBJECT, "", "w", asynchronous=True),)
    found = Against(Plan("t", parts, (), (Role.DRIVER,), (script,)))
    found.accept(0, observation(), "first")
    found.accept(0, observation(), "same")
    found.accept(0, observation(subject=SUBJECT[:1], driver=[], order="s"), "ended early")
    assert found.other_orders() == ()
    found.accept(0, observation(order="dsdss"), "other")
    assert found.other_orders() == (
        "run 1: other took another order than first; both are allowed: event 1 of all components is "
        "`push_u8 3` (driver, task 1) instead of `push_u8 1` (subject, task 1)",
    )


def test_components_whose_interpreter_is_not_ours_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def follow(*given: object) -> Following:
        asked.append(given[5])
        return EXPLAINED

    monkeypatch.setattr(schedules, "follow", follow)
    script = ScriptPlan({}, {}, ExpectedOutcome(), followed={})
    parts = tuple(ComponentPlan(role, "", "w", foreign=role is Role.SUBJECT) for role in (Role.SUBJECT, Role.DRIVER))
    Schedules(Plan("t", parts, (), (Role.DRIVER,), (script,))).against(0, observation())
    assert asked == [{Role.SUBJECT}]
