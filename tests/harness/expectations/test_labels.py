"""Types with the label of another key: what the condition matches, and what the project's file excuses by it."""
# ruff: noqa: E501 - differences in a line each

from __future__ import annotations

import re
from pathlib import Path

import pytest

import harness.trace.reader  # noqa: F401 - it declares all events
from harness.judge.difference import Difference
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.roles import Role
from harness.suite.expectations import Expectation, Expectations
from harness.suite.expectations_file import load
from harness.suite.faults.condition import Told, WorldFacts
from harness.trace.event import Event
from harness.trace.events import Unreadable
from harness.trace.parser import parse
from tests.harness.expectations.known import ENTRY, HEAD, explained, facts_of, project, write

LINE = re.compile(r"(\w+) (.+?)((?: =| \d).*)?")
"""A line of a trace with a name in the place of the index."""


def event(line: str) -> Event:
    found = LINE.fullmatch(line)
    assert found is not None
    name = found[2]
    read = parse(f"{found[1]} 0{found[3] or ''}", lambda *_: name)
    assert str(read) == line and not isinstance(read, Unreadable)
    return read


def next_is(expected: str, actual: str) -> Difference:
    """In a trace with one order of events."""
    return Difference.of_events("event", Role.SUBJECT, "event 1, call 1 f", event(expected), event(actual))


def allowed(expected: str, actual: str, *others: Event | ExpectedOutcome) -> Difference:
    """In a run with several allowed orders, where this event is allowed, and `others`."""
    wanted, seen = event(expected), event(actual)
    place, told = "event 9 of all components, task 2, call 1 f", f"`{expected}` (subject, task 2)"
    return Difference(3, "event", Role.SUBJECT, place, told, actual, events=(wanted, seen), allowed=(wanted, *others))


def of_type(path: str, expected: str, actual: str) -> Difference:
    return Difference(1, "wit_t", Role.SUBJECT, path, expected, actual, of_type=True)


def of_world(path: str, expected: str, actual: str) -> Difference:
    """Not between two types."""
    return Difference(1, "wit_t", Role.SUBJECT, path, expected, actual)


def explained_by(items: Expectations, case: str, difference: Difference) -> Expectation | None:
    return items.explain("wasm-tools", case, [Told("fail", str(difference), (), difference)])[0]


@pytest.mark.parametrize(
    ("expected", "actual", "known"),
    [
        ("pop_variant a:a/c#e = 0", "pop_variant p#e = 0", True),
        ("pop_tuple tuple<p#a, a:b/c#d>", "pop_tuple tuple<q#a, a:b/c#d>", True),
        ("pop_variant a:a/c#e = 0", "pop_variant p#e = 1", False),
        ("pop_result result<a:a/c#e> = 0", "pop_result result<a:a/c#e> = 1", False),
        ("pop_variant a:a/c#e = 0", "pop_variant a:a/d#e = 0", False),
        ("pop_variant a:a/c#e = 0", "pop_variant p#f = 0", False),
        ("pop_tuple tuple<p#a, a:b/c#d>", "pop_tuple tuple<q#a>", False),
        ("pop_variant p#e = 0", "pop_variant z#e = 0", False),
        ("pop_variant a:a/c#e = 0", "pop_variant z#e = 0", False),
        ("pop_borrow p#r = 1", "pop_borrow q#r = 1", False),
        ("import_call p#f", "import_call q#f", False),
        ("export_start p#f", "export_start q#f", False),
        ("export_call a:a/c#f", "export_call p#f", False),
        ("resource_dtor p#r 1", "resource_dtor q#r 1", False),
    ],
)
def test_a_fault_that_changes_labels_only(tmp_path: Path, expected: str, actual: str, known: bool) -> None:
    items = load([write(tmp_path, HEAD + ENTRY + "label-names-only = true")], {"wasm-tools": "1.262.0"})
    interfaces = "package a:a; interface c { f: func(); } interface d { g: func(); }"
    items = items.about(WorldFacts(f"{interfaces} world w {{ import p: c; import q: c; import z: d; import c; }}"))
    for difference in (next_is(expected, actual), allowed(expected, actual)):
        assert (explained_by(items, "x", difference) is not None) is known
        assert explained(items, "x", "fail", str(difference)) is None  # the message alone proves nothing
    for other in (event("export_start p#f"), ExpectedOutcome()):
        assert explained_by(items, "x", allowed(expected, actual, other)) is None


