"""The caller's side of a call (CanonicalABI.md, `canon lower`, `canon subtask.cancel`, `canon subtask.drop`)."""

from __future__ import annotations

from harness.model.concurrency.at_once import call_at_once
from harness.model.concurrency.calls import ImportedCall
from harness.model.concurrency.component import ComponentInstance
from harness.model.concurrency.handles import call_of, evaluate_all, operands, waitable_handle
from harness.model.concurrency.lifts import exported_task, request_cancellation
from harness.model.concurrency.objects import CallObject
from harness.model.concurrency.store import Store
from harness.model.concurrency.threads import Do, LiftKind, Resolved, Task, Thread
from harness.model.concurrency.waitables import BLOCKED, Subtask, SubtaskState
from harness.model.crossing import Crossing
from harness.model.table import SpecTrap, wrong_kind
from harness.plan.outcomes import TrapClass
from harness.plan.places import OfCall
from harness.script import async_operations as ao
from harness.script import operations as s
from harness.trace import async_events as a


def _crossing(store: Store, inst: ComponentInstance, op: ao.Start | s.Call) -> Crossing:
    crossing = store.crossings.of(inst.role, op.interface, op.name, store.ways)
    if crossing is None or len(op.args) != len(crossing.params):
        raise inst.fail("no_import")
    return crossing


def _enter(store: Store, thread: Thread, crossing: Crossing, values: tuple[s.Value, ...], then: Do) -> None:
    """Control goes to the callee. `then` is called afterwards, with the subtask as its first argument."""
    store.calls += 1
    where = OfCall(store.calls, crossing.imported.canonical)
    call = ImportedCall(thread.task.inst, crossing, values, where)
    call.pop()
    subtask = Subtask(call)
    subtask.task = exported_task(store, crossing, subtask)
    then.args = (subtask, *then.args)
    thread.todo.append(then)
    store.enter(subtask.task, loops=subtask.task.lift is LiftKind.SYNC)


# -- lowered with `async`


def start(store: Store, thread: Thread, op: ao.Start) -> None:
    crossing = _crossing(store, thread.task.inst, op)
    values = evaluate_all(thread.task, op.args)
    if not crossing.lowered_async:
        raise thread.task.inst.fail("async")
    _enter(store, thread, crossing, values, Do(_started, (op.register,)))


def _started(_store: Store, thread: Thread, subtask: Subtask, register: int) -> None:
    inst, call = thread.task.inst, subtask.call
    if subtask.resolved():
        subtask.deliver_resolve()
    else:
        inst.add(subtask)
    inst.show((a.ImportStart(call.crossing.imported.canonical, subtask.state | subtask.index << 4), call.where))
    made = CallObject(call, subtask.index, subtask.state)
    inst.calls.append(made)
    if made.settled:
        _resolve(inst, made)
    inst.store(register, s.StartedCall(len(inst.calls) - 1))


def progress(inst: ComponentInstance, call: CallObject, state: SubtaskState) -> None:
    """An event of the call, or the result of `subtask.cancel`."""
    call.state = state
    if call.settled:
        _resolve(inst, call)


def _resolve(inst: ComponentInstance, call: CallObject) -> None:
    """The interpreter lifts the result, if there is one."""
    if call.state is SubtaskState.RETURNED:
        inst.show((call.call.crossing.events.import_lift, call.call.where))
        call.delivered = call.call.push()


# -- lowered without `async`


def call(store: Store, task: Task, op: s.Call) -> None:
    crossing = _crossing(store, task.inst, op)
    values = operands(store, task, op.args)
    if crossing.lowered_async:
        raise task.inst.fail("async")
    if not (crossing.exported.is_async or store.may_block(crossing.callee, crossing.frame)):
        _take_result(task.inst, op.register, call_at_once(store, task, crossing, values))
    else:
        then = Do(_called, (op.register,), shows=not crossing.imported.is_async)
        _enter(store, task.implicit_thread, crossing, values, then)


def _called(store: Store, thread: Thread, subtask: Subtask, register: int | None) -> None:
    thread.then(_call_returns, subtask, register)
    if not subtask.resolved():
        store.wait_until(thread, Resolved(subtask))


def _call_returns(_store: Store, thread: Thread, subtask: Subtask, register: int | None) -> None:
    inst, call = thread.task.inst, subtask.call
    subtask.deliver_resolve()
    result = call.push()
    inst.show((call.crossing.events.import_return, call.where))
    _take_result(inst, register, result)


def _take_result(inst: ComponentInstance, register: int | None, result: s.Value | None) -> None:
    if register is None:
        return
    if result is None:
        raise inst.fail("result")
    inst.store(register, result)


# -- subtask.cancel, subtask.drop


def cancel_subtask(store: Store, thread: Thread, value: s.Value, asynchronous: bool) -> None:
    inst = thread.task.inst
    known = call_of(inst, value)
    subtask = inst.subtask(waitable_handle(inst, value))
    if subtask.resolve_delivered:
        raise SpecTrap(TrapClass.DELIVERED, also=frozenset({TrapClass.IN_SET} if subtask.wset is not None else ()))
    if subtask.cancellation_requested:
        # wasmtime does not trap here, so it has no message (docs/async.md, F3); it does for a member of a set, which
        # breaks two rules. The class that an engine can tell comes first
        if subtask.wset is not None:
            raise SpecTrap(TrapClass.IN_SET, also=frozenset({TrapClass.OTHER}))
        raise SpecTrap(TrapClass.OTHER)
    if subtask.wset is not None:
        raise SpecTrap(TrapClass.IN_SET)
    if subtask.resolved():
        thread.then(_cancel_resolved, subtask, known)
        return
    subtask.cancellation_requested = True
    thread.todo.append(Do(_cancelled, (subtask, known, asynchronous), shows=asynchronous))
    assert subtask.task is not None
    request_cancellation(store, thread, subtask.task)


def _cancelled(store: Store, thread: Thread, subtask: Subtask, known: CallObject | None, asynchronous: bool) -> None:
    """Control comes back from the callee."""
    if asynchronous and not subtask.resolved():
        thread.task.inst.tell(a.SubtaskCancelled(subtask.index, BLOCKED))
        return
    thread.then(_cancel_resolved, subtask, known)
    if not subtask.resolved():
        # `wait_for_pending_event`, except that an undelivered STARTED does not end the wait
        subtask.has_sync_waiter = True
        store.wait_until(thread, Resolved(subtask))


def _cancel_resolved(_store: Store, thread: Thread, subtask: Subtask, known: CallObject | None) -> None:
    inst = thread.task.inst
    subtask.has_sync_waiter = False
    subtask.get_pending_event()
    inst.tell(a.SubtaskCancelled(subtask.index, subtask.state))
    if known is None:
        raise inst.fail("event")
    progress(inst, known, subtask.state)


def drop_subtask(inst: ComponentInstance, value: s.Value) -> None:
    known, number = call_of(inst, value), waitable_handle(inst, value)
    inst.tell(a.SubtaskDropped(number))
    entry = inst.table.remove(number)
    if not isinstance(entry, Subtask):
        raise wrong_kind()
    entry.drop()
    if known is not None:
        known.handle = 0
