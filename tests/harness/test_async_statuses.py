"""Every status of asynchronous calls and copies occurs in a case, at both ends of a call and of a channel.

The model follows the cases; that they pass is what `cases/` itself tests. `pytest tests/harness/test_async_statuses.py`
names a status that no case has.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cases
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.suite.case import load_case
from harness.trace import async_events as a

BLOCKED = 0xFFFF_FFFF
STATES = ("STARTING", "STARTED", "RETURNED", "CANCELLED_BEFORE_STARTED", "CANCELLED_BEFORE_RETURNED")
EVENTS = ("NONE", "SUBTASK", "STREAM_READ", "STREAM_WRITE", "FUTURE_READ", "FUTURE_WRITE", "TASK_CANCELLED")
CODES = ("EXIT", "YIELD", "WAIT")
COPIES = ("COMPLETED", "DROPPED", "CANCELLED")

Status = tuple[str, ...]


def _copied(result: int) -> str:
    return "BLOCKED" if result == BLOCKED else COPIES[result & 15]


def _of_event(event: object) -> Iterator[Status]:
    """The statuses in an event."""
    match event:
        case a.ImportStart(status=status):
            yield "call", STATES[status & 15]
        case a.SubtaskCancelled(status=status):
            yield "cancellation", "BLOCKED" if status == BLOCKED else STATES[status]
        case a.ExportAsyncCall(code=code) | a.ExportAsyncCallback(code=code) if code & 15 < len(CODES):
            yield "callback code", CODES[code & 15]
        case a.EndRead(kind=kind, result=result):
            yield kind, "read", _copied(result)
        case a.EndWrite(kind=kind, result=result):
            yield kind, "write", _copied(result)
        case a.CancelRead(kind=kind, result=result):
            yield kind, "cancelled read", _copied(result)
        case a.CancelWrite(kind=kind, result=result):
            yield kind, "cancelled write", _copied(result)
        case a.Delivered(code=code, payload=payload):
            yield "event", EVENTS[code]
            if EVENTS[code] == "SUBTASK":
                yield "told call", STATES[payload]
            elif 2 <= code <= 5:
                kind, word = EVENTS[code].lower().split("_")
                yield kind, f"told {word}", COPIES[payload & 15]


def _of_run(run: ScriptPlan) -> Iterator[tuple[bool, Status]]:
    """The statuses of a run, with whether the subject has them."""
    for role, events in run.expected.items():
        for event in events.events:
            yield from ((role is Role.SUBJECT, status) for status in _of_event(event))


@cache
def _found() -> frozenset[tuple[bool, Status]]:
    files = sorted((Path(cases.__file__).parent / "async").rglob("*.toml"))
    return frozenset(found for file in files for run in case_plan(load_case(file)).runs for found in _of_run(run))


CALLS: list[Status] = [
    *(("call", state) for state in STATES[:3]),
    *(("told call", state) for state in (STATES[1], STATES[2], STATES[4])),
    *(("cancellation", state) for state in ("BLOCKED", *STATES[2:])),
    *(("callback code", code) for code in CODES),
    *(("event", event) for event in EVENTS),
]
COPYING: list[Status] = [
    *(("stream", word, status) for word in ("read", "write") for status in ("BLOCKED", *COPIES[:2])),
    *(("stream", word, status) for word in ("told read", "told write") for status in COPIES[:2]),
    *(("stream", f"cancelled {word}", status) for word in ("read", "write") for status in COPIES[1:]),
    *(("future", "read", status) for status in ("BLOCKED", "COMPLETED")),
    *(("future", "write", status) for status in ("BLOCKED", *COPIES[:2])),
    ("future", "told read", "COMPLETED"),
    *(("future", "told write", status) for status in COPIES[:2]),
    *(("future", f"cancelled {word}", status) for word in ("read", "write") for status in ("COMPLETED", "CANCELLED")),
    ("future", "cancelled write", "DROPPED"),
]
"""Both ends of a channel: the reader's and the writer's. The reader of a future never gets DROPPED, because a writer
must write before it goes (`canon_future_drop_writable`). A cancelled copy of a stream is never COMPLETED ("Where texts
disagree" in docs/async.md)."""


@pytest.mark.parametrize("status", [*CALLS, *COPYING], ids=" ".join)
@pytest.mark.parametrize("subject", [True, False], ids=["subject", "beside it"])
def test_a_case_has_the_status(subject: bool, status: Status) -> None:
    assert (subject, status) in _found()
