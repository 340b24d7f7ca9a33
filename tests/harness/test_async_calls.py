"""Calls of asynchronous functions as operations."""

from __future__ import annotations

import pytest

from harness.frontend.front_end import WitText, surround
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.async_calls import add_call
from harness.planner.compiler import Compiler
from harness.planner.composition import Composition
from harness.planner.registers import Held, ScriptBuilder
from harness.script import operations as s
from harness.script.text import script_text
from harness.values.values import HandleName, Value
from harness.world import types as t
from harness.world.world import Function

WIT = """package a:b;
interface x {
  resource r;
  nothing: async func();
  number: async func(a: u8) -> u8;
  two: async func() -> tuple<r, r>;
  plain: func();
}
world w { import x; }
"""
NOTHING = [
    "start nothing 0 0",
    *("if starting reg 0 5", "wset 1", "join reg 0 reg 1", "await reg 0 reg 1", "dropcall reg 0", "dropset reg 1"),
    *("if started reg 0 5", "wset 1", "join reg 0 reg 1", "await reg 0 reg 1", "dropcall reg 0", "dropset reg 1"),
]
NUMBER = [
    *("start number 0 1 u8 7", "if returned reg 0 1", "got 1 reg 0"),
    *("if starting reg 0 6", "wset 1", "join reg 0 reg 1", "await reg 0 reg 1"),
    *("got 2 reg 0", "dropcall reg 0", "dropset reg 1"),
    *("if started reg 0 6", "wset 1", "join reg 0 reg 1", "await reg 0 reg 1"),
    *("got 2 reg 0", "dropcall reg 0", "dropset reg 1"),
]


def call(function: str, *args: Value, result: Value | None = None, during: tuple[Step[Value], ...] = ()) -> Step[Value]:
    return CallStep(f"a:b/{function}", args, result, Role.SUBJECT, during=during)


def compiled(*steps: Step[Value]) -> dict[Role, s.Script]:
    parts = surround(WitText(WIT, "test.wit"))
    composition = Composition(parts.worlds, parts.wires)

    def read(value: Value, _type: t.Type) -> Value:
        return value

    return Compiler(composition, s.Lists.BY_ELEMENT, read).compile(steps)


def ops(script: s.Script) -> list[str]:
    """The operations without the names of functions."""
    text = script_text(script).replace("a:b/x ", "").replace("a:b/z ", "")
    return [line for line in text.splitlines()[1:] if line != "end"]


@pytest.mark.parametrize(
    ("step", "caller", "callee"),
    [
        (call("x#nothing"), NOTHING, ["frame export nothing", "ret"]),
        (call("x#number", 7, result=8), NUMBER, ["frame export number", "ret u8 8"]),
        (call("x#plain"), ["call plain - 0"], ["frame export plain", "ret"]),
    ],
)
def test_a_call(step: Step[Value], caller: list[str], callee: list[str]) -> None:
    scripts = compiled(step)
    assert ops(scripts[Role.SUBJECT]) == ["frame run", *caller]
    assert ops(scripts[Role.PROVIDER]) == callee
    assert all(script.eager for script in scripts.values()), "the order of events needs each at once"


def test_a_result_is_in_one_register_whenever_it_comes() -> None:
    x, y = HandleName("x"), HandleName("y")
    script = compiled(call("x#two", result=(x, y)), DropStep("y"), DropStep("x"))[Role.SUBJECT]
    lines = ops(script)
    assert [line for line in lines if line.startswith("got")] == ["got 1 reg 0"] * 3
    assert lines[-4:] == ["pick 2 reg 1 1 1", "drop reg 2", "pick 1 reg 1 1 0", "drop reg 1"]


def test_nothing_comes_between_the_operations_of_a_call() -> None:
    """The parts of a frame's arguments that another frame needs are taken out in any state of the call."""
    builder = ScriptBuilder(Role.SUBJECT)
    home, other = builder.frame(s.OnExport("a:b/z", "run")), builder.frame(s.OnRun())
    add_call(home, Function("a:b/x", "nothing", (), None, True), (), [], None)
    reads: list[int] = []
    other.add(s.Drop(other.read(Held(home, s.Argument(0)), reads)), reads)
    script = builder.build(True, s.Lists.BY_ELEMENT)
    lines = ops(script)
    assert lines[:3] == ["frame export run", "set 0 arg 0", "start nothing 1 0"]
    assert lines[-2:] == ["frame run", "drop reg 0"]
