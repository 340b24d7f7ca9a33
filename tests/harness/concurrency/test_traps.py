"""Traps of asynchronous runs: the class, and that the trace up to it is explained."""

from __future__ import annotations

import pytest

from harness.model.concurrency import Explained, RunEnd, Unexplained
from harness.plan.outcomes import TrapClass
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import WIT, Scripts, X, crossings, export, place, reg, run, start, text, u8, u32

T = TrapClass
NEW_BYTES = ao.NewEnds(0, 1, place("bytes"))
NEW_LATER = ao.NewEnds(0, 1, place("later"))
MAKE = s.New(9, X, "r", 7)
GIVE = [export("[constructor]r", MAKE, s.Return(reg(9)))]
NEW_R = s.Call(X, "[constructor]r", 2, (u32(1),))


TRAPS: list[tuple[str, TrapClass, str | None, list[s.Op], list[s.Frame]]] = [
    ("a future in the place of a stream", T.INTERPRETER, "pop_kind", [NEW_LATER, start("bytes", 2, reg(1))], []),
    ("no answer", T.NO_RESULT, None, [start("none", 0)], [export("none")]),
    ("two answers", T.RESOLVED_TWICE, None, [start("none", 0)], [export("none", ao.TaskReturn(), ao.TaskReturn())]),
    ("not cancelled", T.NOT_CANCELLED, None, [start("none", 0)], [export("none", ao.TaskCancel())]),
    (
        "cancelled after the answer",
        T.RESOLVED_TWICE,
        None,
        [start("none", 0)],
        [export("none", ao.TaskReturn(), ao.TaskCancel())],
    ),
    ("code 3", T.CALLBACK_CODE, None, [start("none", 0)], [export("none", ao.CallbackCode(3))]),
    ("wait on nothing", T.INVALID_HANDLE, None, [start("none", 0)], [export("none", ao.CallbackCode(2))]),
    (
        "wait on an end",
        T.HANDLE_TYPE,
        None,
        [NEW_BYTES, ao.CallbackCode(2 | 1 << 4)],
        [],
    ),
    ("deadlock", T.DEADLOCK, None, [ao.NewSet(0), ao.Wait(reg(0))], []),
    (
        "a synchronous task blocks",
        T.CANNOT_BLOCK,
        None,
        [s.Call(X, "plain", 0, (u32(1),))],
        [export("plain", ao.NewSet(0), ao.Wait(reg(0)), s.Return(u32(1)))],
    ),
    (
        "drop of a set in use",
        T.SET_IN_USE,
        None,
        [ao.NewSet(2), NEW_BYTES, ao.Join(reg(0), reg(2)), ao.DropSet(reg(2))],
        [],
    ),
    (
        "drop of a set on which a task waits",
        T.SET_IN_USE,
        None,
        [start("none", 0), start("none", 1)],
        [export("none", ao.NewSet(0), ao.Wait(reg(0))), export("none", ao.DropSet(reg(0)))],
    ),
    ("backpressure below 0", T.BACKPRESSURE, None, [ao.Backpressure(-1)], []),
    (
        "drop of a call under way",
        T.UNRESOLVED,
        None,
        [start("none", 0), ao.SubtaskDrop(reg(0))],
        [export("none", ao.Yield(1))],
    ),
    (
        "cancel after the answer was told",
        T.DELIVERED,
        None,
        [
            start("none", 0),
            ao.NewSet(1),
            ao.Join(reg(0), reg(1)),
            ao.Await(reg(0), reg(1)),
            ao.SubtaskCancel(reg(0)),
        ],
        [export("none", ao.Yield(1), s.Return())],
    ),
    (
        "cancel of a member",
        T.IN_SET,
        None,
        [start("none", 0), ao.NewSet(1), ao.Join(reg(0), reg(1)), ao.SubtaskCancel(reg(0), asynchronous=True)],
        [export("none", ao.Yield(1), s.Return())],
    ),
    ("read through the other end", T.HANDLE_TYPE, None, [NEW_BYTES, ao.Read(reg(0), 1)], []),
    ("second copy", T.INTERPRETER, "state", [NEW_BYTES, ao.Read(reg(1), 1), ao.Read(reg(1), 1)], []),
    ("stop of nothing", T.NOT_COPYING, None, [NEW_BYTES, ao.CancelCopy(reg(0))], []),
    (
        "stop of a member",
        T.IN_SET,
        None,
        [NEW_BYTES, ao.Read(reg(1), 1), ao.NewSet(2), ao.Join(reg(1), reg(2)), ao.CancelCopy(reg(1))],
        [],
    ),
    ("drop while copying", T.COPYING, None, [NEW_BYTES, ao.Read(reg(1), 1), ao.DropEnd(reg(1))], []),
    ("future unwritten", T.FUTURE_UNWRITTEN, None, [NEW_LATER, ao.DropEnd(reg(0))], []),
    (
        "future told, not yet delivered",
        T.FUTURE_UNWRITTEN,
        None,
        [NEW_LATER, ao.DropEnd(reg(1)), ao.DropEnd(reg(0))],
        [],
    ),
    ("after DROPPED", T.END_DONE, None, [NEW_BYTES, ao.DropEnd(reg(0)), ao.Read(reg(1), 1), ao.Read(reg(1), 1)], []),
    (
        "future read twice",
        T.END_DONE,
        None,
        [NEW_LATER, ao.Write(reg(0), (u32(1),)), ao.Read(reg(1), 1), ao.Read(reg(1), 1)],
        [],
    ),
    (
        "give away while copying",
        T.COPYING,
        None,
        [NEW_BYTES, ao.Read(reg(1), 1), start("bytes", 2, reg(1))],
        [export("bytes")],
    ),
    (
        "give away a member",
        T.IN_SET,
        None,
        [NEW_BYTES, ao.NewSet(3), ao.Join(reg(1), reg(3)), start("bytes", 2, reg(1))],
        [export("bytes")],
    ),
    (
        "give away what is done",
        T.END_DONE,
        None,
        [NEW_BYTES, ao.DropEnd(reg(0)), ao.Read(reg(1), 1), start("bytes", 2, reg(1))],
        [export("bytes")],
    ),
    ("give away the writable end", T.HANDLE_TYPE, None, [NEW_BYTES, start("bytes", 2, reg(0))], [export("bytes")]),
    (
        "give away an end of another type",
        T.HANDLE_TYPE,
        None,
        [ao.NewEnds(0, 1, place("texts")), start("bytes", 2, reg(1))],
        [export("bytes")],
    ),
    (
        "both ends in one instance",
        T.SAME_INSTANCE,
        None,
        [ao.NewEnds(0, 1, place("texts")), ao.Read(reg(1), 1), ao.Write(reg(0), (text("a"),))],
        [],
    ),
    (
        "lent until the answer is told",
        T.LENT,
        None,
        [NEW_R, start("lend", 3, reg(2)), s.Drop(reg(2))],
        [*GIVE, export("lend", ao.Yield(1), s.Return())],
    ),
    (
        "a value that is lifted when the callee starts",
        T.INVALID_CHAR,
        None,
        [start("letter", 3, s.Number("char", 0xD800))],
        [export("letter", s.Return())],
    ),
    ("no import", T.INTERPRETER, "no_import", [start("nothing", 0)], []),
    ("started, and synchronous", T.INTERPRETER, "async", [start("plain", 0, u32(1))], []),
    ("called, and asynchronous", T.INTERPRETER, "async", [s.Call(X, "none", None, ())], []),
    ("no frame", T.INTERPRETER, "no_frame", [start("none", 0)], []),
    ("no result", T.INTERPRETER, "stack", [start("f", 0, u32(1))], [export("f", s.Return())]),
    ("a result too many", T.INTERPRETER, "result", [start("none", 0)], [export("none", s.Return(u32(1)))]),
    ("got nothing", T.INTERPRETER, "state", [start("none", 0), ao.Got(1, reg(0))], [export("none", s.Return())]),
    ("a path that leads nowhere", T.INTERPRETER, "type_path", [ao.NewEnds(0, 1, place("f"))], []),
    ("an empty register", T.INTERPRETER, "register_empty", [ao.Wait(reg(200))], []),
    (
        "return in a synchronous task",
        T.INTERPRETER,
        "async",
        [s.Call(X, "plain", 0, (u32(1),))],
        [export("plain", ao.TaskReturn(u32(1)))],
    ),
    (
        "out of 2^28 elements",
        T.TOO_LONG,
        None,
        [ao.NewEnds(0, 1, place("marks")), ao.Write(reg(0), (), offered=1 << 28)],
        [],
    ),
]