@pytest.mark.parametrize(
    ("world", "case", "difference", "known"),
    [
        ("labels", "x", next_is("push_record p#e", "push_record q#e"), True),
        ("id-and-label", "x", allowed("stream_new q#e = 5 3", "stream_new a:b/s#e = 5 3"), True),
        ("id-and-label", "x", allowed("stream_new q#e = 5 3", "stream_new a:b/s#e = 5 4"), False),
        ("labels", "x", of_type("import p#f, result", "record p#e { k }", "record q#e { k }"), True),
        ("labels", "x", of_type("import p#f, result", "record p#e { k }", "record q#e { z }"), False),
        ("id-and-label", "x", of_type("import a:b/s#f, parameter x", "record a:b/s#e { k }", "record q#e { k }"), True),
        ("renamed label", "x", of_type("import a:b/s#f, parameter x", "record a:b/s#e { k }", "record z#e { k }"), True),
        ("renamed label", "x", of_type("import a:b/s#f, parameter x", "record a:b/s#e { k }", "record y#e { k }"), False),
        ("id-and-label", "x", of_type("import a:b/s#f, parameter x", "record a:b/s#e { k }", "record t#e { k }"), False),
        ("one label twice", "x", of_type("export a:b/s#f, result", "record a:b/s#e { k }", "record q#e { k }"), True),
        ("one label twice", "x", of_type("export a:b/s#f, result", "record a:b/t#e { k }", "record q#e { k }"), True),
        ("one label twice", "x", of_type("export a:b/s#f, result", "record a:b/u#e { k }", "record q#e { k }"), False),
        ("id-and-label", "x", of_type("alias a:b/t#d", "record a:b/s#e { k }", "record q#e { k }"), True),
        ("id-and-label", "x", of_type("record a:b/t#p.first", "record a:b/s#e { k }", "record q#e { k }"), True),
        ("id-and-label", "x", of_type("record a:b/t#p.first", "record a:b/s#e { k }", "record q#e { z }"), False),
        ("id-and-label", "x", of_type("record a:b/t#p.first", "own<a:b/s#r>", "own<q#r>"), False),
        ("id-and-label", "x", of_type("import a:b/s#f, parameter x", "own<a:b/s#r>", "own<q#r>"), False),
        ("id-and-label", "x", of_world("resource a:b/s#r", "a:b/s#r", "q#r"), False),
        ("id-and-label", "x", allowed("stream_new stream<a:b/s#e> = 10 11", "stream_new stream<q#e> = 10 11"), True),
        ("id-and-label", "x", allowed("future_read future<a:b/s#e> 3 1 = 4294967295", "future_read future<q#e> 3 1 = 4294967295"), True),
        ("id-and-label", "x", allowed("stream_new stream<a:b/s#e> = 10 11", "stream_new stream<q#e> = 11 10"), False),
        ("id-and-label", "x", allowed("stream_new stream<own<a:b/s#r>> = 10 11", "stream_new stream<own<q#r>> = 10 11"), False),
        ("id-and-label", "x", allowed("task_return a:b/s#f", "task_return q#f"), False),
        ("id-and-label", "x", of_world("import a:b/s#f", "record a:b/s#e { k }", "record q#e { k }"), False),
        ("labels", "x", next_is("export_start p#f", "export_start q#f"), False),
        ("labels", "labels/with-records", next_is("export_start a#get", "export_start b#get"), False),
    ],
)  # fmt: skip
def test_what_the_projects_file_excuses_and_what_not(
    world: str, case: str, difference: Difference, known: bool
) -> None:
    """A wrong tool in a world where a fault is known is not excused for it."""
    found = explained_by(project().about(facts_of(world)), case, difference)
    assert (found is not None) is known, found
