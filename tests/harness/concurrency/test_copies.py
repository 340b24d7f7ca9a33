"""Statuses of copies, seen from both ends, and what travels through streams."""

from __future__ import annotations

import re

import pytest

from harness.model.concurrency import Explained, RunEnd
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.reference_state import BLOCKED
from tests.harness.concurrency.runs import Scripts, X, export, place, reg, run, start, text, u8, u32

ARG = s.Argument(0)
NEW = ao.NewEnds(0, 1, place("bytes"))
NONE = "0 0 0"


def found(lines: list[str], pattern: str) -> list[str]:
    matches = [re.fullmatch(pattern, line) for line in lines]
    return [match[1] for match in matches if match is not None]


def both(writer_first: bool, offered: int, wanted: int) -> tuple[str, str, str, str]:
    """Results of write and read, then what a poll tells the writer and the reader."""
    write: s.Op = ao.Write(reg(0), tuple(map(u8, range(offered))))
    before, after = ([write], []) if writer_first else ([], [write])
    look: list[s.Op] = [ao.Join(reg(0), reg(2)), ao.Poll(reg(2))]
    subject = run(ao.NewSet(2), NEW, *before, start("bytes", 3, reg(1)), *after, *look)
    reads: list[s.Op] = [ao.Read(ARG, wanted), ao.NewSet(5), ao.Join(ARG, reg(5)), ao.Yield(1), ao.Poll(reg(5))]
    provider = export(
        "bytes", *reads, ao.Yield(1), ao.NewEnds(6, 7, place("bytes", 1, exported=True)), s.Return(reg(7))
    )
    scripts = Scripts([subject], [provider])
    lines = scripts.lines()
    assert isinstance(scripts.follow(lines), Explained)
    (written,) = found(lines, r"s1 stream_write .* = (\d+)")
    (read,) = found(lines, r"p1 stream_read .* = (\d+)")
    (writer,) = found(lines, r"s1 event (.*)")
    reader = found(lines, r"p1 event (.*)")[1]
    return written, read, writer, reader


def event(code: int, payload: int) -> str:
    return f"{code} {2 if code == 3 else 1} {payload}"


B = str(BLOCKED)


@pytest.mark.parametrize(
    ("writer_first", "offered", "wanted", "expected"),
    [
        (True, 2, 3, (B, "32", "3 3 32", NONE)),
        (True, 3, 2, (B, "32", "3 3 32", NONE)),
        (True, 2, 0, (B, "0", NONE, NONE)),
        (True, 0, 2, (B, B, "3 3 0", NONE)),
        (True, 0, 0, (B, B, "3 3 0", NONE)),
        (False, 2, 3, ("32", B, NONE, "2 1 32")),
        (False, 3, 2, ("32", B, NONE, "2 1 32")),
        (False, 2, 0, (B, B, NONE, "2 1 0")),
        (False, 0, 2, ("0", B, NONE, NONE)),
        (False, 0, 0, ("0", B, NONE, NONE)),
    ],
)
def test_parts(writer_first: bool, offered: int, wanted: int, expected: tuple[str, str, str, str]) -> None:
    assert both(writer_first, offered, wanted) == expected


SET: list[s.Op] = [ao.NewSet(2), ao.NewSet(3)]


