"""Fault injection: the predictions of the model, and that ours does what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText, surround
from harness.fuzz import fault_injection
from harness.fuzz.fault_injection import with_faults
from harness.fuzz.invalid_values import Spot, invalid_values
from harness.model.table import HandleTable, ResourceHandle, ResourceIdentity, SpecTrap
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep
from harness.planner.bare import PlannedWorld, RunSteps, planned_world
from harness.process.steps import Steps
from harness.values.values import Invalid, Value
from harness.world.types import List
from reports.outcomes import Outcome

WIT = """package a:b;
interface z {
  resource r { constructor(); }
}
interface x {
  resource r { constructor(); m: func(o: borrow<r>) -> list<own<r>>; }
  resource q { constructor(); }
  enum e { a, b, c }
  variant v { a(u8), b(f32), c }
  record s { c: char, s: string, l: list<u64>, n: list<e> }
  f: func(s: s, v: v) -> result<v, e>;
  g: func(a: r, b: borrow<r>, c: q, t: bool, i: s8) -> s;
}
interface y { use z.{r}; h: func(a: borrow<r>, b: borrow<r>); }
world w { import x; export x; }
world lends { export y; }
"""


def planned(wit: str, seed: int = 0, world: str | None = None) -> PlannedWorld:
    return planned_world(surround(WitText(wit, "test.wit"), world or "w"), Random(seed), 1, "test")


def injected(wit: str, seed: int, runs: int, world: str | None = None) -> PlannedWorld:
    return with_faults(planned(wit, world=world), Random(seed), runs)


def test_runs_are_added_and_told() -> None:
    before, after = planned(WIT), injected(WIT, 0, 5)
    count = len(before.plan.runs)
    assert after.plan.runs[:count] == before.plan.runs or count == len(before.runs)
    assert len(after.plan.runs) == len(after.runs) == count + 5
    for run in after.plan.runs[count:]:
        assert run.calls[-1].startswith("with ")
        assert run.entries in ((Role.SUBJECT,), (Role.DRIVER,), (Role.SUBJECT, Role.DRIVER))
        assert all(text.startswith("boxed1") and "eager" in text.split("\n")[0] for text in run.scripts.values())


def test_handles_dropped_twice_and_borrows_not_at_all() -> None:
    causes: dict[str, Counter[TrapClass | None]] = {"twice": Counter(), "not dropped": Counter()}
    for seed in range(8):
        for run in injected(WIT, seed, 40, "lends").plan.runs:
            for words, found in causes.items():
                if run.calls[-1].endswith(words):
                    found[run.outcome.trap] += 1
    assert causes["twice"].keys() <= {TrapClass.INVALID_HANDLE, TrapClass.HANDLE_TYPE}
    assert causes["twice"][TrapClass.INVALID_HANDLE] > 3
    assert causes["not dropped"].keys() == {TrapClass.BORROW_LEFT}


def test_how_many_cases_a_named_type_has_is_told() -> None:
    wit = "package a:b; interface x { type r = result; f: func(a: r, b: result); } world w { import x; }"
    told = {run.calls[-1].partition(" in ")[2] for run in injected(wit, 0, 20).plan.runs}
    assert told - {""} == {"a:b/x#f: a:b/x#r (2 cases) at [0]", "a:b/x#f: result at [1]"}


def test_kinds_of_values_have_equal_chances() -> None:
    numbers = "package a:b; interface x { f: func(a: tuple<u8, u8, u8, u8, u8, u8, u8, u8>, b: string); } "
    runs = injected(numbers + "world w { import x; }", 0, 40).plan.runs
    assert sum(": string at " in run.calls[-1] for run in runs) > 10


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_gives_the_same_runs(seed: int) -> None:
    first, second = (injected(WIT, seed, 4).plan.runs for _ in range(2))
    assert [(run.scripts, run.outcome) for run in first] == [(run.scripts, run.outcome) for run in second]


def test_every_kind_of_trap_is_reached() -> None:
    causes = Counter(
        run.outcome.trap
        for world in ("w", "lends")
        for seed in range(8)
        for run in injected(WIT, seed, 40, world).plan.runs
    )
    wanted = {
        TrapClass.INVALID_CHAR,
        TrapClass.INVALID_DISCRIMINANT,
        TrapClass.INVALID_UTF8,
        TrapClass.INVALID_HANDLE,
        TrapClass.HANDLE_TYPE,
        TrapClass.UNALIGNED,
        TrapClass.OUT_OF_BOUNDS,
        TrapClass.TOO_LONG,
        TrapClass.BORROW_LEFT,
    }
    assert wanted <= causes.keys()
    assert causes[None] > 8  # a bool of 2, bits beyond a small integer: no trap


MANY = """package a:b;
interface x { resource r { constructor(); } f: func(a: list<r>) -> u8; }
world w { import x; }
"""


def cut(runs: Sequence[RunSteps]) -> list[CallStep[Value]]:
    """The calls that runs end with at their fault."""
    last = [run.steps[-1] for run in runs if run.steps]
    return [step for step in last if isinstance(step, CallStep) and step.trap is not None]


def test_a_run_ends_at_a_value_without_the_handles_that_are_used_later() -> None:
    after = injected(MANY, 0, 40)
    calls = cut(after.runs)
    assert calls
    for call in calls:
        assert isinstance(call.args[0], Invalid) and call.args[0].text.startswith("ptr ")
        assert (call.result, call.during) == (None, ())
        assert call.trap in (TrapClass.UNALIGNED, TrapClass.OUT_OF_BOUNDS, TrapClass.TOO_LONG)


def test_there_is_no_such_run_where_the_value_is_no_trap(monkeypatch: pytest.MonkeyPatch) -> None:
    def empty_lists(spot: Spot) -> Sequence[Value]:
        return [Invalid("list 0")] if isinstance(spot.type, List) else invalid_values(spot)

    monkeypatch.setattr(fault_injection, "invalid_values", empty_lists)
    assert cut(injected(MANY, 0, 40).runs) == []


@pytest.mark.parametrize(
    ("element", "length"), [("u64", 1 << 29), ("tuple<u16, u8, u16>", 715_827_883), ("option<list<u8>>", 357_913_942)]
)
def test_a_list_by_element_may_claim_more_than_32_bits_of_bytes(element: str, length: int) -> None:
    wit = f"package a:b; interface x {{ f: func(l: list<{element}>); }} world w {{ import x; }}"
    runs = [run for run in injected(wit, 0, 60).plan.runs if run.calls[-1].startswith("with !ptr 0 ")]
    assert runs
    assert all(run.calls[-1].startswith(f"with !ptr 0 {length} in ") for run in runs)


@pytest.mark.parametrize(
    "wit", ["package a:b; world w { }", "package a:b; interface x { f: func(); } world w { import x; }"]
)
def test_nothing_to_be_made_invalid(wit: str) -> None:
    assert injected(wit, 0, 3).plan.runs == planned(wit).plan.runs or len(injected(wit, 0, 3).runs) < 3


@pytest.mark.parametrize("world", ["w", "lends"])
def test_ours_does_what_the_model_says(tmp_path: Path, world: str) -> None:
    plan = injected(WIT, 1, 40, world).plan
    bench = Workbench(Settings(tmp_path), Steps())
    verdict = examine(bench, "test", plan, Options(artifacts=None)).verdict
    assert verdict.findings == []
    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize(("lends", "also"), [(0, frozenset()), (1, frozenset({TrapClass.LENT}))])
def test_a_lent_handle_of_another_type_breaks_two_rules(lends: int, also: frozenset[TrapClass]) -> None:
    mine, other = (ResourceIdentity(Role.SUBJECT, name) for name in ("a:b/x#r", "a:b/x#q"))
    table = HandleTable()
    index = table.add(ResourceHandle(mine, 1, own=True, num_lends=lends))
    with pytest.raises(SpecTrap) as caught:
        table.lift_own(index, other)
    assert (caught.value.cause, caught.value.also) == (TrapClass.HANDLE_TYPE, also)
