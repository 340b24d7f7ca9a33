"""Asynchronous operations, and the values that only they need, as text (interpreters/ASYNC.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.script import async_operations as a
from harness.script.operands import BareEnd, TypePlace, Value

ValueText = Callable[[Value], str]
"""A value in the script's notation."""


def _words(*words: str | int) -> str:
    return " ".join(map(str, words))


def function_name(interface: str | None, name: str) -> str:
    """A function or resource as operations name it."""
    return f"{interface if interface is not None else '-'} {name}"


def place_text(place: TypePlace) -> str:
    """The type at a place, as `ends` and `end` have it."""
    side = "export" if place.exported else "import"
    name = function_name(place.interface, place.name)
    return _words(side, name, place.param, len(place.path), *place.path)


def bare_end_text(end: BareEnd) -> str:
    return f"end {place_text(end.place)} {end.number}"


def _start(op: a.Start, text: ValueText) -> str:
    return _words("start", function_name(op.interface, op.name), op.register, len(op.args), *map(text, op.args))


def _join(op: a.Join, text: ValueText) -> str:
    return f"leave {text(op.waitable)}" if op.set is None else f"join {text(op.waitable)} {text(op.set)}"


def _write(op: a.Write, text: ValueText) -> str:
    first = ["write", text(op.end)] if op.offered is None else ["writeas", text(op.end), op.offered]
    return _words(*first, len(op.values), *map(text, op.values))


TEXTS: dict[type, Callable[[Any, ValueText], str]] = {
    a.Start: _start,
    a.Got: lambda op, text: _words("got", op.register, text(op.source)),
    a.NewSet: lambda op, _: _words("wset", op.register),
    a.Join: _join,
    a.DropSet: lambda op, text: f"dropset {text(op.set)}",
    a.Wait: lambda op, text: f"wait {text(op.set)}",
    a.Poll: lambda op, text: f"poll {text(op.set)}",
    a.Await: lambda op, text: f"await {text(op.waitable)} {text(op.set)}",
    a.Yield: lambda op, _: _words("yieldnow" if op.in_place else "yield", op.times),
    a.TaskReturn: lambda op, text: "return" if op.value is None else f"return {text(op.value)}",
    a.TaskCancel: lambda _op, _text: "cancelled",
    a.Exit: lambda _op, _text: "exit",
    a.CallbackCode: lambda op, _: _words("code", op.code),
    a.SubtaskCancel: lambda op, text: f"{'cancelasync' if op.asynchronous else 'cancel'} {text(op.call)}",
    a.SubtaskDrop: lambda op, text: f"dropcall {text(op.call)}",
    a.NewEnds: lambda op, _: _words("ends", op.writable, op.readable, place_text(op.type)),
    a.Read: lambda op, text: _words("read", text(op.end), op.count),
    a.Write: _write,
    a.CancelCopy: lambda op, text: f"stop {text(op.end)}",
    a.DropEnd: lambda op, text: f"dropend {text(op.end)}",
    a.Backpressure: lambda op, _: "inc" if op.change > 0 else "dec",
    a.If: lambda op, text: _words("if", op.state.value, text(op.object), op.count),
    a.IfCancelled: lambda op, _: _words("ifcancelled", op.count),
}
"""The line of each operation."""
