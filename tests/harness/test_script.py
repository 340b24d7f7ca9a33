"""Scripts as text, and values read back."""

from __future__ import annotations

from typing import get_args

import pytest

from harness.script import operations as s
from harness.script.async_operations import AsyncOp
from harness.script.parser import ScriptValueError, parse_value
from harness.script.text import script_text, value_text

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
    (s.Case(3), "var 3"),
    (s.Case(1, s.Str(b"a")), "varp 1 str 61"),
    (s.Items((s.Case(0), s.Case(0))), "list 2 var 0 var 0"),
    (s.Raw(2, b"\x01\x02"), "raw 2 0102"),
    (s.Raw(0, b""), "raw 0 -"),
    (s.Entries(((s.Str(b"k"), s.Number("u8", 1)),)), "map 1 str 6b u8 1"),
    (s.Pointer(4294967295, 7), "ptr 4294967295 7"),
    (s.Handle(9), "handle 9"),
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
    ],
)
def test_invalid_values_are_reported(text: str, message: str) -> None:
    with pytest.raises(ScriptValueError, match=message):
        parse_value(text, lambda name: s.Register(0))


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
    assert {op.__class__ for frame in script.frames for op in frame.ops} == set(get_args(s.Op)) - set(get_args(AsyncOp))
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
