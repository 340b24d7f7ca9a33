"""Traces that some schedule allows, and traces that none does, for each kind of choice."""

from __future__ import annotations

import pytest

from harness.model.concurrency import Explained, RunEnd, Undecided, Unexplained
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import WIT, Scripts, crossings, export, place, reg, run, start, text, u8, u32

BOTH = (Role.SUBJECT, Role.PROVIDER)
ONE_CALL = Scripts(
    [run(start("f", 0, u32(5)), ao.NewSet(1), ao.Join(reg(0), reg(1)), ao.Await(reg(0), reg(1)), ao.Got(2, reg(0)))],
    [export("f", ao.Yield(1), s.Return(u32(6)))],
)
ONE_CALL_LINES = [
    "s1 import_call a:b/x#f",
    "s1 pop_u32 = 5",
    "p1 export_start a:b/x#f",
    "p1 push_u32 5",
    "p1 export_async_call a:b/x#f = 1",
    "s1 import_start a:b/x#f = 17",
    "s1 set_new = 2",
    "s1 join 1 2",
    "s1 run = 34",
    "p1 event 0 0 0",
    "p1 task_return a:b/x#f",
    "p1 pop_u32 = 6",
    "p1 export_async_callback a:b/x#f = 0",
    "s1 event 1 1 2",
    "s1 import_lift a:b/x#f",
    "s1 push_u32 6",
    "s1 run_return",
    "s1 run = 0",
]


def test_a_call_that_blocks() -> None:
    assert ONE_CALL.lines() == ONE_CALL_LINES
    assert isinstance(ONE_CALL.follow(ONE_CALL_LINES), Explained)


def test_a_yield_need_not_block() -> None:
    lines = [
        *ONE_CALL_LINES[:5],
        "p1 event 0 0 0",
        "p1 task_return a:b/x#f",
        "p1 pop_u32 = 6",
        "p1 export_async_callback a:b/x#f = 0",
        "s1 import_start a:b/x#f = 2",
        "s1 import_lift a:b/x#f",
        "s1 push_u32 6",
        "s1 set_new = 1",
        "s1 join 0 1",
    ]
    answer = ONE_CALL.follow(lines, RunEnd(TrapClass.INVALID_HANDLE))
    assert answer == Explained(())


@pytest.mark.parametrize("index", range(len(ONE_CALL_LINES)))
def test_every_missing_event_is_found(index: int) -> None:
    answer = ONE_CALL.follow(ONE_CALL_LINES[:index] + ONE_CALL_LINES[index + 1 :])
    assert isinstance(answer, Unexplained)
    assert answer.index == index
    assert ONE_CALL_LINES[index] in [f"{one.role.value[0]}{one.task} {one.event.line}" for one in answer.allowed]


def test_what_would_have_been_allowed() -> None:
    """After the callback code YIELD, either the callee or the caller continues."""
    answer = ONE_CALL.follow([*ONE_CALL_LINES[:5], "s1 import_start a:b/x#f = 33"])
    assert isinstance(answer, Unexplained)
    assert answer.index == 5
    assert {one.event.line for one in answer.allowed} == {"event 0 0 0", "import_start a:b/x#f = 17"}
    assert {one.event.path for one in answer.allowed} == {"call 1 a:b/x#f"}


@pytest.mark.parametrize(
    ("end", "right"),
    [
        (RunEnd(), True),
        (RunEnd(TrapClass.DEADLOCK), False),
        (RunEnd(TrapClass.INVALID_HANDLE), False),
        (RunEnd(TrapClass.INTERPRETER, "state"), False),
    ],
)
def test_the_end(end: RunEnd, right: bool) -> None:
    answer = ONE_CALL.follow(ONE_CALL_LINES, end)
    if right:
        assert isinstance(answer, Explained)
        (left,) = answer.left
        assert [(str(one.asynchronous), str(one.balance)) for one in left.values()] == [
            ("async_balance 0 0 0 1", "None"),
            ("async_balance 0 0 0 0", "balance 0 0 0 0 0"),
        ]
    else:
        assert isinstance(answer, Unexplained)
        assert answer.index == len(ONE_CALL_LINES)


def pairs_with(*cases: int) -> Scripts:
    """A call with a list of an enum of two cases, by index, between two numbers."""
    old, new = "plain: func(n: u32) -> u32;", "enum two { a, b } plain: func(n: u32, l: list<two>, m: u32);"
    wit = WIT.replace(old, new)
    values = s.Items(tuple(s.Number("enum", case) for case in cases))
    call = s.Call("a:b/x", "plain", None, (u32(1), values, u32(2)))
    return Scripts([run(call)], [], crossings(wit))