def scripts(ops: list[s.Op], provider: list[s.Frame]) -> Scripts:
    return Scripts([run(*ops)], provider)


@pytest.mark.parametrize(
    ("cause", "detail", "ops", "provider"), [row[1:] for row in TRAPS], ids=[row[0] for row in TRAPS]
)
def test_traps(cause: TrapClass, detail: str | None, ops: list[s.Op], provider: list[s.Frame]) -> None:
    known = scripts(ops, provider)
    predicted = known.predict()
    assert (predicted.outcome.trap, predicted.outcome.detail) == (cause, detail)
    assert predicted.left == {}
    lines = known.lines()
    assert known.follow(lines, RunEnd(cause, detail)) == Explained(())
    assert isinstance(known.follow(lines), Unexplained)
    assert isinstance(known.follow([*lines, "s1 run_return"], RunEnd(cause, detail)), Unexplained)


def test_engines_may_say_copying_of_the_wrong_end() -> None:
    known = scripts([NEW_BYTES, ao.Read(reg(0), 1)], [])
    assert known.follow(known.lines(), RunEnd(T.COPYING)) == Explained(())


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_second_cancellation_of_a_member_of_a_set(asynchronous: bool) -> None:
    """Two rules: the engine knows only one of them (docs/async.md, F3)."""
    second = ao.SubtaskCancel(reg(0), asynchronous)
    first = ao.SubtaskCancel(reg(0), asynchronous=True)
    ops: list[s.Op] = [start("none", 0), first, ao.NewSet(1), ao.Join(reg(0), reg(1)), second]
    known = scripts(ops, [export("none", ao.Yield(1), ao.Yield(2), s.Return())])
    lines = known.lines()
    assert known.predict().outcome.trap is T.IN_SET, "the class that the engine can tell"
    for trap in (T.OTHER, T.IN_SET):
        assert known.follow(lines, RunEnd(trap)) == Explained(())
    assert isinstance(known.follow(lines, RunEnd(T.DELIVERED)), Unexplained)
    alone = scripts([*ops[:2], second], [export("none", ao.Yield(1), ao.Yield(2), s.Return())])
    assert isinstance(alone.follow(alone.lines(), RunEnd(T.IN_SET)), Unexplained)


