"""When task hooks are called, and the events that report it (docs/linking.md, "Task hooks"; PROTOCOL.md)."""

from __future__ import annotations

from dataclasses import dataclass

from harness.trace.event import Event
from harness.trace.events import InitTask, TaskHook


@dataclass(frozen=True, slots=True)
class HookEvents:
    """The events of a component's hooks, by occasion. Hooks of allocations are left out, like all events of memory."""

    start: tuple[Event, ...] = ()
    """Around all constructors."""
    task_begins: tuple[Event, ...] = ()
    """Of a function that is lifted synchronously."""
    task_ends: tuple[Event, ...] = ()
    """After post-return."""
    async_begins: tuple[Event, ...] = ()
    """Of a function that is lifted with `async`."""
    callback_begins: tuple[Event, ...] = ()
    async_waits: tuple[Event, ...] = ()
    """The function or its callback has returned a code other than 0."""
    async_ends: tuple[Event, ...] = ()
    """It has returned 0."""
    destructor_begins: tuple[Event, ...] = ()
    destructor_ends: tuple[Event, ...] = ()


HOOKS = {
    "": HookEvents(),
    "task-hook": HookEvents(
        start=(TaskHook(6), TaskHook(7)),
        task_begins=(TaskHook(0),),
        task_ends=(TaskHook(1),),
        async_begins=(TaskHook(2),),
        callback_begins=(TaskHook(3),),
        async_waits=(TaskHook(4),),
        async_ends=(TaskHook(5),),
        destructor_begins=(TaskHook(8),),
        destructor_ends=(TaskHook(9),),
    ),
    "init-task": HookEvents(start=(InitTask(0),), task_begins=(InitTask(0),), async_begins=(InitTask(1),)),
}
"""The events by the name of the hooks."""
