"""Drawn steps with ends of streams and futures: they come to their end, and do all that ends can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.choices import RandomSource
from harness.fuzz.worlds import Profile, random_world
from harness.plan.async_steps import EndsStep, WriteStep
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.plan.steps import CallStep, Step, inner_steps
from harness.planner.bare import PlannedWorld, planned_world
from harness.planner.channels import Channel
from harness.trace import async_events as a
from harness.trace.event import Event
from harness.values.values import HandleName, Value
from harness.world import types as t

FUNCTIONS = """
  f: {async} func(a: stream<u8>);
  g: {async} func() -> stream<string>;
  h: {async} func(a: future<u32>, b: stream) -> future<list<u16>>;
  resource r {{
    constructor();
    m: {async} func() -> stream<r>;
    n: {async} func(a: stream<own<r>>, b: list<stream<u8>>);
  }}
  k: {async} func(a: stream<stream<u8>>) -> tuple<stream<u8>, future<result<_, string>>>;
"""


@cache
def planned(word: str, seed: int) -> PlannedWorld:
    items = FUNCTIONS.format(**{"async": word})
    wit = f"package a:b; interface x {{ {items} }} world w {{ import x; export x; }}"
    return planned_world(surround(WitText(wit, "w.wit")), Random(seed), 40, "t")


SEEDS = range(3)
WORDS = ("", "async")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_runs_come_to_their_end(word: str, seed: int) -> None:
    plan = planned(word, seed).plan
    assert plan.not_run == ()
    assert [run.outcome.trap for run in plan.runs] == [None] * (3 if word else 2)
    functions = {name for run in plan.runs for name in run.functions}
    assert len(functions) == 7


RECORDS = """package a:b;
interface x { resource r { constructor(); } record q { a: own<r> } f: func(a: stream<q>); g: func() -> future<q>; }
world w { import x; export x; }"""


@pytest.mark.parametrize("seed", SEEDS)
def test_an_imported_and_an_exported_type_of_one_name_are_two(seed: int) -> None:
    """`stream<a:b/x#q>` is the name of both, and their payloads are handles of different resources."""
    plan = planned_world(surround(WitText(RECORDS, "w.wit")), Random(seed), 40, "t").plan
    assert not any(run.outcome.trap for run in plan.runs)
    moved = [event for run in plan.runs for events in run.expected.values() for event in events.events]
    assert any(isinstance(event, a.EndLift) and event.type == "stream<a:b/x#q>" for event in moved)


DESTRUCTORS = """package a:a; interface b { c: func() -> future<stream>; }
world a { import b; export a: interface { resource a { constructor(a: future, b: s16); } } }"""


def test_destructors_leave_no_read_behind() -> None:
    for seed in (0, 1, 3):
        for run in planned_world(surround(WitText(DESTRUCTORS, "w.wit")), Random(seed), 60, "t").plan.runs:
            for events in run.expected.values():
                left_reading(events.events)


def all_events() -> Iterator[Event]:
    for plan in plans():
        for run in plan.runs:
            for events in run.expected.values():
                yield from events.events


def plans() -> Iterator[Plan]:
    for word in WORDS:
        for seed in SEEDS:
            yield planned(word, seed).plan


BLOCKED = 0xFFFF_FFFF


def test_every_result_of_every_operation_is_seen() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    counts: set[tuple[str, bool]] = set()
    for event in all_events():
        match event:
            case a.EndRead(kind, _, _, count, result) | a.EndWrite(kind, _, _, count, result):
                what = f"{kind} {'read' if isinstance(event, a.EndRead) else 'write'}"
                seen[what, "blocked" if result == BLOCKED else str(result & 15)] += 1
                if kind == "stream" and result != BLOCKED:
                    counts.add((what, (result >> 4) == count))
            case a.CancelRead(kind, _, _, result) | a.CancelWrite(kind, _, _, result):
                what = f"{kind} {'read' if isinstance(event, a.CancelRead) else 'write'}"
                seen[f"{what} cancelled", str(result & 15)] += 1
    for kind in ("stream", "future"):
        for what in ("read", "write"):
            # a future is written before its writer goes, so no read finds it dropped
            wanted = {"blocked", "0"} if (kind, what) == ("future", "read") else {"blocked", "0", "1"}
            assert wanted <= {status for of, status in seen if of == f"{kind} {what}"}, (kind, what)
            assert "2" in {status for of, status in seen if of == f"{kind} {what} cancelled"}, (kind, what)
    # whole, and in parts
    assert counts == {("stream read", True), ("stream read", False), ("stream write", True), ("stream write", False)}


def walk(steps: Sequence[Step[Value]]) -> Iterator[Step[Value]]:
    for step in steps:
        yield step
        yield from walk(inner_steps(step))


def handle_names(value: Value | None) -> Iterator[str]:
    if isinstance(value, HandleName):
        yield value.name
    elif isinstance(value, tuple):
        for part in value:
            yield from handle_names(part)


def test_ends_come_from_both_sides_and_are_given_on() -> None:
    sides: set[bool | None] = set()
    given_on = 0
    for word in WORDS:
        for seed in SEEDS:
            for run in planned(word, seed).runs:
                steps = list(walk(run.steps))
                ends = {step.readable: step.exported for step in steps if isinstance(step, EndsStep)}
                sides |= set(ends.values())
                values = [value for step in steps if isinstance(step, CallStep) for value in (*step.args, step.result)]
                given = Counter([name for value in values for name in handle_names(value) if name in ends])
                given_on += sum(count > 1 for count in given.values())
    assert sides == {False, True}
    assert given_on


NUMBERS = {"stream<u8>", "stream"}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_task_ends_while_it_reads_what_the_engine_cannot_deliver(word: str, seed: int) -> None:
    """F1 in docs/async.md."""
    for run in planned(word, seed).plan.runs:
        for events in run.expected.values():
            left_reading(events.events)


def left_reading(events: Sequence[Event]) -> None:
    task, owners, reads = 0, [], dict[int, int]()
    for event in events:
        task = event.number if isinstance(event, a.TaskSwitch) else task
        owners.append(task)
    last = {owner: at for at, owner in enumerate(owners)}
    for at, (event, owner) in enumerate(zip(events, owners, strict=True)):
        match event:
            case a.EndRead(_, type, handle, _, result) if result == BLOCKED and type not in NUMBERS:
                reads[handle] = owner
            case a.CancelRead(_, _, handle, _) | a.Delivered(_, handle, _):
                reads.pop(handle, None)
        if last[owner] == at:
            assert owner not in reads.values(), f"task {owner} ends: {event}"


def channel(type: t.End) -> Channel:
    return Channel(type, Role.SUBJECT, "s", "t", 0)


def test_a_channel_moves_values_in_parts() -> None:
    found = channel(t.Stream(t.Prim.STRING))
    found.send()
    found.start(found.writable, None, 3, ["a", "b", "c"])
    assert found.writable.copying and not found.writable.over
    found.arrive(Role.PROVIDER, found.readable.type)
    found.start(found.readable, None, 2, [])
    assert (found.readable.values, found.readable.copied, found.writable.over) == (["a", "b"], 2, True)
    found.start(found.readable, None, 2, [])
    assert (found.readable.values, found.readable.copied) == (["c"], 1)
    found.finish(found.writable)
    assert (found.writable.copied, found.writable.copying, found.writable.droppable) == (3, False, True)


def test_a_reader_that_waits_gets_what_is_written() -> None:
    found = channel(t.Stream(t.Prim.STRING))
    found.start(found.readable, None, 3, [])
    found.start(found.writable, None, 1, ["a"])
    found.start(found.writable, None, 1, ["b"])
    assert found.readable.over
    found.drop(found.writable)
    found.finish(found.readable)
    assert (found.readable.values, found.readable.done) == (["a", "b"], True)


def test_a_future_is_written_before_it_is_dropped() -> None:
    found = channel(t.Future(t.Prim.U8))
    droppable = [found.writable.droppable]
    found.start(found.writable, None, 1, [7])
    found.stop(found.writable)
    droppable.append(found.writable.droppable)
    found.start(found.readable, None, 1, [])
    found.start(found.writable, None, 1, [8])
    droppable.append(found.writable.droppable)
    assert droppable == [False, False, True]
    assert found.readable.over
    assert found.readable.values == [8]


def test_both_ends_in_one_component_copy_only_numbers() -> None:
    assert channel(t.Stream(t.Prim.STRING)).copies_nothing
    assert not channel(t.Stream(t.Prim.U8)).copies_nothing
    assert not channel(t.Future(None)).copies_nothing


def test_a_write_offers_what_it_has() -> None:
    for word in WORDS:
        for step in walk(planned(word, 0).runs[0].steps):
            if isinstance(step, WriteStep) and step.values and step.offered is not None:
                assert step.offered < len(step.values)


def test_each_function_is_called_or_named_with_the_reason() -> None:
    wit = """package a:b; interface x { resource r; f: func(a: borrow<r>, s: stream<u8>); g: func(s: future); }
    world w { import x; }"""
    plan = planned_world(surround(WitText(wit, "w.wit")), Random(1), 8, "t").plan
    assert plan.not_run == ("import a:b/x#f: the subject has no borrow<a:b/x#r> to give",)
    assert {name for run in plan.runs for name in run.functions} == {"a:b/x#g"}


@pytest.mark.parametrize("seed", range(12))
def test_each_function_of_a_random_world_is_called_or_named(seed: int) -> None:
    source = RandomSource(Random(seed))
    drawn = random_world(source, replace(Profile(), stretched=False, large_types=False))
    surroundings = surround(WitText(drawn.wit, "w.wit"), drawn.world, drawn.features)
    plan = planned_world(surroundings, Random(seed), 20, "t").plan
    world = surroundings.parts[Role.SUBJECT].world
    called = {name for run in plan.runs for name in run.functions}
    for function in (*world.import_functions(), *world.export_functions()):
        named = any(function.canonical in item for item in plan.not_run)
        assert named or function.canonical in called or function.name in {name.rpartition("#")[2] for name in called}
