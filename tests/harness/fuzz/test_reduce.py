"""The result of a reduction, with an oracle that decides by the condition of each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.fuzz import reduce
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_reducer import fewer_steps, with_less
from harness.fuzz.case_text import CaseParts
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.oracle import Oracle
from harness.fuzz.reduce import NOT_ALONE, Reduce
from harness.fuzz.trial import Recipe
from harness.plan.async_steps import EndsStep, ReadStep, TakeStep, WriteStep, YieldStep
from harness.plan.plan import Plan
from harness.plan.steps import CallStep, DropStep, NewStep, RepStep, Step
from harness.process.steps import Steps

BUCKET = Bucket("ours", "fail", 3, "event", "x", "ours")
WORLD = DrawnWorld("package a:b;\ninterface x { f: func(a: u8); }\nworld w { import x; }\n", "w", (), 7)


class _Agrees(Oracle):
    """Every plan shows the finding; a case only where it has steps."""

    def _fails(self, plan: Plan) -> bool:
        return True

    def case_fails(self, parts: CaseParts) -> bool:
        return bool(parts.steps) and super().case_fails(parts)


def oracle(tmp_path: Path) -> Oracle:
    return _Agrees(Workbench(Settings(tmp_path), Steps()), BUCKET, Options(artifacts=None))


@pytest.mark.parametrize("shows", [True, False])
def test_a_case_that_does_not_show_it_is_none(tmp_path: Path, shows: bool) -> None:
    tried = oracle(tmp_path)
    if not shows:
        tried.case_fails = lambda parts: False  # type: ignore[method-assign]
    task = Reduce(Recipe(0, 5), 0, BUCKET, True, Options(artifacts=None))
    done = reduce.Reduction(task, WORLD, tried).run()
    assert (done.parts is not None) is shows
    assert shows or done.note == NOT_ALONE


def dropped(*during: Step[str]) -> DropStep[str]:
    return DropStep("r", during=during)


CALL: CallStep[str] = CallStep("f")
NEW = NewStep("q", "x#r")


@pytest.mark.parametrize(
    ("step", "less"),
    [
        (CallStep("f", during=(CALL,), keep=frozenset("r")), [CallStep("f"), CallStep("f", keep=frozenset("r"))]),
        (
            dropped(NewStep("s", "x#r"), DropStep("s")),
            [dropped(), dropped(DropStep("s")), dropped(NewStep("s", "x#r"))],
        ),
        (dropped(dropped(CALL)), [dropped(), dropped(dropped())]),
        (RepStep("r"), []),
        (WriteStep("t", ("1", "2", "3")), [WriteStep("t"), WriteStep("t", ("1",))]),
        (WriteStep("t", offered=7), [WriteStep("t"), WriteStep("t", offered=1)]),
        (ReadStep("s", 9), [ReadStep("s")]),
        (YieldStep(3), [YieldStep(1)]),
        (EndsStep("s", "t", "stream", True), [EndsStep("s", "t", "stream")]),
        (CallStep("f", during=(ReadStep("s", 2),)), [CallStep("f"), CallStep("f", during=(ReadStep("s"),))]),
    ],
)
def test_steps_do_less(step: Step[str], less: list[Step[str]]) -> None:
    found = list(dict.fromkeys(with_less(step)))
    assert found == less


ENDS, OTHER = EndsStep("s", "t", "stream<u8>"), EndsStep("s2", "t2", "stream")
CHANNEL: list[tuple[tuple[Step[str], ...], tuple[Step[str], ...]]] = [
    ((ENDS, CallStep("f", ("$s", "1")), WriteStep("t", ("1",)), CALL), (CALL,)),
    ((ENDS, CallStep("g", during=(ReadStep("s"), NEW)), DropStep("t")), (CallStep("g", during=(NEW,)),)),
    ((CallStep("g", result="[$s]", during=(ENDS,)), TakeStep("u", ("$s",)), NEW), (NEW,)),
    ((OTHER, ENDS, CallStep("f", ("$s2",))), (OTHER, CallStep("f", ("$s2",)))),
]


@pytest.mark.parametrize(("steps", "kept"), CHANNEL)
def test_a_channel_goes_with_all_that_mentions_it(steps: tuple[Step[str], ...], kept: tuple[Step[str], ...]) -> None:
    """No step alone can go: the others would mention what is not there."""
    parts = CaseParts("t", "w", "package a:b;", steps=steps)
    seen: list[tuple[Step[str], ...]] = []

    def fails(smaller: CaseParts) -> bool:
        seen.append(smaller.steps)
        return False

    fewer_steps(parts, fails)
    assert kept in seen
