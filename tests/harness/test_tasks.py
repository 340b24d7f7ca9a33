"""Traces of asynchronous components: events by their tasks, late ones apart."""

from __future__ import annotations

import pytest

from harness.trace.events import ExportFinish
from harness.trace.reader import TraceReader
from harness.trace.tasks import Reported
from tests.harness.test_names import DUMP

LINES = [
    "task 1",
    "push_own 0 7",
    "realloc 0 4 16",
    "task 2",
    "push_u8 5",
    "export_finish 0",
    "yield = 0",
    "task 1",
    "pop_own 0 = 7",
    "push_own 0 7",
    "task 2",
    "balance 0 0 0 0 0",
]


def test_events_belong_to_tasks() -> None:
    text = DUMP + "".join(f"{line}\n" for line in LINES)
    trace = TraceReader().read(text)
    assert trace.tasks is not None
    found = [(told.task, str(told.event)) for told in trace.tasks.told]
    assert found == [
        (1, "push_own a:b/c#r 7"),
        (2, "push_u8 5"),
        (2, "yield = 0"),
        (1, "pop_own a:b/c#r = 7"),
        (1, "push_own a:b/c#r 7"),
    ]
    assert [text[told.at :].split("\n")[0] for told in trace.tasks.told] == [
        line for line in LINES if line.startswith(("push", "pop", "yield"))
    ]
    assert trace.tasks.late == (ExportFinish("a:b/c#[method]r.m"),)
    assert trace.lines == (
        "task 1", "push_own a:b/c#r h1", "task 2", "push_u8 5", "yield = 0",
        "task 1", "pop_own a:b/c#r = h1", "push_own a:b/c#r h2",
    )  # fmt: skip
    assert [str(event) for event in trace.balances] == ["balance 0 0 0 0 0"]
    assert trace.ended


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["push_u8 5"], None),
        (["task 3", "task 4", "push_u8 5"], [(14, 4)]),
        (["push_u8 5", "task 1", "push_u8 5"], [(0, 0), (17, 1)]),
        (["task x", "push_u8 5"], None),
    ],
)
def test_the_last_line_about_a_task_counts(lines: list[str], told: list[tuple[int, int]] | None) -> None:
    tasks = TraceReader().read("".join(f"{line}\n" for line in lines)).tasks
    assert (None if tasks is None else [(each.at, each.task) for each in tasks.told]) == told
    assert tasks is None or all(isinstance(each, Reported) for each in tasks.told)