@pytest.mark.parametrize(
    ("kind", "ops", "expected"),
    [
        # the other end is dropped: while it is idle, while it copies, and before its next copy
        ("bytes", [ao.DropEnd(reg(0)), ao.Read(reg(1), 1)], ["stream_read = 1"]),
        ("bytes", [ao.DropEnd(reg(1)), ao.Write(reg(0), (u8(1),))], ["stream_write = 1"]),
        ("bytes", [*SET, ao.Join(reg(1), reg(2)), ao.DropEnd(reg(0)), ao.Poll(reg(2))], ["event = 2 3 1"]),
        ("bytes", [*SET, ao.Join(reg(0), reg(2)), ao.DropEnd(reg(1)), ao.Poll(reg(2))], ["event = 3 4 1"]),
        (
            "bytes",
            [*SET, ao.Join(reg(1), reg(2)), ao.Read(reg(1), 2), ao.DropEnd(reg(0)), ao.Poll(reg(2)), ao.Poll(reg(2))],
            [f"stream_read = {B}", "event = 2 3 1", f"event = {NONE}"],
        ),
        (
            "bytes",
            [
                *SET,
                ao.Join(reg(1), reg(2)),
                ao.Read(reg(1), 2),
                ao.Write(reg(0), (u8(1), u8(2))),
                ao.DropEnd(reg(0)),
                ao.Poll(reg(2)),
            ],
            [f"stream_read = {B}", "stream_write = 32", "event = 2 3 33"],
        ),
        # cancelled: nothing, a part, everything copied; DROPPED came first
        ("bytes", [ao.Read(reg(1), 2), ao.CancelCopy(reg(1))], [f"stream_read = {B}", "stream_cancel_read = 2"]),
        (
            "bytes",
            [ao.Write(reg(0), (u8(1), u8(2))), ao.Read(reg(1), 1), ao.CancelCopy(reg(0))],
            [f"stream_write = {B}", "stream_read = 16", "stream_cancel_write = 18"],
        ),
        (
            "bytes",
            [ao.Write(reg(0), (u8(1),)), ao.Read(reg(1), 1), ao.CancelCopy(reg(0))],
            [f"stream_write = {B}", "stream_read = 16", "stream_cancel_write = 18"],
        ),
        (
            "bytes",
            [ao.Write(reg(0), (u8(1),)), ao.DropEnd(reg(1)), ao.CancelCopy(reg(0))],
            [f"stream_write = {B}", "stream_cancel_write = 1"],
        ),
        (
            "bytes",
            [
                *SET,
                ao.Join(reg(0), reg(2)),
                ao.Write(reg(0), (u8(1),)),
                ao.Read(reg(1), 1),
                ao.Read(reg(1), 0),
                ao.CancelCopy(reg(1)),
                ao.DropEnd(reg(1)),
                ao.Poll(reg(2)),
            ],
            [
                f"stream_write = {B}",
                "stream_read = 16",
                f"stream_read = {B}",
                "stream_cancel_read = 2",
                "event = 3 4 17",
            ],
        ),
        # looking takes the buffer back
        (
            "bytes",
            [
                *SET,
                ao.Join(reg(0), reg(2)),
                ao.Write(reg(0), (u8(1), u8(2))),
                ao.Read(reg(1), 1),
                ao.Poll(reg(2)),
                ao.Read(reg(1), 1),
            ],
            [f"stream_write = {B}", "stream_read = 16", "event = 3 4 16", f"stream_read = {B}"],
        ),
        # futures
        ("later", [ao.Write(reg(0), (u32(1),)), ao.Read(reg(1), 1)], [f"future_write = {B}", "future_read = 0"]),
        ("later", [ao.Read(reg(1), 1), ao.Write(reg(0), (u32(1),))], [f"future_read = {B}", "future_write = 0"]),
        ("later", [ao.DropEnd(reg(1)), ao.Write(reg(0), (u32(1),)), ao.DropEnd(reg(0))], ["future_write = 1"]),
        (
            "later",
            [ao.Read(reg(1), 1), ao.CancelCopy(reg(1)), ao.Read(reg(1), 1)],
            [f"future_read = {B}", "future_cancel_read = 2", f"future_read = {B}"],
        ),
        (
            "later",
            [ao.Read(reg(1), 1), ao.Write(reg(0), (u32(1),)), ao.CancelCopy(reg(1))],
            [f"future_read = {B}", "future_write = 0", "future_cancel_read = 0"],
        ),
        (
            "later",
            [*SET, ao.Join(reg(0), reg(2)), ao.DropEnd(reg(1)), ao.Poll(reg(2)), ao.DropEnd(reg(0))],
            ["event = 5 4 1"],
        ),
        # without payload
        (
            "marks",
            [ao.Write(reg(0), (), offered=3), ao.Read(reg(1), 5), ao.Got(4, reg(1))],
            [f"stream_write = {B}", "stream_read = 48"],
        ),
    ],
)
def test_one_component_has_both_ends(kind: str, ops: list[s.Op], expected: list[str]) -> None:
    known = Scripts(
        [run(*(SET if ops[:2] == SET else []), ao.NewEnds(0, 1, place(kind)), *ops[len(SET) * (ops[:2] == SET) :])], []
    )
    lines = known.lines()
    prediction = known.predict()
    assert prediction.outcome.trap is None
    assert known.follow(lines) == Explained((prediction.left,))
    matches = [re.fullmatch(r"s1 (\w+_(?:read|write)|event)(?: \S+ \d+(?: \d+)? =)? ([\d ]+)", line) for line in lines]
    assert [f"{match[1]} = {match[2]}" for match in matches if match is not None] == expected


