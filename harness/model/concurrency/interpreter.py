"""The interpreter: its operations, and how it applies events (interpreters/ASYNC.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from harness.model import resource_ops
from harness.model.concurrency import end_operations as ends
from harness.model.concurrency import lifts, waiting
from harness.model.concurrency.handles import call_of, evaluate, evaluate_all, operands, waitable_handle
from harness.model.concurrency.lift_parts import check_result
from harness.model.concurrency.lowers import call, cancel_subtask, drop_subtask, progress, start
from harness.model.concurrency.store import Guest, Store
from harness.model.concurrency.threads import Activity, LiftKind, Task, Thread
from harness.model.concurrency.waitables import EventCode, EventTuple, SubtaskState
from harness.model.table import SpecTrap
from harness.plan.outcomes import TrapClass
from harness.script import async_operations as ao
from harness.script import operations as s
from harness.trace import async_events as a


def run_frame(store: Store, thread: Thread) -> None:
    """Execute the next operation of the task's frame."""
    activity = thread.task.activity
    if activity.position >= len(activity.ops):
        _end_of_frame(store, thread)
        return
    op = activity.ops[activity.position]
    activity.position += 1
    thread.then(run_frame)
    operation = _AT_ONCE.get(op.__class__)
    if operation is None:
        _OPERATIONS[op.__class__](store, thread, op)
    else:
        operation(store, thread.task, op)
        if op.__class__ is s.Return:
            _skip_all(activity)


def _end_of_frame(store: Store, thread: Thread) -> None:
    task = thread.task
    if task.lift is not LiftKind.CALLBACK:
        return
    if task.crossing is None and not task.activity.answered:
        _answer(task, None)
    lifts.core_call_ends(store, thread, lifts.EXIT)


def deliver(_store: Store, thread: Thread, event: EventTuple) -> None:
    """The task gets an event, and the interpreter applies it to the object in it."""
    code, handle, payload = event
    inst = thread.task.inst
    inst.tell(a.Delivered(code, handle, payload))
    if code is EventCode.TASK_CANCELLED:
        thread.task.activity.cancelled = True
    elif code is EventCode.SUBTASK:
        found = call_of(inst, s.Handle(handle))
        if found is None:
            raise inst.fail("event")
        progress(inst, found, SubtaskState(payload))
    elif code is not EventCode.NONE:
        ends.end_event(inst, code, handle, payload)


# -- values


def _set(_store: Store, task: Task, op: s.Set) -> None:
    task.inst.store(op.register, task.inst.evaluate(op.value, task.args))


def _pick(_store: Store, task: Task, op: s.Pick) -> None:
    task.inst.store(op.register, task.inst.part(task.inst.evaluate(op.value, task.args), op.path))


def _got(_store: Store, thread: Thread, op: ao.Got) -> None:
    """The script takes the value out of the object."""
    inst, value = thread.task.inst, evaluate(thread, op.source)
    found = call_of(inst, value) or inst.ends.get(waitable_handle(inst, value))
    if found is None or not found.settled or found.delivered is None:
        raise inst.fail("state")
    inst.store(op.register, found.delivered)
    found.delivered = None


# -- calls


def _cancel(store: Store, thread: Thread, op: ao.SubtaskCancel) -> None:
    cancel_subtask(store, thread, evaluate(thread, op.call), op.asynchronous)


def _drop_call(_store: Store, thread: Thread, op: ao.SubtaskDrop) -> None:
    drop_subtask(thread.task.inst, evaluate(thread, op.call))


# -- the task


def _return(_store: Store, thread: Thread, op: ao.TaskReturn) -> None:
    _answer(thread.task, None if op.value is None else evaluate(thread, op.value))


def _answer(task: Task, value: s.Value | None) -> None:
    """`task.return`, where the function may call it."""
    task.activity.answered = True
    if task.lift is not LiftKind.CALLBACK:
        raise task.inst.fail("async")
    check_result(task, value)
    if task.crossing is None:
        task.inst.tell(a.RunReturned())
    else:
        task.inst.tell(a.TaskReturned(task.crossing.exported.canonical))
    lifts.task_return(task, value)


def _ret(store: Store, task: Task, op: s.Return) -> None:
    """The last operation of the frame."""
    value = None if op.value is None else operands(store, task, (op.value,))[0]
    if task.lift is LiftKind.CALLBACK:
        _answer(task, value)
    else:
        task.result = value


