"""The interpreter's operations on waitable sets, and those that wait (interpreters/ASYNC.md, "Operations").

An operation that waits leaves its next steps in the list of its thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.model.concurrency import lifts
from harness.model.concurrency.component import ComponentInstance
from harness.model.concurrency.handles import call_of, evaluate, handle_of, waitable_handle
from harness.model.concurrency.store import Store
from harness.model.concurrency.threads import Always, HasEvent, Thread
from harness.model.concurrency.waitables import EventCode, WaitableSet
from harness.model.scalars import U32
from harness.model.table import SpecTrap, wrong_kind
from harness.plan.outcomes import TrapClass
from harness.script import async_operations as ao
from harness.script import operations as s
from harness.trace import async_events as a

# -- sets


def _new_set(_store: Store, thread: Thread, op: ao.NewSet) -> None:
    inst = thread.task.inst
    number = inst.table.add(WaitableSet())
    inst.sets += 1
    inst.tell(a.SetNew(number))
    inst.store(op.register, s.NewWaitableSet(number))


def _drop_set(_store: Store, thread: Thread, op: ao.DropSet) -> None:
    inst, number = thread.task.inst, handle_of(thread, op.set)
    inst.tell(a.SetDrop(number))
    entry = inst.table.remove(number)
    if not isinstance(entry, WaitableSet):
        raise wrong_kind()
    entry.drop()
    inst.sets -= 1


def _join(_store: Store, thread: Thread, op: ao.Join) -> None:
    inst, waitable = thread.task.inst, handle_of(thread, op.waitable)
    wset = 0 if op.set is None else handle_of(thread, op.set)
    inst.tell(a.Joined(waitable, wset))
    found = inst.waitable(waitable)
    if found.has_sync_waiter:
        raise SpecTrap(TrapClass.IN_SET)
    found.join(inst.waitable_set(wset) if wset else None)


def _poll(store: Store, thread: Thread, op: ao.Poll) -> None:
    wset = thread.task.inst.waitable_set(handle_of(thread, op.set))
    if wset.has_pending_event():
        thread.then(store.guest.deliver)
        store.deliver_one_of(thread, wset)
    else:
        store.guest.deliver(store, thread, (EventCode.NONE, 0, 0))


# -- waits


def _wait(store: Store, thread: Thread, op: ao.Wait) -> None:
    _wait_for_event(store, thread, handle_of(thread, op.set))


def _wait_for_event(store: Store, thread: Thread, set: int) -> None:
    """`canon waitable-set.wait`, or the callback code WAIT."""
    if not thread.task.activity.blocking:
        lifts.core_call_ends(store, thread, (lifts.WAIT | set << 4) & U32)
        return
    wset = thread.task.inst.waitable_set(set)
    wset.num_waiting += 1
    thread.then(_waited_in_place, wset)
    store.wait_until(thread, HasEvent(wset))


def _waited_in_place(store: Store, thread: Thread, wset: WaitableSet) -> None:
    wset.num_waiting -= 1
    thread.then(store.guest.deliver)
    store.deliver_one_of(thread, wset)


def _await(store: Store, thread: Thread, op: ao.Await) -> None:
    _await_settled(store, thread, evaluate(thread, op.waitable), handle_of(thread, op.set))


def _await_settled(store: Store, thread: Thread, value: s.Value, set: int) -> None:
    if thread.task.activity.cancelled or _is_settled(thread.task.inst, value):
        return
    thread.then(_await_settled, value, set)
    _wait_for_event(store, thread, set)


def _is_settled(inst: ComponentInstance, value: s.Value) -> bool:
    found = call_of(inst, value) or inst.ends.get(waitable_handle(inst, value))
    return found is None or found.settled


def _yield(store: Store, thread: Thread, op: ao.Yield) -> None:
    _yield_times(store, thread, op.times, op.in_place or thread.task.activity.blocking)


def _yield_times(store: Store, thread: Thread, times: int, in_place: bool) -> None:
    if not times:
        return
    thread.then(_yield_times, times - 1, in_place)
    if in_place:
        thread.then(_yielded_in_place)
        store.wait_until(thread, Always())
    else:
        lifts.core_call_ends(store, thread, lifts.YIELD)


def _yielded_in_place(_store: Store, thread: Thread) -> None:
    thread.task.inst.tell(a.Yielded(int(thread.cancelled)))


OPERATIONS: dict[type, Callable[[Store, Thread, Any], None]] = {
    ao.NewSet: _new_set,
    ao.Join: _join,
    ao.DropSet: _drop_set,
    ao.Wait: _wait,
    ao.Poll: _poll,
    ao.Await: _await,
    ao.Yield: _yield,
}
