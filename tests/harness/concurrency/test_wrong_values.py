"""Scripts with values that do not fit: the model says that it cannot tell, or the interpreter's own trap."""

from __future__ import annotations

import pytest

from harness.model import Unpredictable
from harness.model.concurrency import Explained, RunEnd, Unexplained
from harness.plan.outcomes import TrapClass
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import Scripts, crossings, export, place, reg, run, start, u32


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (ao.NewEnds(0, 1, place("marks")), "an end of a stream or future"),
        (start("none", 0), "a call"),
        (ao.NewSet(0), "a waitable set"),
    ],
)
def test_a_drop_of_something_that_is_no_handle(made: s.Op, words: str) -> None:
    scripts = Scripts([run(made, s.Drop(reg(0)))], [export("none", ao.Yield(1), s.Return())])
    with pytest.raises(Unpredictable, match=f"the resource of {words} is not known"):
        scripts.predict()


TWO = crossings(
    """package a:b;
    interface x { f: async func(a: option<u32>); hold: async func(); }
    world subject { import x; }
    world provider { export x; }
    """
)
NONE, SOME = s.CaseValue(0, None), s.CaseValue(1, u32(7))


def test_a_frame_that_gets_the_arguments_of_another_call_has_no_such_part() -> None:
    """Which of two calls starts first after backpressure is free, and the frame is that of the first."""
    scripts = Scripts(
        [run(start("hold", 0), start("f", 1, SOME), start("f", 2, NONE), ao.Yield(3))],
        [
            export("hold", ao.Backpressure(1), ao.Yield(1), ao.Backpressure(-1), s.Return()),
            export("f", s.Pick(9, s.Argument(0), (0,)), s.Return()),
            export("f", s.Return()),
        ],
        TWO,
    )
    lines = scripts.lines()
    starts = [number for number, line in enumerate(lines) if "export_start a:b/x#f" in line]
    assert len(starts) == 2 and isinstance(scripts.follow(lines), Explained)
    second = [line.replace("p3 ", "p2 ") for line in lines[starts[1] : starts[1] + 2]]  # NONE in the first frame
    assert "push" in second[1]
    other = [*lines[: starts[0]], *second]
    assert isinstance(scripts.follow(other, RunEnd(TrapClass.INTERPRETER, "pick")), Explained)
    assert isinstance(scripts.follow(other, RunEnd(TrapClass.INTERPRETER, "pop_kind")), Unexplained)
