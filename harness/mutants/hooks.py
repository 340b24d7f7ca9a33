"""Linkers that call task hooks at the wrong places, or mix up what belongs to a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.componentize.task_hooks as task_hooks
import generator.link.hooks as hooks
from generator.componentize.entries import ShimEntries
from generator.componentize.late import LateFunctions
from generator.componentize.plan import CoreExport
from generator.componentize.task_hooks import NOTHING, Around, CoreCall, InitTask, Point, Points
from generator.link.library import Library
from generator.link.plan_link import Linking
from generator.link.tls import ThreadLocal
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, MappingEntry, Member

HOOKS = Table(Area.LINKER)
_row = HOOKS.function

Original = Callable[..., Any]


def _points(entry: task_hooks.EntryKind) -> MappingEntry:
    return MappingEntry(task_hooks, "POINTS", entry)


HOOKS.value(
    "hook-told-another-start-at-callbacks",
    _points(task_hooks.EntryKind.CALLBACK),
    Points(Point.ASYNC_START, Point.ASYNC_END, Point.PAUSED),
    "before a callback the task hook gets the point of a task's start",
    needs="a task hook, and an asynchronous export that waits",
    shown_by="hooked",
)
HOOKS.value(
    "hook-missing-at-callbacks",
    _points(task_hooks.EntryKind.CALLBACK),
    Points(),
    "the task hook is not called about callbacks",
    needs="a task hook, and an asynchronous export that waits",
    shown_by="hooked",
)
HOOKS.value(
    "hook-told-the-end-of-tasks-that-wait",
    _points(task_hooks.EntryKind.ASYNC),
    Points(Point.ASYNC_START, Point.ASYNC_END),
    "when a task begins to wait, the task hook gets the point of a task's end",
    needs="a task hook, and an asynchronous export that waits",
    shown_by="hooked",
)
HOOKS.value(
    "hook-told-the-end-twice",
    _points(task_hooks.EntryKind.SYNC_BEFORE_POST_RETURN),
    Points(Point.SYNC_START, Point.SYNC_END),
    "the task hook gets the end point after the function and after its post-return function",
    needs="a task hook, and an export with a post-return function",
    shown_by="hooked",
)
HOOKS.value(
    "hook-missing-at-destructors",
    _points(task_hooks.EntryKind.DESTRUCTOR),
    Points(),
    "the task hook is not called about destructors",
    needs="a task hook, and an exported resource that is dropped",
    shown_by="hooked",
)


@_row(
    "hook-behind-the-function",
    Member(LateFunctions, "add"),
    "the hook that sets up a function's stack is called after the function",
    needs="a task hook that sets the stack pointer",
    shown_by="hooked",
)
def _(original: Original, self: LateFunctions, target: Any, type: Any, name: str, around: Around = NOTHING) -> int:
    if around.before is not None and around.after is not None:
        around = Around(after=around.before)
    number: int = original(self, target, type, name, around)
    return number


@_row(
    "hook-missing-at-allocation",
    Member(ShimEntries, "add_realloc"),
    "the task hook is not called about allocations",
    needs="a task hook, and an exported function with a string as a parameter",
    shown_by="hooked",
)
def _(original: Original, self: ShimEntries, realloc: CoreExport | None, *, needed: bool) -> None:
    pass


@_row(
    "hook-before-relocations",
    Member(Linking, "initialization"),
    "the task hook around the start is called before the libraries are relocated",
    needs="a task hook",
    shown_by="hooked",
)
def _(original: Original, self: Linking) -> Any:
    found = original(self)
    calls: list[CoreCall] = list(found.calls)
    early = [call for call in calls if call.argument == Point.INIT_START]
    return replace(found, calls=[*early, *[call for call in calls if call not in early]])


@_row(
    "hook-of-the-last-library",
    FunctionOf(hooks, "find_task_hooks"),
    "the last of several libraries with a task hook provides the hook",
    needs="two libraries with a task hook",
    shown_by="hooked",
)
def _(original: Original, libraries: Sequence[Library]) -> dict[str, CoreExport]:
    found: dict[str, CoreExport] = original(libraries[::-1])
    return found


@_row(
    "asynchronous-tasks-begin-as-synchronous-ones",
    Member(InitTask, "around"),
    "the earlier hook for synchronous tasks is called at the start of an asynchronous task",
    needs="both earlier hooks, and an asynchronous export",
    shown_by="initialised",
)
def _(original: Original, self: InitTask, entry: task_hooks.EntryKind) -> Around:
    found: Around = original(self, entry)
    return Around(CoreCall(self.sync)) if entry in task_hooks.ASYNC_ENTRIES else found


@_row(
    "earlier-hook-at-callbacks",
    Member(InitTask, "around"),
    "the earlier hook for asynchronous tasks is also called at callbacks",
    needs="both earlier hooks, and an asynchronous export that waits",
    shown_by="initialised",
)
def _(original: Original, self: InitTask, entry: task_hooks.EntryKind) -> Around:
    found: Around = original(self, task_hooks.EntryKind.ASYNC if entry is task_hooks.EntryKind.CALLBACK else entry)
    return found


@_row(
    "earlier-hook-missing-at-the-start",
    FunctionOf(task_hooks, "surrounded"),
    "hooks are not called about constructors",
    needs="a hook, and a library with constructors",
    shown_by="initialised",
)
def _(original: Original, calls: Any, hooks: Any) -> list[CoreCall]:
    return list(calls)


@_row(
    "storage-of-another-library",
    Member(ThreadLocal, "offset"),
    "all libraries get the address of the first one's thread-local storage",
    needs="two libraries with thread-local storage",
    shown_by="thread-local",
)
def _(original: Original, self: ThreadLocal, library: str) -> int:
    offset: int = original(self, self.libraries[0])
    return offset
