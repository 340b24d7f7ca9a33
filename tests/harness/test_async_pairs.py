"""Two cells that show an asynchronous run: ours as the engine ran it, and one that is made by hand.

Another order that the specification allows is a note and no failure. Values, numbers of handles, states, balances and
the end of the run count in any order.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind, RunResult, Trap
from harness.judge.judging import judge
from harness.judge.observation import CellRun, Observed
from harness.judge.party import MODEL, Minority
from harness.judge.structure import Structure
from harness.judge.verdict import Verdict
from harness.plan.outcomes import TrapClass
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.cases import case_plan
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.suite.expectations import Expectations
from harness.toolchains.cells import OURS, REFERENCE, pure_cell
from harness.toolchains.selection import Ours, Selection
from reports.outcomes import Outcome
from tests.harness.async_runs import Parts, joined, split
from tests.harness.minorities import alone
from tests.harness.verdicts import TOOLS

CASE = """
title = "t"
why = "w"
origin = "own"
wit = "package a:b; interface x { f: async func(a: u8) -> string; } world w { import x; export x; }"

[[step]]
call = "a:b/x#f"
by = "driver"
as = "$c"
args = ["1"]
during = [{ yield = 1 }]
result = '"one"'
status = "started"

[[step]]
call = "a:b/x#f"
by = "driver"
as = "$d"
args = ["2"]
during = [{ yield = 1 }]
result = '"two"'
status = "started"

[[step]]
await = "$d"
status = "returned"

[[step]]
await = "$c"
status = "returned"
"""
ALLOCATED = "realloc 0 1 3\n"
"""The return of a callee asks the driver for the memory of its result. The driver tells it with its next event."""

Edit = Callable[[Parts], Parts]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, CellRun]:
    folder = tmp_path_factory.mktemp("pairs")
    (folder / "case.toml").write_text(CASE)
    plan = case_plan(load_case(folder / "case.toml"))
    bench = Workbench(Settings(folder, Selection((Ours(),))), Steps())
    observed = Observed([])
    cell = pure_cell([part.role for part in plan.components], OURS, EngineKind.WINCH)
    bench.observer.observe(plan, [cell], bench.settings.run_limits, observed)
    return plan, observed.cells[0]


def judged(ours: tuple[Plan, CellRun], edit: Edit, trap: Trap | None = None) -> Verdict:
    plan, run = ours
    result = run.observations[0].result
    assert isinstance(result, RunResult)
    parts = list(split(result))
    assert joined(parts).result == result
    edited = edit(list(parts))
    assert edited != parts or trap is not None
    cell = pure_cell([part.role for part in plan.components], REFERENCE, EngineKind.WINCH)
    other = CellRun(cell, run.builds, None, b"", (joined(edited, trap),))
    return judge("x", plan, [run, other], Structure(), TOOLS, Expectations())


def place(parts: Parts, role: Role, text: str, nth: int = 0) -> int:
    """Where the `nth` part of a component is that ends with this text."""
    return [at for at, (owner, told) in enumerate(parts) if owner is role and told.endswith(text)][nth]


def turn(parts: Parts, task: int) -> slice:
    """The turn of a callee's task after its yield."""
    start = place(parts, Role.SUBJECT, f"task {task}\nevent 0 0 0\n")
    return slice(start, start + 5)


def second_task_first(parts: Parts) -> Parts:
    one, other = turn(parts, 1), turn(parts, 2)
    assert one.stop == other.start
    return parts[: one.start] + parts[other] + parts[one] + parts[other.stop :]


def caller_between(parts: Parts) -> Parts:
    """The caller hears of the second call before the first callee continues; it asks then for one result's memory."""
    parts = second_task_first(parts)
    first = turn(parts, 1)
    start, end = (place(parts, Role.DRIVER, told) for told in ("event 1 2 2\n", "event 1 1 2\n"))
    assert parts[start] == (Role.DRIVER, f"{ALLOCATED * 2}event 1 2 2\n")
    told = [(Role.DRIVER, f"{ALLOCATED}event 1 2 2\n"), *parts[start + 1 : end]]
    last = (Role.DRIVER, f"{ALLOCATED}event 1 1 2\n")
    return [*parts[: first.start], *told, *parts[first], last, *parts[end + 1 :]]


@pytest.mark.parametrize("edit", [second_task_first, caller_between])
def test_another_order_passes_with_a_note(ours: tuple[Plan, CellRun], edit: Edit) -> None:
    found = judged(ours, edit)
    assert (found.outcome, found.minority) == (Outcome.PASS, ()), [str(finding) for _, finding in found.findings]
    (note,) = found.notes
    assert note.startswith("run 1: reference@winch took another order than ours@winch; both are allowed: event ")


def test_the_same_order_has_no_note(ours: tuple[Plan, CellRun]) -> None:
    plan, run = ours
    cell = pure_cell([part.role for part in plan.components], REFERENCE, EngineKind.WINCH)
    other = CellRun(cell, run.builds, None, b"", run.observations)
    found = judge("x", plan, [run, other], Structure(), TOOLS, Expectations())
    assert (found.outcome, found.notes) == (Outcome.PASS, ())


