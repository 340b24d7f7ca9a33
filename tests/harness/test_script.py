"""Scripts as text, and values read back."""

from __future__ import annotations

from typing import get_args

import pytest

from harness.script import async_operations as a
from harness.script import operations as s
from harness.script.parser import ScriptValueError, parse_value
from harness.script.text import eager_text, script_text, value_text

VALUES = [
    (s.Number("bool", 1), "bool 1"),
    (s.Number("u8", 300), "u8 300"),
    (s.Number("s64", -5), "s64 -5"),
    (s.Number("f32", 0x3F800000), "f32 3f800000"),
    (s.Number("f64", 1), "f64 0000000000000001"),
    (s.Number("char", 0x1F600), "char 1f600"),
    (s.Number("enum", 12), "enum 12"),
    (s.Number("flags", 0xFF), "flags ff"),
    (s.Str(b""), "str -"),
    (s.Str(b"\xffa"), "str ff61"),
    (s.Fields((s.Number("u8", 1), s.Fields(()))), "rec 2 u8 1 rec 0"),
    (s.CaseValue(3), "var 3"),
    (s.CaseValue(1, s.Str(b"a")), "varp 1 str 61"),
    (s.Items((s.CaseValue(0), s.CaseValue(0))), "list 2 var 0 var 0"),
    (s.Raw(2, b"\x01\x02"), "raw 2 0102"),
    (s.Raw(0, b""), "raw 0 -"),
    (s.Entries(((s.Str(b"k"), s.Number("u8", 1)),)), "map 1 str 6b u8 1"),
    (s.Pointer(4294967295, 7), "ptr 4294967295 7"),
    (s.Handle(9), "handle 9"),
    (s.BareEnd(s.TypePlace(False, "a:b/c", "f", 0), 3), "end import a:b/c f 0 0 3"),
    (s.BareEnd(s.TypePlace(True, None, "[static]r.f", 2, (1, 0)), 9), "end export - [static]r.f 2 2 1 0 9"),
]


@pytest.mark.parametrize(("value", "text"), VALUES)
def test_values(value: s.Value, text: str) -> None:
    assert value_text(value) == text
    assert parse_value(text, lambda name: s.Register(int(name))) == value


def test_a_name_stands_for_a_register() -> None:
    assert parse_value("list 1 $7", lambda name: s.Register(int(name))) == s.Items((s.Register(7),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "too early"),
        ("rec 2 u8 1", "too early"),
        ("u8 x", "expected a number, found 'x'"),
        ("str 6", "expected bytes"),
        ("u8 1 2", "unexpected '2'"),
        ("word 1", "unknown kind of value 'word'"),
        ("end inside a:b/c f 0 0 1", "expected import or export, found 'inside'"),
        ("end import a:b/c f 0 9 1", "9 values are announced, but 1 words follow"),
    ],
)
def test_invalid_values_are_reported(text: str, message: str) -> None:
    with pytest.raises(ScriptValueError, match=message):
        parse_value(text, lambda name: s.Register(0))


