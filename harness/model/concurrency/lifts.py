"""The callee's side of a call (CanonicalABI.md, `canon lift`, `canon task.return`, `canon task.cancel`)."""

from __future__ import annotations

from harness.model.concurrency.at_once import destroy_at_once, host_calls_at_once
from harness.model.concurrency.calls import on_cancelled, on_resolve, on_start
from harness.model.concurrency.lift_parts import (
    begin,
    check_result,
    destructor_key,
    lift_result,
    lower_arguments,
    post_return,
)
from harness.model.concurrency.observed import Left
from harness.model.concurrency.store import Store
from harness.model.concurrency.threads import (
    Activity,
    Condition,
    Do,
    Enterable,
    EventLoop,
    LiftKind,
    Possibility,
    Task,
    TaskState,
    Thread,
)
from harness.model.concurrency.waitables import EventCode, EventTuple, Subtask, WaitableSet
from harness.model.crossing import Crossing
from harness.model.table import ResourceHandle, SpecTrap
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace import async_events as a
from harness.trace.events import Balance

EXIT, YIELD, WAIT = range(3)
"""`CallbackCode`."""


def host_calls(store: Store, role: Role, is_run: bool) -> Task:
    """The host calls `run` or `finish`, which are synchronous functions in a synchronous world."""
    inst, key = store.instances[role], s.OnRun() if is_run else None
    if not store.asynchronous:
        return host_calls_at_once(store, Task(inst, LiftKind.SYNC, key))
    task = Task(inst, LiftKind.SYNC_OF_ASYNC if role in store.abi.blocking_runs else LiftKind.CALLBACK, key)
    task.implicit_thread.then(enter_implicit_thread)
    store.enter(task)
    return task


def exported_task(store: Store, crossing: Crossing, subtask: Subtask) -> Task:
    task = Task(store.instances[crossing.callee], _lift_of(crossing), crossing.frame, crossing, subtask.call.where)
    task.subtask = subtask
    task.implicit_thread.then(enter_implicit_thread)
    return task


def _lift_of(crossing: Crossing) -> LiftKind:
    if not crossing.exported.is_async:
        return LiftKind.SYNC
    return LiftKind.CALLBACK if crossing.lifted_async else LiftKind.SYNC_OF_ASYNC


def destroy(store: Store, dropper: Task, handle: ResourceHandle) -> None:
    """Call the destructor (`canon resource.drop`)."""
    inst, key = store.instances[handle.rt.implementor], destructor_key(handle.rt.canonical)
    task = Task(inst, LiftKind.SYNC, key, where=inst.where)
    task.rep = handle.rep
    if not store.asynchronous:
        store.destroyed.append((handle.rt, handle.rep))
    if store.may_block(inst.role, key):
        task.implicit_thread.then(enter_implicit_thread)
        store.enter(task, loops=True)
    else:
        destroy_at_once(store, dropper, task, key)


# -- the beginning


def enter_implicit_thread(store: Store, thread: Thread) -> None:
    task, inst = thread.task, thread.task.inst
    if task.is_async and (task.has_backpressure() or inst.num_waiting_to_enter > 0):
        inst.num_waiting_to_enter += 1
        thread.todo.append(Do(_entered, shows=task.key is not None))
        store.wait_until(thread, Enterable(task), cancellable=True)
    else:
        _start(store, thread)


def _entered(store: Store, thread: Thread) -> None:
    thread.task.inst.num_waiting_to_enter -= 1
    if thread.cancelled:
        cancel(thread.task)
    else:
        _start(store, thread)


def _start(store: Store, thread: Thread) -> None:
    task, inst = thread.task, thread.task.inst
    if task.is_async:
        inst.exclusive_thread = thread
    inst.threads.append(thread)
    begin(task)
    if task.key is None:
        thread.todo.append(Do(_finish, shows=False))
        condition = LastTask(task)
        if task.lift is LiftKind.CALLBACK:
            inst.exclusive_thread = None
        if condition.holds():
            return
        store.wait_until(thread, condition)
        return
    thread.then(_exit_implicit_thread)
    if task.lift is not LiftKind.CALLBACK:
        thread.then(_sync_return)
    task.args = lower_arguments(task, () if task.subtask is None else on_start(task.subtask))
    frame = inst.next_frame(task.key)
    if frame is not None:
        task.activity = Activity(frame.ops, frame.blocking or task.lift is not LiftKind.CALLBACK)
        thread.then(store.guest.run_frame)
    elif not isinstance(task.key, s.OnDestructor):
        raise inst.fail("no_frame")


# -- core calls and callbacks


