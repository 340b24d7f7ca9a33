"""The interpreters with task hooks: what they tell of calls, and which calls they do not accept."""

from __future__ import annotations

import pytest
import wasmtime

from interpreters import boxed
from tests.interpreters.test_core_module import Core

HOOK = "__wasm_task_hook"


def hooked(script: str = "boxed1 frame run end") -> Core:
    return Core(boxed(3, "task-hook").read_bytes(), script)


def test_calls_are_events_in_their_order() -> None:
    core = hooked()
    for point in (6, 7, 0):
        core.call(HOOK, point)
    assert core.trace == "", "before the script is known nothing leaves"
    core.call("harness:boxed/control@0.1.0#run")
    for point in (1, 0):
        core.call(HOOK, point)
    core.call("harness:boxed/control@0.1.0#finish")
    core.call(HOOK, 1)
    points = "".join([f"task_hook {point}\n" for point in (6, 7, 0, 1, 0)])
    assert core.trace == f"{points}balance 0 0 0 0 0\n"


def test_a_hook_does_not_let_events_leave() -> None:
    core = hooked("boxed1 eager frame run end")
    core.call("harness:boxed/control@0.1.0#run")
    core.call(HOOK, 1)
    assert core.trace == ""
    core.call("harness:boxed/control@0.1.0#finish")
    assert core.trace.startswith("task_hook 1\nbalance ")


def test_allocation_between_its_hooks() -> None:
    core = hooked()
    for point in (12, 13, 12, 13):
        core.call(HOOK, point)
        if point == 12:
            core.call("cabi_realloc", 0, 0, 1, 0)
    core.call("harness:boxed/control@0.1.0#run")
    assert core.trace == "task_hook 12\nrealloc 0 1 0\ntask_hook 13\n" * 2


@pytest.mark.parametrize(
    "calls",
    [[13], [12, 12], [12, 13], [12, None, None, 13], [12, 0], [12, None, 13, 13]],
    ids=["the end alone", "twice", "nothing", "two allocations", "another point", "two ends"],
)
def test_allocation_that_is_none(calls: list[int | None]) -> None:
    """None stands for a call of `cabi_realloc`."""
    core = hooked()

    def make(calls: list[int | None]) -> None:
        for point in calls:
            if point is None:
                core.call("cabi_realloc", 0, 0, 1, 0)
            else:
                core.call(HOOK, point)

    make(calls[:-1])
    with pytest.raises(wasmtime.Trap, match="fail_hook"):
        make(calls[-1:])


def test_the_earlier_hooks() -> None:
    core = Core(boxed(3, "init-task").read_bytes(), "boxed1 frame run end")
    core.call("__wasm_init_task")
    core.call("__wasm_init_async_task")
    core.call("harness:boxed/control@0.1.0#run")
    assert core.trace == "init_task 0\ninit_task 1\n"
