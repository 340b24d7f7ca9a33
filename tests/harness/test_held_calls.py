"""Random calls that backpressure holds back: with what must stay in memory until they start, and with own handles that
come back if they never do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.plan.roles import Role
from harness.plan.steps import DropStep
from harness.planner.bare import PlannedWorld, planned_world
from harness.trace import async_events as a
from harness.trace.event import Event

WIT = """package a:b;
interface x { resource r { constructor(); } f: async func(); g: async func(a: string); h: async func(a: r); }
world w { import x; export x; }
"""
SEEDS = range(4)
STARTING = 0


@cache
def planned(seed: int) -> PlannedWorld:
    return planned_world(surround(WitText(WIT, "w.wit")), Random(seed), 20, "t")


def events() -> Iterator[Event]:
    for seed in SEEDS:
        for run in planned(seed).plan.runs:
            for role in (Role.SUBJECT, Role.DRIVER):
                yield from run.expected[role].events


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_come_to_their_end(seed: int) -> None:
    runs = planned(seed).plan.runs
    assert [(bool(run.expected), run.outcome.trap) for run in runs] == [(True, None)] * len(runs)


@pytest.mark.parametrize("function", ["a:b/x#g", "a:b/x#h"])
def test_a_call_is_held_back(function: str) -> None:
    starts = [event for event in events() if isinstance(event, a.ImportStart)]
    assert any(event.function == function and event.status & 15 == STARTING for event in starts)


def test_what_a_call_did_not_take_is_dropped() -> None:
    steps = [step for seed in SEEDS for run in planned(seed).runs for step in run.steps]
    stale = [step for step in steps if isinstance(step, DropStep) and step.stale]
    assert stale
    assert all(step.trap is None for step in stale)
    assert any(step.during for step in stale), "the destructor runs"