def core_call_ends(store: Store, thread: Thread, code: int) -> None:
    """The core function, or the callback, returns this code to `canon lift`."""
    task, inst = thread.task, thread.task.inst
    inst.tell(_code_event(task, code))
    inst.show_hooks(inst.hooks.async_waits if code else inst.hooks.async_ends)
    task.activity.entered = True
    if code & 15 == EXIT:
        # the frame does not continue; the last step, which ends the task, stays
        del thread.todo[1:]
        return
    if code & 15 > WAIT:
        raise SpecTrap(TrapClass.CALLBACK_CODE)
    inst.exclusive_thread = None
    if code & 15 == YIELD:
        thread.then(_yielded)
        store.wait_until(thread, EventLoop(task), cancellable=True)
    else:
        wset = inst.waitable_set(code >> 4)
        wset.num_waiting += 1
        thread.then(_waited, wset)
        store.wait_until(thread, EventLoop(task, wset), cancellable=True)


def _code_event(task: Task, code: int) -> a.RunCode | a.ExportAsyncCall | a.ExportAsyncCallback:
    if task.crossing is None:
        return a.RunCode(code)
    event = a.ExportAsyncCallback if task.activity.entered else a.ExportAsyncCall
    return event(task.crossing.exported.canonical, code)


def _yielded(store: Store, thread: Thread) -> None:
    code = EventCode.TASK_CANCELLED if _is_cancelled(thread) else EventCode.NONE
    _callback(store, thread, (code, 0, 0))


def _waited(store: Store, thread: Thread, wset: WaitableSet) -> None:
    wset.num_waiting -= 1
    if _is_cancelled(thread):
        _callback(store, thread, (EventCode.TASK_CANCELLED, 0, 0))
    else:
        thread.then(_callback)
        store.deliver_one_of(thread, wset)


def _is_cancelled(thread: Thread) -> bool:
    return thread.cancelled or thread.task.deliver_pending_cancel()


def _callback(store: Store, thread: Thread, event: EventTuple) -> None:
    inst = thread.task.inst
    inst.exclusive_thread = thread
    inst.show_hooks(inst.hooks.callback_begins)
    store.guest.deliver(store, thread, event)


# -- the answer


def task_return(task: Task, value: s.Value | None) -> None:
    """Lift the result, then resolve: `canon task.return`, and the end of a function that is lifted synchronously."""
    lifted = lift_result(task, value)
    if task.subtask is not None:
        on_resolve(task.subtask, lifted)
    task.state = TaskState.RESOLVED


def _sync_return(_store: Store, thread: Thread) -> None:
    """The core function of a synchronous lift ends."""
    task = thread.task
    value = task.result
    check_result(task, value)
    task_return(task, value)
    post_return(task)


def cancel(task: Task) -> None:
    """`Task.cancel`."""
    task.check_cancel()
    if task.subtask is not None:
        on_cancelled(task.subtask)
    task.state = TaskState.RESOLVED


def request_cancellation(store: Store, caller: Thread, task: Task) -> None:
    """`Task.request_cancellation`. A task that waits to start gets the cancellation, and one in the event loop of a
    callback lift.

    The specification leaves open whether a task that is ready anyway gets it at once (PR 716, 723, 726).
    """
    thread = task.implicit_thread
    now = Possibility(_cancel_now, (thread,), thread.expected())
    later = Possibility(_cancel_later, (task,), caller.expected())
    if task.state is TaskState.INITIAL:
        options = [now]
    elif thread.condition is None or not thread.cancellable or task.inst.exclusive_thread is not None:
        options = [later]
    else:
        options = [now, later] if thread.ready() else [now]
    store.choose_from(options)


def _cancel_now(store: Store, thread: Thread) -> None:
    thread.task.state = TaskState.CANCEL_DELIVERED
    store.resume(thread, cancelled=True)


def _cancel_later(_store: Store, task: Task) -> None:
    task.state = TaskState.PENDING_CANCEL


def _exit_implicit_thread(_store: Store, thread: Thread) -> None:
    task, inst = thread.task, thread.task.inst
    inst.threads.remove(thread)
    if task.state is not TaskState.RESOLVED:
        raise SpecTrap(TrapClass.NO_RESULT)
    if task.is_async:
        inst.exclusive_thread = None


# -- finish


class LastTask(Condition):
    """All other started tasks of the instance have ended."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def holds(self) -> bool:
        inst, thread = self.task.inst, self.task.implicit_thread
        return inst.exclusive_thread in (None, thread) and inst.threads == [thread]


def _finish(store: Store, thread: Thread) -> None:
    task, inst = thread.task, thread.task.inst
    inst.threads.remove(thread)
    counts = (len(inst.threads), inst.calls_unresolved(), inst.copies_under_way(), inst.sets)
    whole = not any(counts)
    frames = inst.frames_left()
    balance = Balance(0, 0, 0, 0, frames) if whole else None
    store.left[inst.role] = Left(a.AsyncBalance(*counts), balance, tuple(inst.late))
    if task.lift is not LiftKind.CALLBACK:
        inst.show_hooks(inst.hooks.task_ends)
    task.state = TaskState.RESOLVED
    if inst.exclusive_thread is thread:
        inst.exclusive_thread = None
