"""Steps of tasks in words."""

from __future__ import annotations

from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    EndsStep,
    IfCancelledStep,
    ReadStep,
    ReturnStep,
    StopStep,
    TakeStep,
    TaskStep,
    WriteStep,
    YieldStep,
)
from harness.plan.roles import Role
from harness.script.async_operations import State


def task_step_words(role: Role, step: TaskStep[str]) -> str:
    """The action of `role`, in words."""
    who = f"the {role.value}"
    match step:
        case YieldStep(times, in_place):
            often = "once" if times == 1 else f"{times} times"
            return f"{who} lets other tasks run, {often}" + (", and keeps its instance" if in_place else "")
        case AwaitStep(name, status):
            return f"{who} waits for ${name}{state_words(status)}"
        case CancelStep(name, asynchronous, status):
            waits = "does not wait" if asynchronous else "waits"
            return f"{who} asks for the cancellation of ${name} and {waits} for the answer{state_words(status)}"
        case ReturnStep():
            return f"{who} returns its result here"
        case CancelledStep():
            return f"{who} ends without a result"
        case IfCancelledStep():
            return "if it was told that it is cancelled:"
        case BackpressureStep(change):
            return f"{who} starts " + ("no more calls" if change > 0 else "calls again")
        case EndsStep(readable, writable, type):
            return f"{who} makes the ends ${readable} and ${writable} of a {type}"
        case ReadStep(name, count, status):
            return f"{who} reads up to {count} from ${name}{state_words(status)}"
        case WriteStep(name, values, offered, status):
            given = f"{who} writes [{', '.join(values)}] to ${name}"
            return given + ("" if offered is None else f" and offers {offered}") + state_words(status)
        case TakeStep(name, values):
            return f"{who} takes [{', '.join(values)}] from ${name}"
        case StopStep(name, status):
            return f"{who} cancels the copy of ${name}{state_words(status)}"


def state_words(status: State | None) -> str:
    return "" if status is None else f": {status.value}"
