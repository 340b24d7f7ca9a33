"""When the conditions of known faults are asked: they may take time, and most worlds show no failure."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from harness.judge.explained import Judging, about
from harness.judge.judging import judge_alone
from harness.judge.verdict import Finding
from harness.plan.plan import ComponentPlan, Plan
from harness.plan.roles import Role
from harness.suite.expectations import Expectation, Expectations
from harness.suite.faults.condition import FaultCondition, OfWorld, Told, WorldFacts
from harness.suite.faults.kept_versions import KeptVersions
from harness.suite.faults.unused_ends import UnusedEnd
from reports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Counted(OfWorld):
    """A condition that counts how often it is asked."""

    met: bool = True
    asked: list[WorldFacts] = field(default_factory=list, compare=False)

    def holds(self, facts: WorldFacts) -> bool:
        self.asked.append(facts)
        return self.met


class Unasked(AssertionError):
    pass


@dataclass(frozen=True, slots=True)
class Raises(OfWorld):
    """A condition that nobody may ask."""

    def holds(self, facts: WorldFacts) -> bool:
        raise Unasked


def known(*conditions: FaultCondition, cases: tuple[str, ...] = (), id: str = "a") -> Expectation:
    return Expectation(id, "mine", "fail", "why", "link", cases, "wrong", conditions)


def judged(items: Expectations, *findings: Finding, case: str = "c") -> Outcome:
    return judge_alone(Judging(case, {"mine": "mine", "other": "other"}, items), {"mine": findings}).outcome


def test_a_world_without_failures_asks_no_condition() -> None:
    items = Expectations((known(Raises()),)).about(WorldFacts("world w { }"))
    assert judged(items) is Outcome.PASS
    with pytest.raises(Unasked):
        judged(items, Finding(Outcome.FAIL, "wrong"))


@pytest.mark.parametrize(
    ("tool", "case", "told"),
    [
        ("other", "c", Told("fail", "wrong")),
        ("mine", "d", Told("fail", "wrong")),
        ("mine", "c", Told("timed out", "wrong")),
        ("mine", "c", Told("fail", "right")),
    ],
)
def test_a_failure_asks_only_the_entries_that_it_fits(tool: str, case: str, told: Told) -> None:
    items = Expectations((known(Raises(), cases=("c", "c*")),)).about(WorldFacts("world w { }"))
    assert items.explain(tool, case, [told]) == [None]
    with pytest.raises(Unasked):
        items.explain("mine", "c", [Told("fail", "wrong")])


def test_a_condition_is_asked_once_in_a_world() -> None:
    condition = Counted()
    items = Expectations((known(condition), known(condition, id="b")))
    for asked in (1, 2):
        world = items.about(WorldFacts("world w { }"))
        found = [world.explain("mine", "c", [Told("fail", "wrong")] * 2) for _ in range(2)]
        assert found == [[items.items[0]] * 2] * 2
        assert len(condition.asked) == asked


@pytest.mark.parametrize(
    ("met", "case", "outcome"),
    [(True, "c", Outcome.UNEXPECTED_PASS), (False, "c", Outcome.PASS), (True, "d", Outcome.PASS)],
)
def test_a_fault_is_demanded_only_of_worlds_that_can_show_it(met: bool, case: str, outcome: Outcome) -> None:
    condition = Counted(met)
    items = Expectations((known(condition, cases=("c",)),)).about(WorldFacts("world w { }"))
    assert judged(items, case=case) is outcome
    assert len(condition.asked) == (case == "c")


@pytest.mark.parametrize("condition", [UnusedEnd(), KeptVersions()], ids=["unused end", "kept versions"])
def test_facts_about_a_plan_are_found_when_they_are_asked_for(condition: FaultCondition) -> None:
    """The plan has no world in which to find them."""
    part = ComponentPlan(Role.SUBJECT, "package a:b; world w { }", "a:b/w")
    items = about(Plan("t", (part,), (), (), ()), Expectations((known(condition),)))
    assert judged(items) is Outcome.PASS
    assert judged(items, Finding(Outcome.FAIL, "right")) is Outcome.FAIL
    with pytest.raises(KeyError):
        judged(items, Finding(Outcome.FAIL, "wrong"))
