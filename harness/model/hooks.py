"""When task hooks are called, and the events that report it (docs/linking.md, "Task hooks"; PROTOCOL.md)."""

from __future__ import annotations

from dataclasses import dataclass

from harness.trace.event import Event
from harness.trace.events import ExportFinish, InitTask, TaskHook


@dataclass(frozen=True, slots=True)
class HookEvents:
    """The events of a component's hooks, by occasion. Hooks of allocations are left out, like all events of memory."""

    start: tuple[Event, ...] = ()
    """Around all constructors."""
    task_begins: tuple[Event, ...] = ()
    task_ends: tuple[Event, ...] = ()
    """After post-return."""
    destructor_begins: tuple[Event, ...] = ()
    destructor_ends: tuple[Event, ...] = ()


HOOKS = {
    "": HookEvents(),
    "task-hook": HookEvents((TaskHook(6), TaskHook(7)), (TaskHook(0),), (TaskHook(1),), (TaskHook(8),), (TaskHook(9),)),
    "init-task": HookEvents((InitTask(0),), (InitTask(0),)),
}
"""The events by the name of the hooks."""
STAY = (ExportFinish, TaskHook, InitTask)
"""Events that stay in the buffer until the next event leaves."""