def test_a_set_of_another_kind() -> None:
    known = scripts([NEW_BYTES, ao.Write(reg(0), (u8(1),)), ao.Wait(reg(0))], [])
    assert known.predict().outcome.trap is T.HANDLE_TYPE


def test_generated_code_may_stop_at_an_invalid_value() -> None:
    """Then its own trap hides the rest of the call, and nothing before it."""
    known = scripts([start("kinds", 0, s.Number("enum", 2), text("t"))], [export("kinds", s.Return())])
    lines = known.lines()
    assert known.predict().outcome.trap is T.INVALID_DISCRIMINANT
    assert lines[-3:] == ["s1 import_call a:b/x#kinds", "s1 pop_enum a:b/x#kind = 2", "s1 pop_string = 1 74"]
    assert known.follow(lines, RunEnd(T.UNREACHABLE)) == Explained(())
    assert known.follow(lines[:-1], RunEnd(T.UNREACHABLE)) == Explained(())
    assert isinstance(known.follow(lines[:-1], RunEnd(T.INVALID_DISCRIMINANT)), Unexplained)
    assert isinstance(known.follow(lines[:-1]), Unexplained)
    right = scripts([start("kinds", 0, s.Number("enum", 1), text("t"))], [export("kinds", s.Return())])
    until = right.lines().index("s1 pop_enum a:b/x#kind = 1") + 1
    assert isinstance(right.follow(right.lines()[:until], RunEnd(T.UNREACHABLE)), Unexplained)


def test_generated_code_may_stop_at_an_invalid_value_in_an_element() -> None:
    """Then its own trap hides the rest of this element, and no other element."""
    added = "record kinded { k: kind, t: string, u: string } go: async func(s: stream<kinded>);"
    known_with_it = crossings(WIT.replace("enum kind", f"{added} enum kind"))
    good, bad = (s.Fields((s.Number("enum", number), text("t"), text("u"))) for number in (1, 2))

    def written(*elements: s.Value) -> Scripts:
        ops = (ao.NewEnds(0, 1, place("go")), start("go", 2, reg(1)), ao.Write(reg(0), elements))
        reads = (ao.Read(s.Argument(0), 2), ao.NewSet(5), ao.Join(s.Argument(0), reg(5)), ao.Wait(reg(5)))
        return Scripts([run(*ops)], [export("go", *reads)], known_with_it)

    for elements in ((bad,), (good, bad)):
        known = written(*elements)
        lines = known.lines()
        assert known.predict().outcome.trap is T.INVALID_DISCRIMINANT
        until = lines.index("s1 pop_enum a:b/x#kind = 2") + 1
        assert until < len(lines)
        assert known.follow(lines[:until], RunEnd(T.UNREACHABLE)) == Explained(())
        assert isinstance(known.follow(lines[:until]), Unexplained)
    known = written(bad, good)
    until = known.lines().index("s1 pop_enum a:b/x#kind = 2") + 1
    assert isinstance(known.follow(known.lines()[:until], RunEnd(T.UNREACHABLE)), Unexplained)