def _cancelled(_store: Store, thread: Thread, _op: ao.TaskCancel) -> None:
    task = thread.task
    task.activity.answered = True
    task.inst.tell(a.TaskCancelled())
    if task.lift is not LiftKind.CALLBACK:
        raise SpecTrap(TrapClass.NOT_CANCELLED, also=frozenset({TrapClass.TASK_RETURN}))
    lifts.cancel(task)


def _exit(_store: Store, thread: Thread, _op: ao.Exit) -> None:
    _skip_all(thread.task.activity)


def _skip_all(activity: Activity) -> None:
    activity.position = len(activity.ops)


def _code(store: Store, thread: Thread, op: ao.CallbackCode) -> None:
    if thread.task.lift is not LiftKind.CALLBACK:
        raise thread.task.inst.fail("async")
    lifts.core_call_ends(store, thread, op.code)


def _backpressure(_store: Store, thread: Thread, op: ao.Backpressure) -> None:
    inst = thread.task.inst
    inst.tell(a.BackpressureChanged(op.change))
    inst.backpressure += op.change
    if not 0 <= inst.backpressure < 1 << 16:
        raise SpecTrap(TrapClass.BACKPRESSURE)


def _if(_store: Store, thread: Thread, op: ao.If) -> None:
    inst, value = thread.task.inst, evaluate(thread, op.object)
    found = call_of(inst, value) or inst.ends.get(waitable_handle(inst, value))
    if not (op.state is ao.State.IDLE if found is None else found.has_state(op.state)):
        thread.task.activity.position += op.count


def _if_cancelled(_store: Store, thread: Thread, op: ao.IfCancelled) -> None:
    if not thread.task.activity.cancelled:
        thread.task.activity.position += op.count


# -- handles


def _handle_op(store: Store, task: Task, op: s.HandleOp) -> None:
    owned = resource_ops.perform(task.inst, op, task.args)
    if owned is not None:
        lifts.destroy(store, task, owned)


def _trap(_store: Store, task: Task, _op: s.Trap) -> None:
    raise task.inst.fail("script_trap")


# -- ends


def _new_ends(store: Store, thread: Thread, op: ao.NewEnds) -> None:
    ends.new_ends(store, thread.task.inst, op)


def _read(_store: Store, thread: Thread, op: ao.Read) -> None:
    ends.read(thread.task.inst, evaluate(thread, op.end), op.count)


def _write(_store: Store, thread: Thread, op: ao.Write) -> None:
    offered = len(op.values) if op.offered is None else op.offered
    ends.write(thread.task.inst, evaluate(thread, op.end), offered, evaluate_all(thread.task, op.values))


def _cancel_copy(_store: Store, thread: Thread, op: ao.CancelCopy) -> None:
    ends.cancel(thread.task.inst, evaluate(thread, op.end))


def _drop_end(_store: Store, thread: Thread, op: ao.DropEnd) -> None:
    ends.drop(thread.task.inst, evaluate(thread, op.end))


_AT_ONCE: dict[type, Callable[[Store, Task, Any], None]] = {
    s.Set: _set,
    s.Pick: _pick,
    s.Call: call,
    s.Return: _ret,
    s.Trap: _trap,
    **dict.fromkeys(get_args(s.HandleOp), _handle_op),
}
"""The operations of synchronous worlds. They never block if the frames that they reach do not."""

_OPERATIONS: dict[type, Callable[[Store, Thread, Any], None]] = {
    ao.Start: start,
    ao.Got: _got,
    ao.TaskReturn: _return,
    ao.TaskCancel: _cancelled,
    ao.Exit: _exit,
    ao.CallbackCode: _code,
    ao.SubtaskCancel: _cancel,
    ao.SubtaskDrop: _drop_call,
    ao.NewEnds: _new_ends,
    ao.Read: _read,
    ao.Write: _write,
    ao.CancelCopy: _cancel_copy,
    ao.DropEnd: _drop_end,
    ao.Backpressure: _backpressure,
    ao.If: _if,
    ao.IfCancelled: _if_cancelled,
    **waiting.OPERATIONS,
}

GUEST = Guest(lifts.host_calls, run_frame, _AT_ONCE, deliver)
