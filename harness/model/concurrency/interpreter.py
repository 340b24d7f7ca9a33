"""The interpreter: its operations, and how it applies events (interpreters/ASYNC.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.model import resource_ops
from harness.model.concurrency import end_operations as ends
from harness.model.concurrency import lifts, waiting
from harness.model.concurrency.handles import call_of, evaluate, waitable_handle
from harness.model.concurrency.lowers import call, cancel_subtask, drop_subtask, progress, start
from harness.model.concurrency.store import Guest, Store
from harness.model.concurrency.threads import Activity, LiftKind, Thread
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
    if isinstance(op, s.HandleOp):
        _handle_op(store, thread, op)
    else:
        _OPERATIONS[op.__class__](store, thread, op)


def _end_of_frame(store: Store, thread: Thread) -> None:
    task = thread.task
    if task.lift is not LiftKind.CALLBACK:
        return
    if task.subtask is None and not task.activity.answered:
        _answer(thread, None)
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


GUEST = Guest(lifts.host_task, run_frame, deliver)


# -- values


def _set(_store: Store, thread: Thread, op: s.Set) -> None:
    thread.task.inst.store(op.register, evaluate(thread, op.value))


def _pick(_store: Store, thread: Thread, op: s.Pick) -> None:
    inst = thread.task.inst
    inst.store(op.register, inst.part(evaluate(thread, op.value), op.path))


def _got(_store: Store, thread: Thread, op: ao.Got) -> None:
    """The script takes the value out of the object."""
    inst, value = thread.task.inst, evaluate(thread, op.source)
    found = call_of(inst, value) or inst.ends.get(waitable_handle(inst, value))
    if found is None or not found.settled or found.delivered is None:
        raise inst.fail("state")
    inst.store(op.register, found.delivered)
    found.delivered = None


# -- calls


def _start(store: Store, thread: Thread, op: ao.Start) -> None:
    start(store, thread, op.interface, op.name, op.register, _values(thread, op.args))


def _call(store: Store, thread: Thread, op: s.Call) -> None:
    call(store, thread, op.interface, op.name, op.register, _values(thread, op.args))


def _values(thread: Thread, values: tuple[s.Value, ...]) -> tuple[s.Value, ...]:
    return tuple([evaluate(thread, value) for value in values])


def _cancel(store: Store, thread: Thread, op: ao.SubtaskCancel) -> None:
    cancel_subtask(store, thread, evaluate(thread, op.call), op.asynchronous)


def _drop_call(_store: Store, thread: Thread, op: ao.SubtaskDrop) -> None:
    drop_subtask(thread.task.inst, evaluate(thread, op.call))


# -- the task


def _return(_store: Store, thread: Thread, op: ao.TaskReturn) -> None:
    _answer(thread, None if op.value is None else evaluate(thread, op.value))


def _answer(thread: Thread, value: s.Value | None) -> None:
    """`task.return`, where the function may call it."""
    task = thread.task
    task.activity.answered = True
    if task.lift is not LiftKind.CALLBACK:
        raise task.inst.fail("async")
    lifts.check_result(task, value)
    if task.subtask is None:
        task.inst.tell(a.RunReturned())
    else:
        task.inst.tell(a.TaskReturned(task.subtask.call.crossing.exported.canonical))
    lifts.task_return(task, value)


def _ret(_store: Store, thread: Thread, op: s.Return) -> None:
    value = None if op.value is None else evaluate(thread, op.value)
    if thread.task.lift is LiftKind.CALLBACK:
        _answer(thread, value)
    else:
        thread.task.activity.result = value
    _skip_all(thread.task.activity)


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


def _handle_op(store: Store, thread: Thread, op: s.HandleOp) -> None:
    inst = thread.task.inst
    owned = resource_ops.perform(inst, op, thread.task.activity.args)
    if owned is not None:
        task = lifts.destructor_task(store, owned.rt.implementor, owned.rt.canonical, owned.rep, inst.where)
        store.enter(task, loops=True)


def _trap(_store: Store, thread: Thread, _op: s.Trap) -> None:
    raise thread.task.inst.fail("script_trap")


# -- ends


def _new_ends(store: Store, thread: Thread, op: ao.NewEnds) -> None:
    ends.new_ends(store, thread.task.inst, op)


def _read(_store: Store, thread: Thread, op: ao.Read) -> None:
    ends.read(thread.task.inst, evaluate(thread, op.end), op.count)


def _write(_store: Store, thread: Thread, op: ao.Write) -> None:
    offered = len(op.values) if op.offered is None else op.offered
    ends.write(thread.task.inst, evaluate(thread, op.end), offered, _values(thread, op.values))


def _cancel_copy(_store: Store, thread: Thread, op: ao.CancelCopy) -> None:
    ends.cancel(thread.task.inst, evaluate(thread, op.end))


def _drop_end(_store: Store, thread: Thread, op: ao.DropEnd) -> None:
    ends.drop(thread.task.inst, evaluate(thread, op.end))


_OPERATIONS: dict[type, Callable[[Store, Thread, Any], None]] = {
    s.Set: _set,
    s.Pick: _pick,
    s.Call: _call,
    s.Return: _ret,
    s.Trap: _trap,
    ao.Start: _start,
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
