"""Types with the label of another key: what the condition matches, and what the project's file excuses by it."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

from pathlib import Path

import pytest

from harness.suite.expectations_file import load
from harness.suite.faults.condition import WorldFacts
from tests.harness.expectations.known import ENTRY, HEAD, excused, explained, write

AT_12 = "event (subject, event 12 of all components, task 1): expected {}, got {}"


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
    items = items.about(WorldFacts("world w { import p: a:a/c; import q: c; import z: d; import a:a/c; }"))
    message = f"event (subject, event 1, call 1 f): expected {expected}, got {actual}"
    assert (explained(items, "x", "fail", message) is not None) is known
    place = "event (subject, event 9 of all components, task 2, call 1 f)"
    message = f"{place}: expected `{expected}` (subject, task 2), got {actual}"
    assert (explained(items, "x", "fail", message) is not None) is known
    message = f"{place}: expected `{expected}` (subject, task 2) or 3 others, got {actual}"
    assert explained(items, "x", "fail", message) is None


@pytest.mark.parametrize(
    ("world", "case", "outcome", "message", "run", "known"),
    [
        ("labels", "x", "fail", "event (subject, event 1, call 1): expected push_record p#e, got push_record q#e", (), True),
        ("id-and-label", "x", "fail", "event (driver, event 165 of all components, task 1): expected `stream_new q#e = 5 3` (driver, task 1), got stream_new a:b/s#e = 5 3", (), True),
        ("id-and-label", "x", "fail", "event (driver, event 165 of all components, task 1): expected `stream_new q#e = 5 3` (driver, task 1), got stream_new a:b/s#e = 5 4", (), False),
        ("labels", "x", "fail", "wit_t (subject, import p#f, result): expected record p#e { k }, got record q#e { k }", (), True),
        ("labels", "x", "fail", "wit_t (subject, import p#f, result): expected record p#e { k }, got record q#e { z }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("renamed label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record z#e { k }", (), True),
        ("renamed label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record y#e { k }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record t#e { k }", (), False),
        ("one label twice", "x", "fail", "wit_t (subject, export a:b/s#f, result): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("one label twice", "x", "fail", "wit_t (subject, export a:b/s#f, result): expected record a:b/t#e { k }, got record q#e { k }", (), True),
        ("one label twice", "x", "fail", "wit_t (subject, export a:b/s#f, result): expected record a:b/u#e { k }, got record q#e { k }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, alias a:b/t#d): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("id-and-label", "x", "fail", "wit_t (subject, record a:b/t#p.first): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("id-and-label", "x", "fail", "wit_t (subject, record a:b/t#p.first): expected record a:b/s#e { k }, got record q#e { z }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, record a:b/t#p.first): expected own<a:b/s#r>, got own<q#r>", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected own<a:b/s#r>, got own<q#r>", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, resource a:b/s#r): expected a:b/s#r, got q#r", (), False),
        ("id-and-label", "x", "fail", AT_12.format("`stream_new stream<a:b/s#e> = 10 11` (subject, task 1)", "stream_new stream<q#e> = 10 11"), (), True),
        ("id-and-label", "x", "fail", AT_12.format("`future_read future<a:b/s#e> 3 1 = 4294967295` (subject, task 1)", "future_read future<q#e> 3 1 = 4294967295"), (), True),
        ("id-and-label", "x", "fail", AT_12.format("`stream_new stream<a:b/s#e> = 10 11` (subject, task 1)", "stream_new stream<q#e> = 11 10"), (), False),
        ("id-and-label", "x", "fail", AT_12.format("`stream_new stream<own<a:b/s#r>> = 10 11` (subject, task 1)", "stream_new stream<own<q#r>> = 10 11"), (), False),
        ("id-and-label", "x", "fail", AT_12.format("`task_return a:b/s#f` (subject, task 1)", "task_return q#f"), (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f): expected record a:b/s#e { k }, got record q#e { k }", (), False),
        ("labels", "x", "fail", "event (provider, event 1, call 1): expected export_start p#f, got export_start q#f", (), False),
        ("labels", "labels/with-records", "fail", "event (provider, event 1): expected export_start a#get, got export_start b#get", (), False),
    ],
)  # fmt: skip
def test_what_the_projects_file_excuses_and_what_not(
    world: str, case: str, outcome: str, message: str, run: tuple[str, ...], known: bool
) -> None:
    """A wrong tool in a world where a fault is known is not excused for it."""
    found = excused(world, case, outcome, message, run)
    assert (found is not None) is known, found