def caller_first(parts: Parts) -> Parts:
    """The caller hears of a call that has not returned."""
    one = turn(parts, 1)
    told = place(parts, Role.DRIVER, "event 1 2 2\n")
    return [*parts[: one.start], parts[told], *parts[one.start : told], *parts[told + 1 :]]


def popped_before_return(parts: Parts) -> Parts:
    at = turn(parts, 1).start + 1
    return [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]


def results_exchanged(parts: Parts) -> Parts:
    one, other = turn(parts, 1).start + 2, turn(parts, 2).start + 2
    parts[one], parts[other] = parts[other], parts[one]
    return parts


def replaced(role: Role, old: str, new: str) -> Edit:
    """One word of a component's trace, wherever it is: at least once."""

    def edit(parts: Parts) -> Parts:
        assert any(owner is role and old in text for owner, text in parts)
        return [(owner, text.replace(old, new) if owner is role else text) for owner, text in parts]

    return edit


def also(edit: Edit) -> Edit:
    """In another order, too."""
    return lambda parts: edit(second_task_first(parts))


S, D = Role.SUBJECT, Role.DRIVER
NO_TASKS = "async_balance 0 0 0 0\n"
WRONG = {
    "two events of one task": popped_before_return,
    "results exchanged": results_exchanged,
    "a value": replaced(D, "push_string 3 74776f", "push_string 3 74776e"),
    "an argument": replaced(S, "push_u8 2", "push_u8 1"),
    "a state": replaced(D, "event 1 2 2", "event 1 2 4"),
    "a handle": replaced(D, "event 1 2 2", "event 1 1 2"),
    "a status": replaced(D, "import_start 0 = 33", "import_start 0 = 32"),
    "the handle of a set": replaced(D, "set_new = 3", "set_new = 4"),
    "the stack after a return": replaced(S, "task_balance 0 0 0\n", "task_balance 0 0 16\n"),
    "a task is left": replaced(S, NO_TASKS, "async_balance 1 0 0 0\n"),
    "a call is left": replaced(D, NO_TASKS, "async_balance 0 1 0 0\n"),
    "a copy is left": replaced(S, NO_TASKS, "async_balance 0 0 1 0\n"),
    "a set is left": replaced(D, NO_TASKS, "async_balance 0 0 0 1\n"),
    "bytes are left": replaced(S, "balance 0 0 0 0 0\n", "balance 8 1 0 0 0\n"),
    "an area was written over": replaced(D, NO_TASKS, f"fail area\n{NO_TASKS}"),
}


@pytest.mark.parametrize("order", ["the same order", "another order"])
@pytest.mark.parametrize("what", WRONG)
def test_what_counts_in_any_order(ours: tuple[Plan, CellRun], what: str, order: str) -> None:
    edit = WRONG[what]
    found = judged(ours, edit if order == "the same order" else also(edit))
    assert (found.outcome, found.minority, found.notes) == (Outcome.FAIL, alone(REFERENCE), ())


def test_an_order_that_nothing_allows_fails(ours: tuple[Plan, CellRun]) -> None:
    found = judged(ours, caller_first)
    assert (found.outcome, found.minority, found.notes) == (Outcome.FAIL, alone(REFERENCE), ())
    ((_, finding),) = found.findings
    assert finding.difference is not None and finding.difference.actual == "event 1 2 2"


@pytest.mark.parametrize("trap", [TrapClass.DEADLOCK, TrapClass.INVALID_HANDLE])
def test_the_end_of_the_run_counts(ours: tuple[Plan, CellRun], trap: TrapClass) -> None:
    found = judged(ours, lambda parts: parts, Trap(trap, "", "driver-run", ""))
    assert (found.outcome, found.minority) == (Outcome.FAIL, alone(REFERENCE))


def camps(ours: tuple[Plan, CellRun], one: Edit, other: Edit) -> Minority:
    """The minority of three: the model, and two toolchains that show the run with these edits."""
    plan, run = ours
    result = run.observations[0].result
    assert isinstance(result, RunResult)
    cells = [
        CellRun(
            pure_cell([part.role for part in plan.components], name, EngineKind.WINCH),
            run.builds,
            None,
            b"",
            (joined(edit(list(split(result)))),),
        )
        for name, edit in ((OURS, one), (REFERENCE, other))
    ]
    found = judge("x", plan, cells, Structure(), TOOLS, Expectations())
    assert found.outcome is Outcome.FAIL
    return found.minority


@pytest.mark.parametrize("what", WRONG)
def test_two_that_show_the_same_in_other_orders_agree(ours: tuple[Plan, CellRun], what: str) -> None:
    assert camps(ours, WRONG[what], also(WRONG[what])) == alone(MODEL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WRONG["a value"], also(WRONG["an argument"])),
        (WRONG["a value"], also(WRONG["a state"])),
        (caller_first, also(WRONG["a value"])),
        (lambda parts: caller_first(WRONG["a value"](parts)), also(WRONG["a value"])),
    ],
    ids=["another value", "another state", "another order alone", "an order that nothing allows"],
)
def test_two_that_show_different_things_do_not(ours: tuple[Plan, CellRun], one: Edit, other: Edit) -> None:
    assert camps(ours, one, other) == ()
