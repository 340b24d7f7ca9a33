"""The result of a reduction, with an oracle that decides by the condition of each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.fuzz import reduce
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_reducer import with_less
from harness.fuzz.case_text import CaseParts
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.oracle import Oracle
from harness.fuzz.reduce import NOT_ALONE, Reduce
from harness.fuzz.trial import Recipe
from harness.plan.plan import Plan
from harness.plan.steps import CallStep, DropStep, NewStep, RepStep, Step
from harness.process.steps import Steps

BUCKET = Bucket("ours", "fail", 3, "event", "x", "ours")
WORLD = DrawnWorld("package a:b;\ninterface x { f: func(a: u8); }\nworld w { import x; }\n", "w", (), 7)


class _Agrees(Oracle):
    """Every plan shows the finding; a case only where it has steps."""

    def fails(self, plan: Plan) -> bool:
        self._count(1)
        return self.may_go_on

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
NEW = NewStep("s", "x#r")


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
    ],
)
def test_steps_do_less(step: Step[str], less: list[Step[str]]) -> None:
    found = list(dict.fromkeys(with_less(step)))
    assert found == less