@pytest.mark.parametrize(
    ("cases", "shown", "end", "right"),
    [
        ((0, 7, 1), 6, TrapClass.UNREACHABLE, True),  # where the bad one was popped
        ((0, 7, 1), 9, TrapClass.UNREACHABLE, True),
        ((0, 7, 1), 99, TrapClass.UNREACHABLE, True),
        ((0, 7, 1), 99, TrapClass.INVALID_DISCRIMINANT, True),
        ((0, 7, 1), 6, TrapClass.INVALID_DISCRIMINANT, False),
        ((0, 7, 1), 6, TrapClass.OUT_OF_BOUNDS, False),
        ((0, 7, 1), 0, TrapClass.UNREACHABLE, True),  # the lift as a whole, as in synchronous runs
        ((0, 1, 1), 6, TrapClass.UNREACHABLE, False),
        ((0, 1, 1), 99, TrapClass.UNREACHABLE, False),
    ],
)
def test_generated_code_may_trap_in_the_middle_of_a_lift(
    cases: tuple[int, ...], shown: int, end: TrapClass, right: bool
) -> None:
    scripts = pairs_with(*cases)
    lines = [line for line in scripts.lines() if line.startswith("s1 ")]
    assert len(lines) > 9
    answer = scripts.follow(lines[:shown], RunEnd(end))
    assert isinstance(answer, Explained) is right, answer


