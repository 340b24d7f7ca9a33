"""Calls that cannot block: `canon lower` around `canon lift` of a synchronous function, in one step.

Control goes straight to the callee and back (CanonicalABI.md, `canon_lower`, `canon_lift`). So the arguments are lifted
while they are popped, and the result is pushed while it is lowered. In a synchronous world every call is of this kind,
also those of the host: its only schedule needs neither a waiting thread nor a choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.concurrency.lift_parts import (
    begin,
    check_result,
    lift_result,
    lower_arguments,
    post_return,
)
from harness.model.concurrency.store import Store
from harness.model.concurrency.threads import LiftKind, Task, TaskState
from harness.model.context import LiftLowerContext
from harness.model.crossing import Crossing
from harness.model.table import Subtask, Unpredictable
from harness.plan.places import OfCall
from harness.script import operations as s


def call_at_once(store: Store, caller: Task, crossing: Crossing, values: Sequence[s.Value]) -> s.Value | None:
    """Returns the result, as the caller's interpreter gets it."""
    inst = caller.inst
    store.calls += 1
    where = OfCall(store.calls, crossing.imported.canonical)
    inst.show((crossing.events.import_call, where))
    subtask = Subtask()
    cx = LiftLowerContext(inst, subtask, caller.args)
    pairs = zip(values, crossing.params, strict=True)
    lifted = [passage.lift(cx, value, (where, passage.step)) for value, passage in pairs]
    cx.finish()
    if store.asynchronous:
        store.collect(caller)
    task = Task(store.instances[crossing.callee], LiftKind.SYNC, crossing.frame, crossing=crossing, where=where)
    result = _run(store, task, crossing.frame, lifted)
    given = None
    if crossing.result is not None:
        given = crossing.result.lower(LiftLowerContext(inst, None), result, (where, crossing.result.step))
    subtask.deliver_resolve()
    inst.show((crossing.events.import_return, where))
    return given


def destroy_at_once(store: Store, dropper: Task, task: Task, key: s.OnDestructor) -> None:
    """Call a destructor, which is an export of the component that defines the resource (`canon resource.drop`)."""
    if store.asynchronous:
        store.collect(dropper)
    _run(store, task, key, ())


def host_calls_at_once(store: Store, task: Task) -> Task:
    """What follows the last event of `finish` never leaves."""
    if task.key is None:
        begin(task)
        task.state = TaskState.RESOLVED
    else:
        _run(store, task, task.key, ())
    return task


def _run(store: Store, task: Task, key: s.FrameKey, lifted: Sequence[s.Value]) -> s.Value | None:
    """`canon lift`: lower the arguments, run the frame, lift the result, call post-return."""
    inst = task.inst
    inst.where = task.where
    try:
        begin(task)
        task.args = lower_arguments(task, lifted)
        frame = inst.next_frame(key)
        if frame is not None:
            operations = store.guest.at_once
            for op in frame.ops:
                operation = operations.get(op.__class__)
                if operation is None:
                    raise Unpredictable(f"{op.__class__.__name__} is an operation for asynchronous worlds")
                operation(store, task, op)
                if op.__class__ is s.Return:
                    break
        elif not isinstance(key, s.OnDestructor):
            raise inst.fail("no_frame")
        check_result(task, task.result)
        result = lift_result(task, task.result)
        task.state = TaskState.RESOLVED
        post_return(task)
    finally:
        if store.asynchronous:
            store.collect(task)
    return result
