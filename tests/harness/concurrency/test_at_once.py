"""Calls that cannot block run in one step. They show what the same calls show step by step in threads."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

import pytest

from harness.fuzz.choices import RandomSource
from harness.fuzz.planned import plan_trial
from harness.fuzz.worlds import Profile, random_world
from harness.model import Crossings, run_model
from harness.model.concurrency import Prediction, predict, store
from harness.model.concurrency.blocking import Entry, blocking_entries
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.planner.compiler import Compiler
from harness.script import async_operations as ao
from harness.script import operations as s
from harness.trace.async_events import RunCode, RunReturned
from harness.trace.event import Event
from harness.trace.events import LATE
from harness.trace.handles import rename
from tests.harness.concurrency.runs import Scripts, X, crossings, export, run, u32


@pytest.fixture
def by_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call is made at once."""

    def all_entries(_known: Crossings, scripts: Mapping[Role, s.Script], _ways: object) -> frozenset[Entry]:
        keys = {frame.key for script in scripts.values() for frame in script.frames}
        functions = {s.OnExport(op.interface, op.name) for op in _calls(scripts)}
        return frozenset((role, key) for role in Role for key in (*keys, *functions))

    monkeypatch.setattr(store, "blocking_entries", all_entries)


def _calls(scripts: Mapping[Role, s.Script]) -> Iterable[s.Call]:
    return (op for script in scripts.values() for frame in script.frames for op in frame.ops if isinstance(op, s.Call))


def of_component(found: Prediction, role: Role) -> list[Event]:
    """All events apart from those of an asynchronous `run`."""
    events: list[Event] = []
    for shown in found.shown:
        if shown.role is role:
            events += [*shown.late, shown.event.event]
    return rename([event for event in events if not isinstance(event, RunCode | RunReturned)])


def without_last_late(events: Sequence[Event]) -> list[Event]:
    """Those that leave before the end, which differs: a synchronous world has another `finish`."""
    found = list(events)
    while found and isinstance(found[-1], LATE):
        found.pop()
    return found


@pytest.mark.parametrize("seed", range(16))
def test_a_synchronous_world_shows_the_same_in_threads(seed: int, request: pytest.FixtureRequest) -> None:
    world = random_world(RandomSource(random.Random(seed)), Profile(functions=1 + seed % 4, asynchronous=False))
    planned = plan_trial(world.wit, world.world, world.features, random.Random(seed), 12, 4).planned
    known = planned.composition.crossings
    expected = []
    for steps in planned.runs:
        compiler = Compiler(planned.composition, steps.lists, lambda value, _type: value)
        scripts = compiler.compile(steps.steps)
        expected.append((scripts, compiler.entries, run_model(known, scripts, compiler.entries)))
    request.getfixturevalue("by_threads")
    vars(known)["asynchronous"] = True
    count = 0
    for scripts, entries, at_once in expected:
        found = predict(known, scripts, entries)
        assert found.outcome == at_once.outcome
        for role, events in at_once.expected.items():
            assert without_last_late(events.events) == without_last_late(of_component(found, role))
            count += len(events)
    assert count


NEST = """package a:b;
interface x {
  resource r { constructor(n: u32); }
  plain: func(n: u32) -> u32;
  take: func(r: r);
  f: async func(n: u32) -> u32;
}
world subject { import x; }
world provider { export x; }
"""
NESTED = crossings(NEST)
MADE = export("[constructor]r", s.New(0, X, "r", 5), s.Return(s.Register(0)))
DROPPED = s.Frame(s.OnDestructor(X, "r"), (s.Set(3, u32(1)),))
PLAIN = export("plain", s.Return(s.Argument(0)))
MAKE = s.Call(X, "[constructor]r", 0, (u32(5),))


@pytest.mark.parametrize(
    ("subject", "provider", "trap"),
    [
        ([s.Call(X, "plain", 1, (u32(7),))], [PLAIN], None),
        ([MAKE, s.Drop(s.Register(0))], [MADE, DROPPED], None),
        ([MAKE, s.Call(X, "take", None, (s.Register(0),))], [MADE, export("take", s.Drop(s.Argument(0)))], None),
        ([MAKE, s.Call(X, "take", None, (s.Handle(9),))], [MADE], TrapClass.INVALID_HANDLE),
        ([s.Call(X, "plain", 1, (s.Register(4),))], [PLAIN], TrapClass.INTERPRETER),
        ([s.Call(X, "plain", 1, (u32(7),))], [export("plain", s.Return())], TrapClass.INTERPRETER),
        ([s.Call(X, "plain", 1, (u32(7),))], [export("plain", s.Trap())], TrapClass.INTERPRETER),
        ([s.Call(X, "plain", 1, (u32(7),))], [], TrapClass.INTERPRETER),
        ([MAKE, s.Call(X, "take", 2, (s.Register(0),))], [MADE, export("take")], TrapClass.INTERPRETER),
    ],
)  # fmt: skip
def test_an_asynchronous_world_shows_the_same_in_threads(
    subject: list[s.Op], provider: list[s.Frame], trap: TrapClass | None, request: pytest.FixtureRequest
) -> None:
    scripts = Scripts([run(*subject)], provider, NESTED)
    at_once = scripts.predict()
    request.getfixturevalue("by_threads")
    assert scripts.predict() == at_once
    assert at_once.outcome.trap is trap


WAITS = export("plain", ao.Yield(1), s.Return(u32(1)))


@pytest.mark.parametrize(
    ("frames", "blocking"),
    [
        ([PLAIN, MADE, DROPPED], []),
        ([WAITS], ["plain"]),
        # one of two frames of a function
        ([PLAIN, WAITS], ["plain"]),
        ([export("f", s.Return(u32(1)))], []),
        # a destructor that waits, and a function that may reach it
        ([s.Frame(DROPPED.key, (ao.Yield(1),)), export("take", s.Drop(s.Argument(0))), MADE], ["r", "take"]),
    ],
)  # fmt: skip
def test_frames_that_may_block(frames: list[s.Frame], blocking: list[str]) -> None:
    scripts = {Role.SUBJECT: s.Script(()), Role.PROVIDER: s.Script(tuple(frames))}
    ways = frozenset((role, script.lists) for role, script in scripts.items())
    found = blocking_entries(NESTED, scripts, ways)
    assert sorted(key.name for _, key in found if not isinstance(key, s.OnRun)) == blocking


def test_a_caller_of_a_function_that_may_block_may_block() -> None:
    calls = {"plain": [s.Call(X, "plain", None, (u32(1),))], "f": [s.Call(X, "f", None, (u32(1),))]}
    provider = s.Script((WAITS,))
    for name, ops in calls.items():
        scripts = {Role.SUBJECT: s.Script((run(*ops),)), Role.PROVIDER: provider}
        ways = frozenset((role, script.lists) for role, script in scripts.items())
        assert (Role.SUBJECT, s.OnRun()) in blocking_entries(NESTED, scripts, ways), name
