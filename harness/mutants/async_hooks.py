"""Linkers that call task hooks at the wrong asynchronous entries, or with the wrong point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import generator.componentize.task_hooks as task_hooks
from generator.componentize import shim
from generator.componentize.entries import ShimEntries
from generator.componentize.plan import CoreExport
from generator.componentize.task_hooks import NOTHING, Around, InitTask, Point, Points
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import MappingEntry, Member

ASYNC_HOOKS = Table(Area.LINKER)
_row = ASYNC_HOOKS.function

Original = Callable[..., Any]

_WAITS = "a task hook, and an asynchronous export that waits"


def _points(entry: task_hooks.EntryKind) -> MappingEntry:
    return MappingEntry(task_hooks, "POINTS", entry)


ASYNC_HOOKS.value(
    "hook-missing-behind-callbacks",
    _points(task_hooks.EntryKind.CALLBACK),
    Points(Point.CALLBACK_START),
    "the task hook is called before callbacks, and not behind them",
    needs=_WAITS,
    shown_by="hooked-tasks",
)
ASYNC_HOOKS.value(
    "hook-behind-callbacks",
    _points(task_hooks.EntryKind.CALLBACK),
    Points(after=Point.CALLBACK_START, paused=Point.CALLBACK_START),
    "the hook that sets up a callback's stack is called behind the callback",
    needs=_WAITS,
    shown_by="hooked-tasks",
)
ASYNC_HOOKS.value(
    "hook-told-the-end-behind-callbacks-that-wait",
    _points(task_hooks.EntryKind.CALLBACK),
    Points(Point.CALLBACK_START, Point.ASYNC_END),
    "behind a callback whose task waits again the task hook gets the point of a task's end",
    needs="a task hook, and an asynchronous export that waits twice",
    shown_by="hooked-tasks",
)
ASYNC_HOOKS.value(
    "hook-told-the-pause-of-tasks-that-end",
    _points(task_hooks.EntryKind.CALLBACK),
    Points(Point.CALLBACK_START, Point.PAUSED, Point.ASYNC_END),
    "the points of a callback whose task ends and of one whose task waits are exchanged",
    needs=_WAITS,
    shown_by="hooked-tasks",
)
ASYNC_HOOKS.value(
    "hook-told-a-synchronous-start-of-asynchronous-tasks",
    _points(task_hooks.EntryKind.ASYNC),
    Points(Point.SYNC_START, Point.ASYNC_END, Point.PAUSED),
    "before an asynchronous export the task hook gets the point of a synchronous one",
    needs="a task hook, and an asynchronous export",
    shown_by="hooked-tasks",
)
ASYNC_HOOKS.value(
    "hook-missing-at-asynchronous-exports",
    _points(task_hooks.EntryKind.ASYNC),
    Points(after=Point.ASYNC_END, paused=Point.PAUSED),
    "the task hook is not called before asynchronous exports",
    needs="a task hook, and an asynchronous export",
    shown_by="hooked-tasks",
)


ASYNC_HOOKS.value(
    "hook-missing-at-stackful-exports",
    _points(task_hooks.EntryKind.STACKFUL),
    Points(),
    "the task hook is not called about asynchronous exports without a callback",
    needs="a task hook, and an asynchronous export without a callback",
    shown_by="hooked-stackful",
)
ASYNC_HOOKS.value(
    "hook-told-the-end-of-stackful-exports-before",
    _points(task_hooks.EntryKind.STACKFUL),
    Points(Point.ASYNC_END, Point.ASYNC_START),
    "the points before and behind an asynchronous export without a callback are exchanged",
    needs="a task hook, and an asynchronous export without a callback",
    shown_by="hooked-stackful",
)


@_row(
    "hook-twice-before-callbacks",
    Member(shim.ShimBody, "call_hook"),
    "the task hook is called twice before callbacks",
    needs=_WAITS,
    shown_by="hooked-tasks",
)
def _(original: Original, self: Any, call: shim.SlotCall | None) -> None:
    original(self, call)
    if call is not None and call.argument == Point.CALLBACK_START:
        original(self, call)


@_row(
    "hook-missing-behind-post-return",
    Member(ShimEntries, "add"),
    "the task hook is not called behind post-return functions",
    needs="a task hook, and a synchronous export with a post-return function",
    shown_by="hooked-tasks",
)
def _(original: Original, self: ShimEntries, export: CoreExport, entry: task_hooks.EntryKind) -> None:
    if entry is not task_hooks.EntryKind.POST_RETURN:
        original(self, export, entry)


@_row(
    "earlier-hook-missing-at-asynchronous-exports",
    Member(InitTask, "around"),
    "the earlier hook for asynchronous tasks is never called",
    needs="both earlier hooks, and an asynchronous export",
    shown_by="initialised-tasks",
)
def _(original: Original, self: InitTask, entry: task_hooks.EntryKind) -> Around:
    found: Around = original(self, entry)
    return NOTHING if entry in task_hooks.ASYNC_ENTRIES else found


@_row(
    "earlier-hook-at-destructors",
    Member(InitTask, "around"),
    "the earlier hook for synchronous tasks is also called at destructors",
    needs="both earlier hooks, and an exported resource that is dropped",
    shown_by="initialised-tasks",
)
def _(original: Original, self: InitTask, entry: task_hooks.EntryKind) -> Around:
    found: Around = original(self, task_hooks.EntryKind.SYNC if entry is task_hooks.EntryKind.DESTRUCTOR else entry)
    return found
