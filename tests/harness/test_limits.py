"""Worlds whose types double at each level: functions that cannot run are reported quickly, the others are planned."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText
from harness.fuzz.check_case import CaseOfCheck
from harness.fuzz.trial import Recipe, Trial
from harness.planner import check_plan
from harness.process.steps import Bound, Steps
from harness.runs.tasks import CheckWorld, RunCase
from harness.text.limits import planning
from harness.values.sampling import Sampler
from harness.values.values import HandleName
from harness.world import types as t
from harness.world.smallest import MAX_PARTS, NEVER, Smallest
from harness.world.types import Prim

SHAPES = {
    "record": ("record r0 {{ a: u8, b: u8 }}", "record r{0} {{ a: r{1}, b: r{1} }}"),
    "tuple": ("type r0 = tuple<u8, u8>;", "type r{0} = tuple<r{1}, r{1}>;"),
    "variant": ("variant r0 {{ a(u8), b(u8) }}", "variant r{0} {{ a(r{1}), b(r{1}) }}"),
    "result": ("type r0 = result<u8, u8>;", "type r{0} = result<r{1}, r{1}>;"),
    "list": ("type r0 = list<u8>;", "type r{0} = list<tuple<r{1}, r{1}>>;"),
}


def world(shape: str, levels: int) -> WitText:
    first, next_one = SHAPES[shape]
    types = [first.format(), *(next_one.format(n, n - 1) for n in range(1, levels))]
    functions = f"f: func(x: r{levels - 1}) -> r{levels - 1}; g: func(x: r2) -> r2;"
    return WitText(
        f"package a:b; interface i {{ {' '.join(types)} {functions} }} world w {{ export i; import i; }}", "w"
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("levels", [30, 80])
def test_doubling_is_told(shape: str, levels: int) -> None:
    plan = check_plan(world(shape, levels), calls=8)
    assert all(re.search("a:b/i#f: type too large", item) for item in plan.not_run) and plan.not_run
    assert any("a:b/i#g" in call for run in plan.runs for call in run.calls)


def test_a_valid_type_with_large_values_is_built_and_not_called() -> None:
    plan = check_plan(world("record", 14), calls=8)
    assert [item.partition(" the ")[0] for item in plan.not_run] == ["import a:b/i#f:", "export a:b/i#f:"]
    assert "the smallest has 32767 parts, the limit is 10000" in plan.not_run[0]
    assert "record r13" in plan.components[0].wit


def test_nesting_beyond_what_engines_take() -> None:
    types = "record r0 { a: u8 } " + " ".join(f"record r{n} {{ a: r{n - 1} }}" for n in range(1, 400))
    wit = f"package a:b; interface i {{ {types} f: func(x: r399); g: func(x: r80); }} world w {{ import i; }}"
    plan = check_plan(WitText(wit, "w"), calls=4)
    assert [item.partition(" (")[0] for item in plan.not_run] == ["a:b/i#f: type nested too deep"]
    assert all("a:b/i#g" in call for run in plan.runs for call in run.calls)


R = t.Resource("a:b/i", "r", False)


@pytest.mark.parametrize(
    ("type", "parts"),
    [
        (Prim.STRING, 1),
        (t.List(t.Own(R)), 1),
        (t.Own(R), NEVER),
        (t.Option(t.Own(R)), 1),
        (t.Result(t.Own(R), Prim.U8), 2),
        (t.Tuple((Prim.U8, t.Own(R))), NEVER),
        (t.FixedLengthList(Prim.U8, 100_000), 100_001),
        (t.FixedLengthList(t.Own(R), 0), 1),
        (t.Future(None), NEVER),
    ],
    ids=lambda value: getattr(value, "canonical", str(value)),
)
def test_the_smallest_value(type: t.Type, parts: float) -> None:
    found = Smallest(lambda _: True)
    assert found.parts(type) == parts
    assert found.possible(type) is (parts <= MAX_PARTS)


def test_large_elements_make_short_lists() -> None:
    large = t.FixedLengthList(Prim.U8, 5_000)
    sampler = Sampler(Random(1), lambda _: HandleName("r"))
    lengths = {len(value) for value in (sampler.sample(t.List(large)) for _ in range(20)) if isinstance(value, tuple)}
    assert lengths == {0, 1}


TINY = "package a:b; world w { import f: func(); }"
CASE = f'title = "t"\nwhy = "w"\norigin = "own"\nwit = "{TINY}"\n[sample]\nseed = 1\ncalls = 900\n'
OPTIONS = Options(artifacts=None)


@pytest.mark.parametrize(
    ("task", "calls"),
    [
        (lambda wit, case: CheckWorld(wit, None, (), 0, 900, OPTIONS), 900),
        (lambda wit, case: CaseOfCheck(CheckWorld(wit, None, (), 0, 900, OPTIONS), False, ""), 900),
        (lambda wit, case: RunCase(case, "c", OPTIONS), 900),
        (lambda wit, case: Trial(Recipe(7, calls=900), 0, OPTIONS), 900),
    ],
)
def test_bounds_grow_with_what_was_asked_for(tmp_path: Path, task: Any, calls: int) -> None:
    """A plan of many calls is no harness that hangs; nor is the run of one."""
    told: dict[str, Bound] = {}

    def announce(name: str, bound: Bound) -> None:
        told.setdefault(name, bound)

    bench = Workbench(Settings(tmp_path), Steps(announce))
    (tmp_path / "w.wit").write_text(TINY)
    (tmp_path / "c.toml").write_text(CASE)
    task(tmp_path / "w.wit", tmp_path / "c.toml").perform(bench)
    assert told["plan"] == Bound(extra=planning(calls)) and planning(calls) > 0
    runs = [bound for name, bound in told.items() if name.startswith("run ")]
    assert runs and all(bound.seconds is None and bound.extra > 0 for bound in runs)
