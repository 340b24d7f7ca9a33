"""Steps of tasks in cases: read and written, turned into operations, refused where they make no sense, in words."""

from __future__ import annotations

import re

import pytest

from harness.explain.words import case_words
from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    CodeStep,
    EndsStep,
    ExitStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    StopStep,
    TakeStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep, Step, ending_in, trap_of
from harness.planner import case_plan
from harness.script.async_operations import State
from harness.suite.case import CaseError, parse_case
from harness.suite.case_writer import case_text

WIT = """package a:b;
interface x {
  resource r { constructor(); }
  f: async func(a: u8) -> u8;
  g: async func();
  make: async func() -> r;
  s: func();
  carry: async func(a: option<stream<u8>>, b: result<u8, future<r>>);
  unit: func(a: stream);
}
world w { import x; }
"""
HEAD = f"title = 'T'\nwhy = 'W.'\norigin = 'own'\nwit = '''\n{WIT}'''\n"

STEPS: tuple[Step[str], ...] = (
    CallStep(
        "a:b/x#f",
        ("1",),
        "2",
        during=(
            YieldStep(1),
            YieldStep(2, in_place=True),
            IfCancelledStep((YieldStep(1), CancelledStep(TrapClass.NOT_CANCELLED))),
            ReturnStep(),
        ),
        name="c",
        status=State.STARTED,
    ),
    CancelStep("c", True, State.STARTED),
    AwaitStep("c", State.CANCELLED, by=Role.DRIVER),
    EndsStep("s", "t", "stream<u8>"),
    EndsStep("s", "t", "stream<u8>", True),
    ReadStep("s", 0, State.COPYING),
    ReadStep("s"),
    WriteStep("t", ("1", "2")),
    WriteStep("t", (), 3, State.DROPPED, TrapClass.END_DONE),
    TakeStep("s", ("$x",)),
    StopStep("t", State.CANCELLED),
    BackpressureStep(-1, TrapClass.BACKPRESSURE),
    ReadStep("s", times=1000),
    AwaitStep("c", set="w"),
    ExitStep(),
    CodeStep(2**32 - 1),
    SetStep("w", Role.DRIVER),
    JoinStep("c", "w"),
    JoinStep("!handle 99", "!handle 98"),
    JoinStep("!handle 99"),
    WaitStep("w"),
    WaitStep("!handle 99", poll=True),
)


def test_what_is_written_is_read_again() -> None:
    case = parse_case(case_text("t", "w", ("own",), WIT, STEPS))
    paths = re.compile(r"path=\((?:[^()]|\([^()]*\))*\)")
    assert [paths.sub("", repr(step)) for step in case.steps] == [paths.sub("", repr(step)) for step in STEPS]


def test_the_trap_of_steps_inside() -> None:
    assert trap_of(STEPS[0]) is TrapClass.NOT_CANCELLED
    traps = {step.__class__: trap_of(step) for step in STEPS[1:]}
    assert {made: trap for made, trap in traps.items() if trap is not None} == {
        WriteStep: TrapClass.END_DONE,
        BackpressureStep: TrapClass.BACKPRESSURE,
    }
    inner = IfCancelledStep[str]((YieldStep(1), CancelledStep()))
    (ended,) = ending_in((inner,), TrapClass.OTHER)
    assert isinstance(ended, IfCancelledStep)
    assert [trap_of(step) for step in ended.steps] == [None, TrapClass.OTHER]


def script(rest: str, role: Role) -> list[str]:
    """The lines of a component's script without those that check a state, and without the names of interfaces."""
    (run,) = case_plan(parse_case(HEAD + rest)).runs
    return run.scripts[role].replace("a:b/x ", "").splitlines()[1:]


@pytest.mark.parametrize(
    ("during", "expected"),
    [
        ("{ yield = 2 }", ["yield 2", "ret u8 2"]),
        ("{ yield = 1, in-place = true }", ["yieldnow 1", "ret u8 2"]),
        ("{ return = true }, { yield = 1 }", ["return u8 2", "yield 1"]),
        ("{ backpressure = 1 }, { backpressure = -1 }", ["inc", "dec", "ret u8 2"]),
        (
            "{ if-cancelled = [{ yield = 1 }, { cancelled = true }] }, { yield = 1 }",
            ["ifcancelled 3", "yield 1", "cancelled", "exit", "yield 1", "ret u8 2"],
        ),
        ("{ return = true }, { exit = true }", ["return u8 2", "exit"]),
        ("{ return = true }, { code = 1 }", ["return u8 2", "code 1"]),
        (
            "{ waitable-set = '$w' }, { poll = '$w' }, { drop = '$w' }",
            ["wset 0", "poll reg 0", "dropset reg 0", "ret u8 2"],
        ),
    ],
)
def test_what_a_callee_does(during: str, expected: list[str]) -> None:
    steps = f"[[step]]\ncall = 'a:b/x#f'\nargs = ['1']\nresult = '2'\nduring = [{during}]\n"
    assert script(steps, Role.PROVIDER) == ["frame export f", *expected, "end"]


