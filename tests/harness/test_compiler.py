"""Steps into scripts: which registers they need, where handles are taken out of values, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.frontend.front_end import WitText, surround
from harness.model import ModelRun, run_model
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, ErrorContextStep, MessageStep, NewStep, RepStep, Step, StepError
from harness.planner.compiler import Compiler
from harness.planner.composition import Composition
from harness.planner.registers import OutOfRegisters
from harness.script import operations as s
from harness.script.encoding import encode
from harness.script.text import script_text, value_text
from harness.values.values import ErrorContext, HandleName, Invalid, Value
from harness.world import types as t

WIT = """package a:b;
interface x {
  resource r;
  give: func(a: r);
  two: func() -> tuple<r, r>;
  number: func(a: u8) -> u8;
}
interface e { tell: func(a: error-context) -> error-context; }
world w { import x; import e; export x; }
"""

R = "a:b/x#r"


LENT = """package a:b;
interface y { resource q; make: func() -> q; }
interface z { use y.{q}; lend: func(a: borrow<q>, b: borrow<q>); }
world w { import y; export z; }
"""


def compiled(*steps: Step[Value], wit: str = WIT) -> tuple[dict[Role, s.Script], ModelRun]:
    parts = surround(WitText(wit, "test.wit"))
    composition = Composition(parts.worlds, parts.wires)

    def read(value: Value, _type: t.Type) -> Value:
        return value

    compiler = Compiler(composition, s.Lists.BY_ELEMENT, read)
    scripts = compiler.compile(steps)
    return scripts, run_model(composition.crossings, scripts, compiler.entries)


def ops(script: s.Script) -> list[str]:
    """The operations without the names of functions."""
    text = script_text(script).replace("a:b/x ", "").replace("a:b/e ", "")
    return [line for line in text.splitlines()[1:] if line != "end"]


def call(function: str, *args: Value, result: Value | None = None, during: tuple[Step[Value], ...] = ()) -> Step[Value]:
    return CallStep(f"a:b/{function}", args, result, Role.SUBJECT, during=during, keep=frozenset())


X, Y = HandleName("x"), HandleName("y")


@pytest.mark.parametrize(
    ("steps", "role", "expected"),
    [
        # a register is free again once the handle in it was used for the last time
        (
            (NewStep("x", R, 5), DropStep("x"), NewStep("y", R, 6), RepStep("y"), DropStep("y")),
            Role.SUBJECT,
            ["frame run", "new 0 r 5", "drop reg 0", "new 0 r 6", "rep 1 reg 0", "drop reg 0"],
        ),
        # the result's register is that of its first handle, when the other one was taken out
        (
            (call("x#two", result=(X, Y)), DropStep("y"), DropStep("x")),
            Role.SUBJECT,
            ["frame run", "call two 0 0", "pick 1 reg 0 1 1", "drop reg 1", "pick 0 reg 0 1 0", "drop reg 0"],
        ),
        # an argument that is dropped at once needs none, one that is used later gets one before its frame ends
        (
            (
                call("x#two", result=(X, Y)),
                call("x#give", X, during=(DropStep("x"),)),
                call("x#give", Y),
                call("x#two", result=(Y, HandleName("z"))),
            ),
            Role.PROVIDER,
            [
                *("frame export two", "new 0 r 1001", "new 1 r 1002", "ret rec 2 reg 0 reg 1"),
                *("frame export give", "drop arg 0", "ret"),
                *("frame export give", "set 1 arg 0", "ret"),
                *("frame export two", "new 0 r 1003", "ret rec 2 reg 1 reg 0"),
            ],
        ),
    ],
)
def test_registers(steps: tuple[Step[Value], ...], role: Role, expected: list[str]) -> None:
    scripts, seen = compiled(*steps)
    assert ops(scripts[role]) == expected
    assert seen.outcome.trap is None


def test_a_handle_in_use_keeps_its_register() -> None:
    many = [NewStep(f"x{number}", R) for number in range(s.REGISTERS)]
    drops = [DropStep[Value](f"x{number}") for number in range(s.REGISTERS)]
    assert compiled(*many, *drops)[1].outcome.trap is None
    with pytest.raises(OutOfRegisters, match="the subject holds 256 handles"):
        compiled(*many, NewStep("y", R), DropStep("y"), *drops)


def test_error_contexts_with_and_without_a_name() -> None:
    """An error context for one call has the same events as one with steps of its own."""
    named = compiled(
        ErrorContextStep("e", "no"),
        call("e#tell", HandleName("e"), during=(DropStep("e"), ErrorContextStep("f", "yes")), result=HandleName("f")),
        DropStep("e", by=Role.SUBJECT),
        DropStep("f", by=Role.SUBJECT),
    )
    inline = compiled(call("e#tell", ErrorContext("no"), result=ErrorContext("yes")))
    for role in (Role.SUBJECT, Role.PROVIDER):
        assert sorted(named[1].expected[role].lines) == sorted(inline[1].expected[role].lines)
    asked = compiled(ErrorContextStep("e", "no"), MessageStep("e"), DropStep("e"))
    assert asked[1].expected[Role.SUBJECT].lines[1] == "error_context_debug_message h1 = 2 6e6f"


def test_what_is_given_in_place_of_a_value() -> None:
    scripts, seen = compiled(call("x#number", Invalid("u8 300"), result=Invalid("u8 301")))
    assert ops(scripts[Role.SUBJECT])[1] == "call number 0 1 u8 300"
    assert ops(scripts[Role.PROVIDER])[1] == "ret u8 301"
    assert seen.outcome.trap is None


def test_a_handle_that_arrives_by_another_name() -> None:
    """One handle is lent twice, and the callee drops each of the two that it gets."""
    lend = CallStep[Value](
        "a:b/z#lend",
        (HandleName("q"), HandleName("q", "p")),
        by=Role.DRIVER,
        during=(DropStep("p"), DropStep("q")),
        keep=frozenset({"p", "q"}),
    )
    make: Step[Value] = CallStep("a:b/y#make", result=HandleName("q"), by=Role.DRIVER)
    scripts, seen = compiled(make, lend, wit=LENT)
    assert ops(scripts[Role.SUBJECT])[1:3] == ["drop arg 1", "drop arg 0"]
    assert seen.outcome.trap is None
    twice = replace(lend, during=(DropStep("p"), DropStep("p")))
    assert compiled(make, twice, wit=LENT)[1].outcome.trap is TrapClass.INVALID_HANDLE


def test_a_handle_given_away_by_another_name() -> None:
    """The callee has it: it can drop it, which destroys the resource, and the caller has it no longer."""
    two = call("x#two", result=(X, Y))
    drop = DropStep[Value]("p", during=(NewStep("n", R, 7),))
    give = call("x#give", HandleName("x", "p"), during=(drop,))
    scripts, seen = compiled(two, give)
    assert ops(scripts[Role.PROVIDER])[-2:] == ["frame dtor r", "new 1 r 7"]
    assert seen.outcome.trap is None
    with pytest.raises(StepError, match=r"the provider holds \$x"):
        compiled(two, give, DropStep("x"))


def test_destructors_that_do_nothing_have_frames_as_well() -> None:
    """Else what the destructor of one resource does would be done by that of another."""
    drops = (DropStep[Value]("x"), DropStep[Value]("y", during=(NewStep("n", R, 7),)))
    _, seen = compiled(NewStep("x", R, 5), NewStep("y", R, 6), *drops)
    lines = seen.expected[Role.SUBJECT].lines
    events = [" ".join(line.split()[::2]) for line in lines if not line.startswith("resource_drop")]
    assert events == [
        "resource_new 5 h1",
        "resource_new 6 h2",
        "resource_dtor 5",
        "resource_dtor 6",
        "resource_new 7 h3",
    ]


def test_no_handle_by_a_name() -> None:
    """The callee may say what it does with it: it traps before."""
    give = call("x#give", Invalid("handle 0", "x"), during=(DropStep("x"),))
    assert compiled(give)[1].outcome.trap is TrapClass.INVALID_HANDLE
    with pytest.raises(StepError, match=r"the provider never had a handle \$x"):
        compiled(call("x#give", Invalid("handle 0"), during=(DropStep("x"),)))


def test_a_list_with_a_part_that_is_no_value_goes_by_element() -> None:
    whole = t.List(t.Prim.U8)
    for value, text in (((1, 2), "raw 2 0102"), ((1, Invalid("u8 300")), "list 2 u8 1 u8 300")):
        assert value_text(encode(value, whole, no_handle, lists=True)) == text


def no_handle(held: HandleName | ErrorContext) -> s.Value:
    raise AssertionError(held)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (DropStep("x"), r"there is no handle \$x yet"),
        (DropStep("x", by=Role.SUBJECT), r"the subject never had a handle \$x"),
        (NewStep("x", "a:b/x#q"), "the subject defines no resource a:b/x#q"),
        (call("x#give"), "a:b/x#give takes 1 argument, not 0"),
        (call("x#gives"), "the subject imports no a:b/x#gives"),
        (call("x#two"), "`result` is missing: a:b/x#two returns a value"),
        (call("x#give", X), r"the subject never had a handle \$x"),
        (call("x#number", Invalid("u8"), result=1), "the value ends too early"),
        (call("x#number", 1, result=1, during=(NewStep("x", R, by=Role.SUBJECT),)), "only the provider can act"),
    ],
)
def test_refusals(step: Step[Value], message: str) -> None:
    with pytest.raises(StepError, match=message):
        compiled(step)
