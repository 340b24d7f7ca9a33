"""Traces of asynchronous components: events by their tasks, late ones apart."""

from __future__ import annotations

import pytest

from harness.trace.event import Event
from harness.trace.events import ExportFinish, TaskHook
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
    assert [told.late for told in trace.tasks.told] == [(), (), (ExportFinish("a:b/c#[method]r.m"),), (), ()]
    assert trace.lines == (
        "task 1", "push_own a:b/c#r h1", "task 2", "push_u8 5", "export_finish a:b/c#[method]r.m", "yield = 0",
        "task 1", "pop_own a:b/c#r = h1", "push_own a:b/c#r h2",
    )  # fmt: skip
    assert [str(event) for event in trace.balances] == ["balance 0 0 0 0 0"]
    assert trace.ended


@pytest.mark.parametrize(
    ("lines", "told", "at_end"),
    [
        # hooks come with the next event, and belong to no task
        (
            [
                "task_hook 6",
                "task_hook 2",
                "task 1",
                "push_u8 1",
                "task_hook 4",
                "task_hook 12",
                "task_hook 3",
                "yield = 0",
            ],
            [(1, [6, 2]), (1, [4, 3])],
            [],
        ),
        # the last leave with the balance; what comes later, with the next event
        (["task 1", "yield = 0", "task_hook 5", "task_hook 2", "balance 0 0 0 0 0"], [(1, [])], [5, 2]),
        (
            ["task 1", "yield = 0", "task_hook 5", "balance 0 0 0 0 0", "task_hook 2", "task 2", "yield = 0"],
            [(1, []), (2, [5, 2])],
            [5],
        ),
        (["task 1", "yield = 0", "task_hook 5"], [(1, [])], []),
    ],
)
def test_hooks_come_with_the_next_event(lines: list[str], told: list[tuple[int, list[int]]], at_end: list[int]) -> None:
    tasks = TraceReader().read("".join(f"{line}\n" for line in lines)).tasks
    assert tasks is not None

    def points(late: tuple[Event, ...]) -> list[int]:
        return [event.point for event in late if isinstance(event, TaskHook)]

    assert [(each.task, points(each.late)) for each in tasks.told] == told
    assert points(tasks.at_end) == at_end


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
