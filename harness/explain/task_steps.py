"""Steps of tasks in words."""

from __future__ import annotations

from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    CodeStep,
    EndsStep,
    ExitStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    StopStep,
    TakeStep,
    TaskStep,
    WaitStep,
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
        case AwaitStep(name, status, set=set):
            return f"{who} waits for ${name}{_in_set(set)}{state_words(status)}"
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
        case ExitStep():
            return f"{who} ends its task here"
        case CodeStep(code):
            return f"{who} ends its core call with the callback code {code}"
        case SetStep(name):
            return f"{who} makes the waitable set ${name}"
        case JoinStep(name, None):
            return f"{who} takes {_named(name)} out of its waitable set"
        case JoinStep(name, set):
            return f"{who} puts {_named(name)} into the waitable set {_named(set or '')}"
        case WaitStep(name, poll):
            waits = "asks for an event" if poll else "waits for an event"
            return f"{who} {waits} of the waitable set {_named(name)}"
        case EndsStep(readable, writable, type):
            return f"{who} makes the ends ${readable} and ${writable} of a {type}"
        case ReadStep(name, count, status, times=times):
            often = "" if times == 1 else f", {times} times"
            return f"{who} reads up to {count} from ${name}{often}{state_words(status)}"
        case WriteStep(name, values, offered, status):
            given = f"{who} writes [{', '.join(values)}] to ${name}"
            return given + ("" if offered is None else f" and offers {offered}") + state_words(status)
        case TakeStep(name, values):
            return f"{who} takes [{', '.join(values)}] from ${name}"
        case StopStep(name, status):
            return f"{who} cancels the copy of ${name}{state_words(status)}"


def _in_set(set: str | None) -> str:
    return "" if set is None else f" by events of the waitable set ${set}"


def _named(text: str) -> str:
    """A handle by its name, or as the interpreter's script has it."""
    return text[1:] if text.startswith("!") else f"${text}"


def state_words(status: State | None) -> str:
    return "" if status is None else f": {status.value}"
