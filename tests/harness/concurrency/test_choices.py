"""Backpressure, exclusivity, cancellation and synchronous tasks: what is free, and what is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.model.concurrency import Abi, Explained, RunEnd, Unexplained
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import Scripts, X, crossings, export, place, reg, run, start, u32

NONE = "a:b/x#none"


def call(subject: str, name: str, status: int) -> list[str]:
    return [f"{subject} import_call a:b/x#{name}", f"{subject} import_start a:b/x#{name} = {status}"]


def whole(task: str) -> list[str]:
    return [f"{task} export_start {NONE}", f"{task} task_return {NONE}", f"{task} export_async_call {NONE} = 0"]


HELD = Scripts(
    [run(*[start("none", index) for index in range(3)], ao.Yield(1))],
    [
        export("none", ao.Backpressure(1), ao.Yield(1), ao.Backpressure(-1), s.Return()),
        export("none", s.Return()),
        export("none", s.Return()),
    ],
)
HELD_BEFORE = [
    "s1 import_call a:b/x#none",
    "p1 export_start a:b/x#none",
    "p1 backpressure 1",
    "p1 export_async_call a:b/x#none = 1",
    "s1 import_start a:b/x#none = 17",
    *call("s1", "none", 32),
    *call("s1", "none", 48),
    "s1 run = 1",
]
RELEASED = [
    "p1 event 0 0 0",
    "p1 backpressure -1",
    "p1 task_return a:b/x#none",
    "p1 export_async_callback a:b/x#none = 0",
]
RETURNS = ["s1 run_return", "s1 run = 0"]
TURN = ["s1 event 0 0 0", *RETURNS]


@pytest.mark.parametrize(
    ("after", "right"),
    [
        ([*RELEASED, *whole("p2"), *whole("p3"), *TURN], True),
        ([*RELEASED, *TURN, *whole("p2"), *whole("p3")], True),
        ([*TURN, *RELEASED, *whole("p2"), *whole("p3")], True),
        # nobody starts before backpressure ends
        ([*whole("p2"), *RELEASED, *whole("p3"), *TURN], False),
        # a task that runs is not interrupted by one that starts
        ([*RELEASED[:2], *whole("p2"), *RELEASED[2:], *whole("p3"), *TURN], False),
    ],
)
def test_backpressure(after: Sequence[str], right: bool) -> None:
    answer = HELD.follow([*HELD_BEFORE, *after])
    assert isinstance(answer, Explained if right else Unexplained)


def test_which_waiting_call_starts_is_free() -> None:
    """The argument identifies it."""
    scripts = Scripts(
        [run(*[start("f", index, u32(index)) for index in range(3)])],
        [
            export("f", ao.Yield(1, in_place=True), s.Return(u32(7))),
            export("f", s.Return(u32(8))),
            export("f", s.Return(u32(9))),
        ],
    )
    lines = scripts.lines()
    assert isinstance(scripts.follow(lines), Explained)
    one, other = lines.index("p2 push_u32 1"), lines.index("p3 push_u32 2")
    lines[one], lines[other] = "p2 push_u32 2", "p3 push_u32 1"
    assert isinstance(scripts.follow(lines), Explained)
    lines[other] = "p3 push_u32 2"
    assert isinstance(scripts.follow(lines), Unexplained)


def test_a_new_call_may_start_before_one_that_waits() -> None:
    """It waits too, but `wait_until` may return at once when there is no backpressure any more."""
    scripts = Scripts(
        [run(start("none", 0), start("none", 1), ao.Yield(1), start("none", 2))],
        [
            export("none", ao.Backpressure(1), ao.Yield(1), ao.Backpressure(-1), s.Return()),
            export("none", s.Return()),
            export("none", s.Return()),
        ],
    )
    before = [*HELD_BEFORE[:5], *call("s1", "none", 32), "s1 run = 1", *RELEASED, "s1 event 0 0 0"]
    begun, queued = call("s1", "none", 48)
    assert isinstance(scripts.follow([*before, begun, queued, *RETURNS, *whole("p2"), *whole("p3")]), Explained)
    returned = [f"s1 import_start {NONE} = 2", f"s1 import_lift {NONE}"]
    assert isinstance(scripts.follow([*before, begun, *whole("p2"), *returned, *RETURNS, *whole("p3")]), Explained)
    for wrong in (2, 17, 49):  # returned, or started, without a task that ran
        assert isinstance(scripts.follow([*before, begun, f"s1 import_start {NONE} = {wrong}"]), Unexplained)


TWO_WAIT = Scripts(
    [
        run(
            ao.NewEnds(0, 1, place("marks")),
            start("marks", 2, reg(1)),
            start("none", 3),
            ao.Write(reg(0), (), offered=1),
        )
    ],
    [
        export(
            "marks",
            ao.Read(s.Argument(0), 1),
            ao.NewSet(0),
            ao.Join(s.Argument(0), reg(0)),
            ao.Wait(reg(0)),
            s.Return(),
        ),
        export("none", ao.Wait(reg(0)), s.Return()),
    ],
)


def hears(task: str, name: str, event: str = "2 1 16") -> list[str]:
    function = f"a:b/x#{name}"
    return [f"{task} event {event}", f"{task} task_return {function}", f"{task} export_async_callback {function} = 0"]


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (hears("p1", "marks"), True),
        (hears("p2", "none"), True),
        ([*hears("p1", "marks"), *hears("p2", "none")], False),  # there is one event
        ([*hears("p2", "none"), *hears("p1", "marks")], False),
        (hears("p2", "none", "2 1 32"), False),
        (hears("p2", "none", "3 1 16"), False),
        (hears("p2", "none", "2 2 16"), False),
        ([], False),
    ],
)
def test_either_of_two_tasks_that_wait_on_a_set_gets_its_event(told: Sequence[str], right: bool) -> None:
    lines = TWO_WAIT.lines()
    before = lines[: lines.index("p1 event 2 1 16")]
    after = [line for line in lines[len(before) :] if line.startswith("s")]
    for run_ends in ([*after, *told], [*told, *after]):
        assert isinstance(TWO_WAIT.follow([*before, *run_ends]), Explained if right else Unexplained)


def test_a_task_that_yields_in_place_holds_the_instance() -> None:
    scripts = Scripts(
        [run(start("none", 0), start("none", 1))],
        [export("none", ao.Yield(1, in_place=True), s.Return()), export("none", s.Return())],
    )
    before = ["s1 import_call a:b/x#none", "p1 export_start a:b/x#none", "s1 import_start a:b/x#none = 17"]
    second = ["s1 import_call a:b/x#none", "s1 import_start a:b/x#none = 32", "s1 run_return", "s1 run = 0"]
    rest = ["p1 yield = 0", "p1 task_return a:b/x#none", "p1 export_async_call a:b/x#none = 0", *whole("p2")]
    assert isinstance(scripts.follow([*before, *second, *rest]), Explained)
    answer = scripts.follow([*before, *second, *whole("p2")])
    assert isinstance(answer, Unexplained)
    assert [one.event.line for one in answer.allowed] == ["yield = 0"]


def test_a_synchronous_task_enters_all_the_same() -> None:
    scripts = Scripts(
        [run(start("none", 0), s.Call(X, "plain", 1, (u32(1),)))],
        [
            export("none", ao.Backpressure(1), ao.Yield(1, in_place=True), ao.Backpressure(-1), s.Return()),
            export("plain", s.Return(u32(2))),
        ],
    )
    lines = scripts.lines()
    assert "p2 export_start a:b/x#plain" in lines
    assert lines.index("p2 export_start a:b/x#plain") < lines.index("p1 export_finish a:b/x#plain; yield = 0")
    assert isinstance(scripts.follow(lines), Explained)


def test_while_a_synchronous_task_is_blocked_others_of_its_instance_may_go_on() -> None:
    """But neither the one that holds the instance nor those of other instances."""
    scripts = Scripts(
        [run(start("none", 0), start("none", 1), s.Call(X, "plain", 2, (u32(1),)))],
        [
            export("none", ao.Yield(1), s.Return()),
            export("none", ao.Yield(1, in_place=True), s.Return()),
            export("plain", ao.Yield(1), s.Return(u32(2))),
        ],
    )
    lines = scripts.lines()
    assert isinstance(scripts.follow(lines), Explained)
    entered = lines.index("p3 export_call a:b/x#plain")
    for wrong in ("p2 yield = 0", "p1 event 0 0 0", "s1 import_return a:b/x#plain"):
        answer = scripts.follow([*lines[: entered + 1], wrong])
        assert isinstance(answer, Unexplained)
        assert [one.event.line for one in answer.allowed] == ["yield = 0"]


CANCEL = Scripts(
    [run(start("none", 0), ao.SubtaskCancel(reg(0), asynchronous=True))],
    [export("none", ao.Yield(1), ao.IfCancelled(2), ao.TaskCancel(), ao.Exit(), s.Return())],
)
CANCEL_BEFORE = [
    "s1 import_call a:b/x#none",
    "p1 export_start a:b/x#none",
    "p1 export_async_call a:b/x#none = 1",
    "s1 import_start a:b/x#none = 17",
]
HEARS = ["p1 event 6 0 0", "p1 task_cancel", "p1 export_async_callback a:b/x#none = 0"]


@pytest.mark.parametrize(
    ("after", "right"),
    [
        ([*HEARS, "s1 subtask_cancel 1 = 4", *RETURNS], True),
        # it is ready to go on anyway: it may hear at its turn
        (["s1 subtask_cancel 1 = 4294967295", *RETURNS, *HEARS], True),
        (["s1 subtask_cancel 1 = 4294967295", *RETURNS, "p1 event 0 0 0"], False),
        (["s1 subtask_cancel 1 = 4", *RETURNS], False),
        ([*HEARS, "s1 subtask_cancel 1 = 4294967295"], False),
    ],
)
def test_when_a_task_hears_of_its_cancellation(after: Sequence[str], right: bool) -> None:
    answer = CANCEL.follow([*CANCEL_BEFORE, *after])
    assert isinstance(answer, Explained if right else Unexplained)


def test_a_task_that_waits_for_an_event_hears_at_once() -> None:
    scripts = Scripts(
        [run(start("none", 0), ao.SubtaskCancel(reg(0), asynchronous=True))],
        [export("none", ao.NewSet(0), ao.Wait(reg(0)), ao.TaskCancel())],
    )
    lines = scripts.lines()
    told = lines.index("p1 event 6 0 0")
    assert lines[told + 3] == "s1 subtask_cancel 1 = 4"
    answer = scripts.follow([*lines[:told], "s1 subtask_cancel 1 = 4294967295"])
    assert isinstance(answer, Unexplained)


def test_a_wait_in_place_does_not_hear_of_a_cancellation() -> None:
    scripts = Scripts(
        [run(start("none", 0), ao.SubtaskCancel(reg(0), asynchronous=True))],
        [export("none", ao.Yield(1, in_place=True), ao.Yield(1), ao.IfCancelled(2), ao.TaskCancel(), ao.Exit())],
    )
    lines = scripts.lines()
    assert lines[lines.index("p1 yield = 0") :][:2] == [
        "p1 yield = 0",
        f"p1 export_async_call {NONE} = 1",
    ]
    assert "p1 event 6 0 0" in lines
    assert isinstance(scripts.follow(lines), Explained)


@pytest.mark.parametrize("lowered", [False, True])
@pytest.mark.parametrize("lifted", [False, True])
def test_all_ways_of_calling_an_asynchronous_function(lowered: bool, lifted: bool) -> None:
    """`--async` may turn it off on either side."""
    abi = Abi(
        frozenset({(Role.SUBJECT, "a:b/x#f")} if lowered else ()),
        frozenset({(Role.PROVIDER, "a:b/x#f")} if lifted else ()),
    )
    caller: list[s.Op] = [s.Call(X, "f", 0, (u32(1),))] if lowered else [start("f", 0, u32(1))]
    scripts = Scripts([run(*caller)], [export("f", ao.Yield(1), s.Return(u32(3)))], crossings(abi=abi))
    lines = scripts.lines()
    assert ("p1 export_call a:b/x#f" in lines) is lifted
    assert ("p1 yield = 0" in lines) is lifted
    assert ("p1 task_return a:b/x#f" in lines) is not lifted
    assert ("s1 import_return a:b/x#f" in lines) is lowered
    assert isinstance(scripts.follow(lines), Explained)


def test_a_blocking_run() -> None:
    scripts = Scripts(
        [run(start("none", 0), ao.NewSet(1), ao.Join(reg(0), reg(1)), ao.Wait(reg(1)))],
        [export("none", ao.Yield(1), s.Return())],
        crossings(abi=Abi(blocking_runs=frozenset({Role.SUBJECT}))),
    )
    lines = scripts.lines()
    assert lines[-2:] == ["s1 event 1 1 2", "s1 import_lift a:b/x#none"]
    assert isinstance(scripts.follow(lines), Explained)


def test_finish_waits_for_tasks_that_can_end() -> None:
    """`finish` does not wait for tasks that cannot end."""
    scripts = Scripts(
        [run(start("none", 0), start("none", 1))],
        [export("none", ao.Yield(3), s.Return()), export("none", ao.TaskReturn(), ao.NewSet(0), ao.Wait(reg(0)))],
    )
    prediction = scripts.predict()
    assert prediction.outcome.trap is None
    left = {role.value: str(each.asynchronous) for role, each in prediction.left.items()}
    assert left == {"subject": "async_balance 0 1 0 0", "provider": "async_balance 1 0 0 1"}
    lines = scripts.lines()
    assert lines[-1] == "p1 export_async_callback a:b/x#none = 0"
    assert scripts.follow(lines) == Explained((prediction.left,))
    assert isinstance(scripts.follow(lines[:-1]), Unexplained)


def test_finish_does_not_enter_under_backpressure() -> None:
    scripts = Scripts([run(ao.Backpressure(1))], [])
    assert scripts.predict().outcome.trap is TrapClass.DEADLOCK
    assert scripts.follow(scripts.lines(), RunEnd(TrapClass.DEADLOCK)) == Explained(())


def test_the_host_may_call_again_before_all_is_done() -> None:
    scripts = Scripts([run(start("none", 0)), run()], [export("none", ao.Yield(1), s.Return())], runs=2)
    lines = scripts.lines()
    assert isinstance(scripts.follow(lines), Explained)
    rest = [line for line in lines if line.startswith("p")][2:]
    early = ["s2 run_return", "s2 run = 0"]
    others = [line for line in lines if line not in (*rest, *early)]
    assert isinstance(scripts.follow([*others, *rest, *early]), Explained)
    assert isinstance(scripts.follow([*others, *early, *rest]), Explained)