def test_own_handles_that_were_read_have_gone() -> None:
    """Handles that were not read are still the writer's."""
    make: list[s.Op] = [s.Call(X, "[constructor]r", index, (u32(index),)) for index in (3, 4)]
    subject = run(
        *make,
        ao.NewEnds(0, 1, place("handles")),
        ao.Write(reg(0), (reg(3), reg(4))),
        start("handles", 5, reg(1)),
        ao.CancelCopy(reg(0)),
        s.Drop(reg(4)),
        s.Drop(reg(3)),
    )
    made = [export("[constructor]r", s.New(index, X, "r", index), s.Return(reg(index))) for index in (3, 4)]
    provider = export(
        "handles", ao.Read(ARG, 1), ao.Got(8, ARG), s.Pick(9, reg(8), (0,)), s.Rep(10, reg(9)), s.Return()
    )
    known = Scripts([subject], [*made, provider])
    lines = known.lines()
    assert "p3 push_own [export]a:b/x#r 2" in lines
    assert "p3 resource_rep [export]a:b/x#r 2 = 3" in lines
    assert "s1 stream_cancel_write stream<own<a:b/x#r>> 4 = 18" in lines
    assert lines[-3:] == [
        "s1 resource_drop a:b/x#r 2",
        "p4 resource_dtor [export]a:b/x#r 4",
        "s1 resource_drop a:b/x#r 1",
    ]
    end = known.predict().outcome
    assert known.follow(lines, RunEnd(end.trap)) == Explained(())


def test_an_end_in_a_stream() -> None:
    """The inner end is not given away before it is read; then it works where it arrived."""
    subject = run(
        ao.NewEnds(0, 1, place("nested")),
        ao.NewEnds(2, 3, place("nested", 0, 0)),
        start("nested", 4, reg(1)),
        ao.Write(reg(0), (reg(3),)),
        ao.Write(reg(2), (u8(7),)),
        ao.Yield(1),
    )
    provider = export(
        "nested",
        ao.NewSet(0),
        ao.Join(ARG, reg(0)),
        ao.Read(ARG, 1),
        ao.Await(ARG, reg(0)),
        ao.Got(1, ARG),
        s.Pick(2, reg(1), (0,)),
        ao.Read(reg(2), 1),
        s.Return(),
    )
    known = Scripts([subject], [provider])
    lines = known.lines()
    assert "p1 push_u8 7" in lines
    assert isinstance(known.follow(lines), Explained)


def test_an_end_that_travels_is_told_again() -> None:
    """Its writer was dropped before, and nobody had looked."""
    subject = run(NEW, ao.DropEnd(reg(0)), start("bytes", 2, reg(1)))
    provider = export(
        "bytes",
        ao.NewSet(0),
        ao.Join(ARG, reg(0)),
        ao.Wait(reg(0)),
        ao.NewEnds(3, 4, place("bytes", 1, exported=True)),
        s.Return(reg(4)),
    )
    known = Scripts([subject], [provider])
    assert "p1 event 2 1 1" in known.lines()


def test_arguments_are_lifted_when_the_callee_starts() -> None:
    """The caller pops them before; until then an own handle is the caller's."""
    subject = run(
        s.Call(X, "[constructor]r", 0, (u32(1),)),
        start("none", 1),
        start("give", 2, reg(0)),
        ao.SubtaskCancel(reg(2)),
        s.Drop(reg(0)),
    )
    provider = [
        export("[constructor]r", s.New(0, X, "r", 5), s.Return(reg(0))),
        export("none", ao.Backpressure(1), s.Return()),
    ]
    known = Scripts([subject], provider)
    lines = known.lines()
    started = lines.index("s1 import_start a:b/x#give = 32")
    assert lines[started - 2 : started + 4] == [
        "s1 import_call a:b/x#give",
        "s1 pop_own a:b/x#r = 1",
        "s1 import_start a:b/x#give = 32",
        "s1 subtask_cancel 2 = 3",
        "s1 resource_drop a:b/x#r 1",
        "p3 resource_dtor [export]a:b/x#r 5",
    ]


def test_a_text_both_ways() -> None:
    known = Scripts([run(start("text", 0, text("a")), ao.Got(1, reg(0)))], [export("text", s.Return(ARG))])
    assert known.lines()[-4:] == ["s1 import_lift a:b/x#text", "s1 push_string 1 61", "s1 run_return", "s1 run = 0"]
