"""The steps of tasks in a case file: read from their tables and written as them; their JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    CodeStep,
    EndsStep,
    EndStep,
    ExitStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetsStep,
    SetStep,
    StopStep,
    TakeStep,
    TaskStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import Step, StepPath
from harness.script.async_operations import State
from harness.text.json_schema import Schema, text

STARTED = (State.STARTING, State.STARTED, State.RETURNED)
"""The states of a call that its caller may get at once."""
RESOLVED = (State.RETURNED, State.CANCELLED)
_CANCEL = (State.STARTED, *RESOLVED)
COPIED = (State.COPYING, State.COMPLETED, State.DROPPED, State.CANCELLED)
"""The states of an end after an operation: its copy is in progress, or the result of the copy."""

ReadSteps = Callable[[Sequence[dict[str, Any]], StepPath], "tuple[Step[str], ...]"]


def read_task_step(
    row: dict[str, Any], path: StepPath, by: Role | None, trap: TrapClass | None, steps: ReadSteps
) -> TaskStep[str] | None:
    """The step of a table; None for another kind of step. `steps` reads those inside."""
    status = status_of(row)
    if "yield" in row:
        return YieldStep(row["yield"], row.get("in-place", False), trap, by, path)
    if "await" in row:
        return AwaitStep(_name(row["await"]), status, trap, by, path, _name(row["set"]) if "set" in row else None)
    if "cancel" in row:
        return CancelStep(row["cancel"].removeprefix("$"), row.get("async", False), status, trap, by, path)
    if "return" in row:
        return ReturnStep(trap, by, path)
    if "cancelled" in row:
        return CancelledStep(trap, by, path)
    if "if-cancelled" in row:
        return IfCancelledStep(steps(row["if-cancelled"], (*path, "if-cancelled")), by, path)
    if "backpressure" in row:
        return BackpressureStep(row["backpressure"], trap, by, path)
    if "exit" in row:
        return ExitStep(trap, by, path)
    if "code" in row:
        return CodeStep(row["code"], trap, by, path)
    return _read_set_step(row, path, by, trap) or _read_end_step(row, path, by, trap)


def _read_set_step(row: dict[str, Any], path: StepPath, by: Role | None, trap: TrapClass | None) -> SetsStep | None:
    if "waitable-set" in row:
        return SetStep(_name(row["waitable-set"]), by, path)
    if "join" in row:
        return JoinStep(_name(row["join"]), _name(row["set"]), trap, by, path)
    if "leave" in row:
        return JoinStep(_name(row["leave"]), None, trap, by, path)
    if "wait" in row:
        return WaitStep(_name(row["wait"]), False, trap, by, path)
    if "poll" in row:
        return WaitStep(_name(row["poll"]), True, trap, by, path)
    return None


def _name(handle: str) -> str:
    return handle.removeprefix("$")


def _read_end_step(row: dict[str, Any], path: StepPath, by: Role | None, trap: TrapClass | None) -> EndStep[str] | None:
    status, values = status_of(row), tuple(row.get("values", ()))
    if "ends" in row:
        readable, writable = (name.removeprefix("$") for name in row["ends"])
        return EndsStep(readable, writable, row["type"], row.get("exported"), by, path)
    if "read" in row:
        return ReadStep(_name(row["read"]), row.get("count", 1), status, trap, by, path, row.get("times", 1))
    if "write" in row:
        return WriteStep(row["write"].removeprefix("$"), values, row.get("offer"), status, trap, by, path)
    if "take" in row:
        return TakeStep(row["take"].removeprefix("$"), values, by, path)
    if "stop" in row:
        return StopStep(row["stop"].removeprefix("$"), status, trap, by, path)
    return None


def status_of(row: dict[str, Any]) -> State | None:
    return State(row["status"]) if "status" in row else None


def status_pair(status: State | None) -> list[tuple[str, str]]:
    return [] if status is None else [("status", f'"{status.value}"')]


def task_step_pairs(
    step: TaskStep[str],
    handle: Callable[[str], str],
    array: Callable[[Sequence[Step[str]]], str],
    texts: Callable[[Sequence[str]], str],
) -> list[tuple[str, str]]:
    """The keys of a step in a case file, without `by` and `trap`. `array` writes the steps inside, `texts` texts."""

    def waitable(name: str) -> str:
        return texts([name])[1:-1] if name.startswith("!") else handle(name)

    match step:
        case YieldStep(times, in_place):
            return [("yield", str(times)), *([("in-place", "true")] if in_place else [])]
        case AwaitStep(name, status, set=set):
            return [("await", handle(name)), *([] if set is None else [("set", handle(set))]), *status_pair(status)]
        case CancelStep(name, asynchronous, status):
            later = [("async", "true")] if asynchronous else []
            return [("cancel", handle(name)), *later, *status_pair(status)]
        case ReturnStep():
            return [("return", "true")]
        case CancelledStep():
            return [("cancelled", "true")]
        case IfCancelledStep(steps):
            return [("if-cancelled", array(steps))]
        case BackpressureStep(change):
            return [("backpressure", str(change))]
        case ExitStep():
            return [("exit", "true")]
        case CodeStep(code):
            return [("code", str(code))]
        case SetStep(name):
            return [("waitable-set", handle(name))]
        case JoinStep(name, set):
            word = "leave" if set is None else "join"
            return [(word, waitable(name)), *([] if set is None else [("set", waitable(set))])]
        case WaitStep(name, poll):
            return [("poll" if poll else "wait", waitable(name))]
        case EndsStep(readable, writable, type, exported):
            side = [] if exported is None else [("exported", "true" if exported else "false")]
            return [("ends", f"[{handle(readable)}, {handle(writable)}]"), ("type", texts([type])[1:-1]), *side]
        case ReadStep(name, count, status, times=times):
            numbers = [(key, str(number)) for key, number in (("count", count), ("times", times)) if number != 1]
            return [("read", handle(name)), *numbers, *status_pair(status)]
        case WriteStep(name, values, offered, status):
            given = [("values", texts(values))] if values else []
            offer = [] if offered is None else [("offer", str(offered))]
            return [("write", handle(name)), *given, *offer, *status_pair(status)]
        case TakeStep(name, values):
            return [("take", handle(name)), ("values", texts(values))]
        case StopStep(name, status):
            return [("stop", handle(name)), *status_pair(status)]


def _kind(required: str, by: Schema, trap: Schema | None, properties: dict[str, Any]) -> Schema:
    every = {**properties, "by": by, **({} if trap is None else {"trap": trap})}
    return {"type": "object", "required": [required], "properties": every, "additionalProperties": False}


def status_schema(states: Sequence[State], description: str) -> Schema:
    return {"enum": [state.value for state in states], "description": description}


def task_step_schemas(handle: str, by: Schema, trap: Schema, inner: Schema) -> list[Schema]:
    """`handle`: the pattern of a name; `inner`: the schema of a step inside."""
    true = {"const": True}
    raw = rf"{handle}|^!.+$"
    status = status_schema(COPIED, "The end behind it: its copy is under way, or how it ended.")
    return [
        _kind("yield", by, trap, {
            "yield": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Let others go on, this often."},
            "in-place": {"type": "boolean", "description": "Nothing else enters the component meanwhile."},
        }),
        _kind("await", by, trap, {
            "await": text("Wait until this call is resolved, take its result and drop it; or until this end's copy is "
                          "over.", pattern=handle),
            "set": text("Wait by events of this set, which has it, and drop nothing.", pattern=handle),
            "status": status_schema((State.RETURNED, *COPIED[1:]), "How it is resolved, or how the copy ended."),
        }),
        _kind("cancel", by, trap, {
            "cancel": text("Ask for the cancellation of this call, and wait for the answer.", pattern=handle),
            "async": {"type": "boolean", "description": "Do not wait for the answer."},
            "status": status_schema(_CANCEL, "The state of the call behind it."),
        }),
        _kind("return", by, trap, {"return": {**true, "description": "The callee returns its result here."}}),
        _kind("cancelled", by, trap, {"cancelled": {**true, "description": "The callee ends without a result."}}),
        _kind("if-cancelled", by, None, {
            "if-cancelled": {
                "type": "array", "minItems": 1, "items": inner,
                "description": "The actions of the callee if it got the event that it is cancelled.",
            },
        }),
        _kind("backpressure", by, trap, {
            "backpressure": {"enum": [1, -1], "description": "One reason more, or one less, to start no calls here."},
        }),
        _kind("exit", by, trap, {"exit": {**true, "description": "The callee's task ends here."}}),
        _kind("code", by, trap, {
            "code": {
                "type": "integer", "minimum": 0, "maximum": 2**32 - 1,
                "description": "The core function, or its callback, returns this callback code.",
            },
        }),
        _kind("waitable-set", by, None, {"waitable-set": text("The name of a new waitable set.", pattern=handle)}),
        {**_kind("join", by, trap, {
            "join": text("This call or end becomes a member of the set.", pattern=raw),
            "set": text("The set.", pattern=raw),
        }), "dependentRequired": {"join": ["set"]}},
        _kind("leave", by, trap, {"leave": text("This call or end leaves its set.", pattern=raw)}),
        _kind("wait", by, trap, {"wait": text("Wait for one event of this set.", pattern=raw)}),
        _kind("poll", by, trap, {"poll": text("Take an event of this set, if there is one.", pattern=raw)}),
        {**_kind("ends", by, None, {
            "ends": {
                "type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string", "pattern": handle},
                "description": "The names of a new readable and a new writable end.",
            },
            "type": text("Their type, as in a trace: `stream<u8>`, `a:b/c#name`."),
            "exported": {"type": "boolean", "description": "The type as an exported function has it, or an imported."},
        }), "required": ["ends", "type"]},
        _kind("read", by, trap, {
            "read": text("Read from this readable end.", pattern=handle),
            "count": {"type": "integer", "minimum": 0, "maximum": 2**28, "description": "So many elements; else 1."},
            "times": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "So many reads; else 1."},
            "status": status,
        }),
        _kind("write", by, trap, {
            "write": text("Write to this writable end.", pattern=handle),
            "values": {"type": "array", "items": {"type": "string"}, "description": "The elements, as arguments."},
            "offer": {"type": "integer", "minimum": 0, "maximum": 2**28, "description": "More or fewer than these."},
            "status": status,
        }),
        {**_kind("take", by, None, {
            "take": text("Take what this end has read.", pattern=handle),
            "values": {"type": "array", "items": {"type": "string"}, "description": "The elements, with handles."},
        }), "required": ["take", "values"]},
        _kind("stop", by, trap, {"stop": text("Cancel the copy of this end.", pattern=handle), "status": status}),
    ]  # fmt: skip