def test_a_call_that_is_not_waited_for() -> None:
    steps = """
[[step]]
call = "a:b/x#g"
as = "$c"
during = [{ yield = 1 }]
status = "started"

[[step]]
await = "$c"
status = "returned"
"""
    check = ["if starting reg 0 1", "trap", "if returned reg 0 1", "trap", "if cancelled reg 0 1", "trap"]
    after = ["if starting reg 0 1", "trap", "if started reg 0 1", "trap", "if cancelled reg 0 1", "trap"]
    found = script(steps, Role.SUBJECT)
    assert found[: 2 + len(check)] == ["frame run", "start g 0 0", *check]
    assert found[2 + len(check) :] == [
        *("if starting reg 0 5", "wset 1", "join reg 0 reg 1", "await reg 0 reg 1", "dropcall reg 0", "dropset reg 1"),
        *("if started reg 0 5", "wset 2", "join reg 0 reg 2", "await reg 0 reg 2", "dropcall reg 0", "dropset reg 2"),
        *after,
        "end",
    ]


def test_registers_are_not_used_again_where_frames_go_on_in_any_order() -> None:
    made = "call = 'a:b/x#[constructor]r'\nresult = '$%s'\n"
    steps = f"[[step]]\n{made % 'a'}\n[[step]]\ndrop = '$a'\n[[step]]\n{made % 'b'}\n[[step]]\ndrop = '$b'\n"
    drops = [line for line in script(steps, Role.SUBJECT) if line.startswith("drop ")]
    assert drops == ["drop reg 0", "drop reg 0"]
    together = steps + "[[step]]\ncall = 'a:b/x#g'\nas = '$c'\n"
    drops = [line for line in script(together, Role.SUBJECT) if line.startswith("drop ")]
    assert drops == ["drop reg 0", "drop reg 1"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("[[step]]\ncall = 'a:b/x#s'\nas = '$c'\n", "a:b/x#s is synchronous: only an asynchronous call can go on"),
        ("[[step]]\nawait = '$c'\n", "there is no handle $c yet"),
        (
            "[[step]]\ncall = 'a:b/x#g'\nas = '$c'\nduring = [{ cancelled = true, trap = 'not-cancelled' }]\n",
            "put the trap of a call that runs in the background at the step during which it happens",
        ),
        (
            "[[step]]\ncall = 'a:b/x#[constructor]r'\nresult = '$c'\n[[step]]\nawait = '$c'\n",
            "there is no call $c\nthere are no calls",
        ),
        ("[[step]]\nends = ['$s', '$t']\ntype = 'stream<u9>'\n", "no function with stream<u9>"),
        ("[[step]]\nread = '$s'\n", "there is no handle $s yet"),
        (
            "[[step]]\nends = ['$s', '$t']\ntype = 'stream'\n[[step]]\ntake = '$s'\nvalues = ['1']\n",
            "$s carries no values",
        ),
        (
            "[[step]]\nends = ['$s', '$t']\ntype = 'future<own<a:b/x#r>>'\n"
            "[[step]]\ntake = '$s'\nvalues = ['$a', '$b']\n",
            "$s is a future: it carries one value",
        ),
        (
            "[[step]]\nends = ['$s', '$t']\ntype = 'stream<u8>'\n[[step]]\nwrite = '$t'\nvalues = ['x']\n",
            "values 'x', column 1",
        ),
        (
            "[[step]]\ncall = 'a:b/x#[constructor]r'\nresult = '$c'\n[[step]]\nread = '$c'\n",
            "$c is no end of a stream or future",
        ),
        (
            "[[step]]\nends = ['$s', '$t']\ntype = 'stream'\n[[step]]\nwrite = '$t'\nvalues = ['1']\n",
            "$t carries no values: say how many with `offer`",
        ),
        ("[[step]]\nreturn = true\n", "only a callee can do this"),
        ("[[step]]\nyield = 1\n", "say which component does this, with `by`"),
        ("[[step]]\nyield = 0\n", "minimum"),
        ("[[step]]\ncode = 3\n", "say which component does this, with `by`"),
        ("[[step]]\nexit = true\n", "only a callee can do this"),
        ("[[step]]\njoin = '$c'\n", "'set' is a dependency of 'join'"),
        ("[[step]]\npoll = '!handle'\nby = 'subject'\n", "the value ends too early"),
        ("[[step]]\nwaitable-set = '$w'\n[[step]]\njoin = '$c'\nset = '$w'\n", "there is no handle $c yet"),
        (
            "[[step]]\ncall = 'a:b/x#g'\nas = '$c'\n[[step]]\npoll = '$c'\n",
            "$c is no waitable set of the subject",
        ),
        ("[[step]]\ncall = 'a:b/x#g'\nstatus = 'started'\n", "'as' is a required property"),
        ("[[step]]\ncall = 'a:b/x#g'\nas = '$c'\n" * 2, "another call has the name $c"),
        (
            "[[step]]\ncall = 'a:b/x#g'\nas = '$c'\nduring = [{ yield = 1 }]\nstatus = 'returned'\n",
            "the case expects no trap, by the specification there is the trap interpreter (script_trap)",
        ),
    ],
)
def test_steps_that_make_no_sense(steps: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        case_plan(parse_case(HEAD + steps))
    assert message in str(caught.value)


def test_waitable_sets() -> None:
    steps = """
[[step]]
waitable-set = "$w"
by = "subject"

[[step]]
call = "a:b/x#f"
as = "$c"
args = ["1"]
during = [{ yield = 1 }]
result = "2"

[[step]]
join = "$c"
set = "$w"

[[step]]
wait = "$w"

[[step]]
await = "$c"
set = "$w"

[[step]]
leave = "$c"

[[step]]
drop = "$c"

[[step]]
ends = ["$s", "$t"]
type = "stream<u8>"

[[step]]
join = "$s"
set = "$w"

[[step]]
await = "$s"
set = "$w"

[[step]]
leave = "$s"

[[step]]
drop = "$w"

[[step]]
poll = "!handle 99"
trap = "invalid-handle"
"""
    assert script(steps, Role.SUBJECT)[1:] == [
        *("wset 0", "start f 1 1 u8 1", "join reg 1 reg 0", "wait reg 0"),
        *("await reg 1 reg 0", "if returned reg 1 1", "got 2 reg 1", "leave reg 1", "dropcall reg 1"),
        *("ends 4 3 import carry 0 1 0", "join reg 3 reg 0", "await reg 3 reg 0", "leave reg 3", "dropset reg 0"),
        *("poll handle 99", "end"),
    ]


def test_ends() -> None:
    steps = """
[[step]]
ends = ["$s", "$t"]
type = "stream<u8>"

[[step]]
ends = ["$f", "$g"]
type = "future<own<a:b/x#r>>"

[[step]]
write = "$t"
values = ["1", "2"]
offer = 9

[[step]]
stop = "$t"

[[step]]
await = "$t"

[[step]]
call = "a:b/x#carry"
args = ["some($s)", "err($f)"]
during = [{ read = "$s", count = 4 }, { stop = "$s" }, { drop = "$s" }]
"""
    found = script(steps, Role.SUBJECT)
    assert found[1:5] == [
        "ends 1 0 import carry 0 1 0",
        "ends 3 2 import carry 1 1 1",
        "writeas reg 1 9 2 u8 1 u8 2",
        "stop reg 1",
    ]
    assert found[5:11] == [
        *("if copying reg 1 5", "wset 4", "join reg 1 reg 4", "await reg 1 reg 4", "leave reg 1", "dropset reg 4")
    ]
    started = next(line for line in found if line.startswith("start carry "))
    assert started.endswith(" 2 varp 1 reg 0 varp 1 reg 2")
    assert script(steps, Role.PROVIDER)[1:4] == ["pick 0 arg 0 1 0", "read reg 0 4", "stop reg 0"]


def test_in_words() -> None:
    steps = """
[[step]]
call = "a:b/x#g"
as = "$c"
during = [{ yield = 1 }, { if-cancelled = [{ cancelled = true }] }]
status = "started"

[[step]]
cancel = "$c"
status = "cancelled"

[[step]]
drop = "$c"
"""
    case = parse_case(HEAD + steps)
    lines = case_words(case, case_plan(case)).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("   1."))
    assert lines[first : first + 8] == [
        "   1. the subject calls a:b/x#g of the provider and goes on: it is $c: started",
        "        before it returns:",
        "          the provider lets other tasks run, once",
        "          if it was told that it is cancelled:",
        "            the provider ends without a result",
        "        it returns",
        "   2. the subject asks for the cancellation of $c and waits for the answer: cancelled",
        "   3. the subject drops $c",
    ]