def swapped(lines: list[str], one: int, other: int) -> list[str]:
    lines = list(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


TWO_READY = Scripts(
    [
        run(
            ao.NewSet(0),
            *[op for i in (1, 2) for op in (start("none", i), ao.Join(reg(i), reg(0)))],
            *[ao.Wait(reg(0))] * 2,
        )
    ],
    [export("none", ao.Yield(1), s.Return())] * 2,
)


def sorted_by_task(lines: list[str], order: tuple[str, ...]) -> list[str]:
    """Blocks of lines of these tasks in another order."""
    return [line for who in order for line in lines if line.startswith(f"{who} ")]


def test_ready_threads_go_on_in_any_order() -> None:
    """A set delivers the events of its members in any order, however they became ready."""
    lines = TWO_READY.lines()
    turns = lines.index("p1 event 0 0 0")
    before, middle = lines[:turns], [line for line in lines[turns:] if line.startswith("p")]
    assert middle == sorted_by_task(middle, ("p1", "p2"))
    assert isinstance(TWO_READY.follow(lines), Explained)
    other = before + sorted_by_task(middle, ("p2", "p1")) + [line for line in lines[turns:] if line.startswith("s")]
    assert isinstance(TWO_READY.follow(other), Explained)
    told = [index for index, line in enumerate(other) if line.startswith("s1 event")]
    assert len(told) == 2
    assert isinstance(TWO_READY.follow(swapped(other, *told)), Explained)


def test_a_thread_that_is_not_ready_does_not_go_on() -> None:
    lines = [*ONE_CALL_LINES[:9], "s1 event 1 1 2"]
    answer = ONE_CALL.follow(lines)
    assert isinstance(answer, Unexplained)
    assert (answer.index, [one.event.line for one in answer.allowed]) == (9, ["event 0 0 0"])


def test_nothing_else_is_ready_in_a_deadlock() -> None:
    scripts = Scripts([run(ao.NewSet(0), ao.Wait(reg(0)))], [])
    lines = ["s1 set_new = 1", "s1 run = 18"]
    assert scripts.follow(lines, RunEnd(TrapClass.DEADLOCK)) == Explained(())
    assert isinstance(ONE_CALL.follow(ONE_CALL_LINES[:9], RunEnd(TrapClass.DEADLOCK)), Unexplained)


def test_what_the_specification_leaves_open_is_undecided() -> None:
    """More is offered than was lowered: nobody knows what the reader gets."""
    scripts = Scripts(
        [
            run(
                ao.NewEnds(0, 1, place("texts")),
                start("texts", 2, reg(1)),
                ao.Write(reg(0), (text("a"),), offered=2),
            )
        ],
        [export("texts", ao.Read(s.Argument(0), 2), ao.Yield(1))],
    )
    answer = scripts.follow(
        [
            "s1 stream_new stream<string> = 1 2",
            "s1 import_call a:b/x#texts",
            "s1 pop_stream stream<string> = 1",
            "p1 export_start a:b/x#texts",
            "p1 push_stream stream<string> 1",
            "p1 stream_read stream<string> 1 2 = 4294967295",
            "p1 export_async_call a:b/x#texts = 1",
            "s1 import_start a:b/x#texts = 17",
            "s1 stream_lower stream<string> 0",
            "s1 pop_string = 1 61",
            "s1 stream_write stream<string> 2 2 = 32",
        ]
    )
    assert isinstance(answer, Undecided)
    assert answer.index == 10


def test_bytes_both_ways() -> None:
    scripts = Scripts(
        [
            run(
                ao.NewEnds(0, 1, place("bytes")),
                start("bytes", 2, reg(1)),
                ao.Got(3, reg(2)),
                ao.Write(reg(0), (u8(1), u8(2), u8(3))),
                ao.Read(reg(3), 5),
                ao.Got(4, reg(3)),
            )
        ],
        [
            export(
                "bytes",
                ao.NewEnds(0, 1, place("bytes", 1, exported=True)),
                ao.TaskReturn(reg(1)),
                ao.Read(s.Argument(0), 2),
                ao.Write(reg(0), (u8(7),)),
            )
        ],
    )
    lines = scripts.lines()
    assert "s1 stream_write stream<u8> 2 3 = 32" in lines
    assert [line for line in lines if line.startswith("s1 push_u8")] == ["s1 push_u8 7"]


# -- what stays

ENDS = ao.NewEnds(0, 1, place("bytes", 0))
CANCELLED = export("none", ao.NewSet(0), ao.Wait(reg(0)), ao.DropSet(reg(0)), ao.TaskCancel())


@pytest.mark.parametrize(
    ("ops", "cleaning", "provider", "subject_left", "provider_left"),
    [
        ([ao.NewSet(0)], [ao.DropSet(reg(0))], [], "0 0 0 1", "0 0 0 0"),
        ([ENDS, ao.Read(reg(1), 1)], [ao.CancelCopy(reg(1))], [], "0 0 1 0", "0 0 0 0"),
        ([ENDS, ao.Write(reg(0), (u8(1),))], [ao.CancelCopy(reg(0))], [], "0 0 1 0", "0 0 0 0"),
        # an end that nobody uses is no number: the drop is missing among the events
        ([ENDS], [ao.DropEnd(reg(1)), ao.DropEnd(reg(0))], [], "0 0 0 0", "0 0 0 0"),
        ([start("none", 0)], [ao.SubtaskCancel(reg(0))], [CANCELLED], "0 1 0 0", "1 0 0 1"),
    ],
    ids=["a set", "a read", "a write", "an unused end", "a call and its task"],
)
def test_what_stays_is_noticed(
    ops: list[s.Op], cleaning: list[s.Op], provider: list[s.Frame], subject_left: str, provider_left: str
) -> None:
    """A component that does not do what its script says at last, or does it where the script does not say so."""
    stays, clean = Scripts([run(*ops)], provider), Scripts([run(*ops, *cleaning)], provider)
    for scripts, expected in ((stays, (subject_left, provider_left)), (clean, ("0 0 0 0", "0 0 0 0"))):
        answer = scripts.follow(scripts.lines())
        assert isinstance(answer, Explained)
        (left,) = answer.left
        found = [str(left[role].asynchronous) if role in left else "async_balance 0 0 0 0" for role in BOTH]
        assert found == [f"async_balance {numbers}" for numbers in expected]
    assert isinstance(clean.follow(stays.lines()), Unexplained)
    assert isinstance(stays.follow(clean.lines()), Unexplained)


# -- components that write no trace


@pytest.mark.parametrize("silent", ["s", "p"])
def test_a_component_that_writes_no_trace(silent: str) -> None:
    """It takes part all the same. What it leaves is not known."""
    answer = ONE_CALL.follow(ONE_CALL_LINES, silent=silent)
    assert isinstance(answer, Explained)
    assert [role.value[0] for left in answer.left for role in left] == [other for other in "sp" if other != silent]


@pytest.mark.parametrize("silent", ["s", "p"])
@pytest.mark.parametrize("index", range(len(ONE_CALL_LINES)))
def test_every_missing_event_of_the_others_is_found(index: int, silent: str) -> None:
    missing = ONE_CALL_LINES[index]
    answer = ONE_CALL.follow(ONE_CALL_LINES[:index] + ONE_CALL_LINES[index + 1 :], silent=silent)
    if missing[0] == silent:
        assert isinstance(answer, Explained)
        return
    assert isinstance(answer, Unexplained)
    assert missing in [f"{one.role.value[0]}{one.task} {one.event.line}" for one in answer.allowed]
    assert {one.role.value[0] for one in answer.allowed}.isdisjoint(silent)


def test_a_choice_of_a_component_that_writes_no_trace_is_free() -> None:
    """The callee answers before it blocks, so the next event after its choice is the caller's."""
    lines = ["s1 import_call a:b/x#f", "s1 pop_u32 = 5", "s1 import_start a:b/x#f = 2", "s1 import_lift a:b/x#f"]
    lines += ["s1 push_u32 6", "s1 set_new = 1", "s1 join 0 1"]
    assert ONE_CALL.follow(lines, RunEnd(TrapClass.INVALID_HANDLE), silent="p") == Explained(())
    late = [line.replace("= 2", "= 17") for line in lines[:3]] + ["s1 set_new = 2", "s1 join 1 2", "s1 run = 34"]
    assert isinstance(ONE_CALL.follow([*late, *ONE_CALL_LINES[13:]], silent="p"), Explained)
    assert isinstance(ONE_CALL.follow([*late, *ONE_CALL_LINES[13:]]), Unexplained)