_U8 = s.Number("u8", 1)
_PLACE = s.TypePlace(False, "a:b/c", "f", 1, (0,))
ASYNC = [
    (a.Start("a:b/c", "f", 0, (_U8, s.Register(3))), "start a:b/c f 0 2 u8 1 reg 3"),
    (a.Start(None, "g", 1, ()), "start - g 1 0"),
    (a.Got(2, s.Register(0)), "got 2 reg 0"),
    (a.NewSet(3), "wset 3"),
    (a.Join(s.Register(0), s.Register(3)), "join reg 0 reg 3"),
    (a.Join(s.Argument(0), None), "leave arg 0"),
    (a.DropSet(s.Register(3)), "dropset reg 3"),
    (a.Wait(s.Handle(7)), "wait handle 7"),
    (a.Poll(s.Register(3)), "poll reg 3"),
    (a.Await(s.Register(0), s.Register(3)), "await reg 0 reg 3"),
    (a.Yield(2), "yield 2"),
    (a.Yield(1, in_place=True), "yieldnow 1"),
    (a.TaskReturn(), "return"),
    (a.TaskReturn(_U8), "return u8 1"),
    (a.TaskCancel(), "cancelled"),
    (a.Exit(), "exit"),
    (a.CallbackCode(50), "code 50"),
    (a.SubtaskCancel(s.Register(0)), "cancel reg 0"),
    (a.SubtaskCancel(s.Register(0), asynchronous=True), "cancelasync reg 0"),
    (a.SubtaskDrop(s.Register(0)), "dropcall reg 0"),
    (a.NewEnds(4, 5, _PLACE), "ends 4 5 import a:b/c f 1 1 0"),
    (a.Read(s.Register(5), 3), "read reg 5 3"),
    (a.Write(s.Register(4), (_U8, _U8)), "write reg 4 2 u8 1 u8 1"),
    (a.Write(s.Register(4), (_U8,), offered=9), "writeas reg 4 9 1 u8 1"),
    (a.CancelCopy(s.Register(5)), "stop reg 5"),
    (a.DropEnd(s.Register(5)), "dropend reg 5"),
    (a.Backpressure(1), "inc"),
    (a.Backpressure(-1), "dec"),
    (a.If(a.State.STARTED, s.Register(0), 2), "if started reg 0 2"),
    (a.IfCancelled(1), "ifcancelled 1"),
]


@pytest.mark.parametrize(("op", "text"), ASYNC)
def test_asynchronous_operations(op: s.Op, text: str) -> None:
    assert script_text(s.Script((s.Frame(s.OnRun(), (op,)),))).splitlines()[2] == text


def test_every_asynchronous_operation_has_a_text() -> None:
    assert {op.__class__ for op, _ in ASYNC} == set(get_args(a.AsyncOp))


def test_a_frame_that_waits_in_place() -> None:
    script = s.Script((s.Frame(s.OnExport("a:b/c", "f"), (), blocking=True),), dump=False)
    assert script_text(script).splitlines() == ["boxed1", "frame blocking export a:b/c f", "end"]


def test_a_script() -> None:
    script = s.Script(
        (
            s.Frame(
                s.OnRun(),
                (
                    s.Call("a:b/c", "f", 0, (s.Number("u8", 1), s.Register(3))),
                    s.Call(None, "g", None, ()),
                    s.Pick(1, s.Register(0), (2, 0)),
                    s.Set(2, s.Register(1)),
                    s.Rep(4, s.Register(2)),
                    s.Drop(s.Register(2)),
                    s.ErrorContextNew(5, s.Str(b"m")),
                    s.ErrorContextMessage(6, s.Register(5)),
                ),
            ),
            s.Frame(s.OnExport("a:b/c", "h"), (s.New(0, "a:b/c", "r", 7), s.Return(s.Argument(0)))),
            s.Frame(s.OnExport(None, "k"), (s.Return(),)),
            s.Frame(s.OnDestructor("a:b/c", "r"), (s.Trap(),)),
        ),
        eager=True,
        lists=s.Lists.NUMBERS,
    )
    assert {op.__class__ for frame in script.frames for op in frame.ops} == set(get_args(s.Op)) - set(
        get_args(a.AsyncOp)
    )
    assert script_text(script).splitlines() == [
        "boxed1 wit eager lists",
        "frame run",
        "call a:b/c f 0 2 u8 1 reg 3",
        "call - g - 0",
        "pick 1 reg 0 2 2 0",
        "set 2 reg 1",
        "rep 4 reg 2",
        "drop reg 2",
        "ecnew 5 str 6d",
        "ecmsg 6 reg 5",
        "end",
        "frame export a:b/c h",
        "new 0 a:b/c r 7",
        "ret arg 0",
        "end",
        "frame export - k",
        "ret",
        "end",
        "frame dtor a:b/c r",
        "trap",
        "end",
    ]


@pytest.mark.parametrize("dump", [False, True])
@pytest.mark.parametrize("lists", list(s.Lists))
def test_a_script_made_eager(dump: bool, lists: s.Lists) -> None:
    frames = (s.Frame(s.OnRun(), ()),)
    late, eager = (script_text(s.Script(frames, eager=on, lists=lists, dump=dump)) for on in (False, True))
    assert (eager_text(late), eager_text(eager)) == (eager, eager)
    assert eager_text("") == ""
