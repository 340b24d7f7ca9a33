"""The callee's side of a call (CanonicalABI.md, `canon lift`, `canon task.return`, `canon task.cancel`)."""

from __future__ import annotations

from harness.model import resource_ops
from harness.model.concurrency.calls import on_cancelled, on_resolve, on_start
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
from harness.model.context import LiftLowerContext
from harness.model.crossing import Crossing
from harness.model.table import SpecTrap
from harness.plan.outcomes import TrapClass
from harness.plan.places import Root
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace import async_events as a
from harness.trace.event import Event
from harness.trace.events import Balance, ResourceDtor

EXIT, YIELD, WAIT = range(3)
"""`CallbackCode`."""


def host_task(store: Store, role: Role, is_run: bool) -> Task:
    lift = LiftKind.SYNC_OF_ASYNC if role in store.abi.blocking_runs else LiftKind.CALLBACK
    task = Task(store.instances[role], lift, s.OnRun() if is_run else None)
    task.implicit_thread.then(enter_implicit_thread)
    return task


def exported_task(store: Store, crossing: Crossing, subtask: Subtask) -> Task:
    lift = LiftKind.SYNC
    if crossing.exported.is_async:
        lift = LiftKind.CALLBACK if crossing.lifted_async else LiftKind.SYNC_OF_ASYNC
    task = Task(store.instances[crossing.callee], lift, crossing.frame, subtask, where=subtask.call.where)
    task.implicit_thread.then(enter_implicit_thread)
    return task


def destructor_task(store: Store, role: Role, canonical: str, rep: int, where: Root) -> Task:
    interface, name = resource_ops.parts_of(canonical)
    task = Task(store.instances[role], LiftKind.SYNC, s.OnDestructor(interface, name), rep=rep, where=where)
    task.implicit_thread.then(enter_implicit_thread)
    return task


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
    task.state = TaskState.STARTED
    inst.show_hooks(_hooks_before(task))
    if task.key is None:
        thread.todo.append(Do(_finish, shows=False))
        condition = LastTask(task)
        if task.lift is LiftKind.CALLBACK:
            inst.exclusive_thread = None
        if condition.holds():
            return
        store.wait_until(thread, condition)
        return
    inst.tasks += 1
    task.number = inst.tasks
    thread.then(_exit_implicit_thread)
    if task.lift is not LiftKind.CALLBACK:
        thread.then(_sync_return)
    args = _arguments(task, task.key)
    frame = inst.next_frame(task.key)
    if frame is not None:
        task.activity = Activity(frame.ops, args, frame.blocking or task.lift is not LiftKind.CALLBACK)
        thread.then(store.guest.run_frame)
    elif not isinstance(task.key, s.OnDestructor):
        raise inst.fail("no_frame")


def _hooks_before(task: Task) -> tuple[Event, ...]:
    hooks = task.inst.hooks
    if isinstance(task.key, s.OnDestructor):
        return hooks.destructor_begins
    return hooks.async_begins if task.lift is LiftKind.CALLBACK else hooks.task_begins


def _arguments(task: Task, key: s.FrameKey) -> tuple[s.Value, ...]:
    inst = task.inst
    if isinstance(key, s.OnDestructor):
        inst.tell(ResourceDtor(inst.world.exports[key.interface].resources[key.name].canonical, task.rep))
        return (s.Number("u32", task.rep),)
    if task.subtask is None:
        return ()
    crossing, where = task.subtask.call.crossing, task.where
    lifted = on_start(task.subtask)
    inst.show((crossing.events.export_start, where))
    cx = LiftLowerContext(inst, task)
    pairs = zip(lifted, crossing.params, strict=True)
    given = tuple([passage.lower(cx, value, (where, passage.step)) for value, passage in pairs])
    if not crossing.lifted_async:
        inst.show((crossing.events.export_call, where))
    return given


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
    if task.subtask is None:
        return a.RunCode(code)
    event = a.ExportAsyncCallback if task.activity.entered else a.ExportAsyncCall
    return event(task.subtask.call.crossing.exported.canonical, code)


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


def task_return(task: Task, value: s.Value | None, args: tuple[s.Value, ...] = ()) -> None:
    """Lift the result, then resolve: `canon task.return`, and the end of a function that is lifted synchronously."""
    lifted = None
    if task.subtask is not None:
        lifted = _lifted_result(task, task.subtask.call.crossing, value, args)
    task.check_return()
    if task.subtask is not None:
        on_resolve(task.subtask, lifted)
    task.state = TaskState.RESOLVED


def _sync_return(_store: Store, thread: Thread) -> None:
    """The core function of a synchronous lift ends."""
    task = thread.task
    value = task.activity.result
    check_result(task, value)
    task_return(task, value, task.activity.args)
    _post_return(task)


def _post_return(task: Task) -> None:
    """The post-return function of a synchronous lift, which those of the interpreter itself lack; then the hooks."""
    hooks = task.inst.hooks
    if task.subtask is not None:
        crossing = task.subtask.call.crossing
        task.inst.show((crossing.events.export_finish, task.where))
    task.inst.show_hooks(hooks.destructor_ends if isinstance(task.key, s.OnDestructor) else hooks.task_ends)


def check_result(task: Task, value: s.Value | None) -> None:
    """The interpreter's own check of whether there is a result."""
    has_result = task.subtask is not None and task.subtask.call.crossing.result is not None
    if value is not None and not has_result:
        raise task.inst.fail("result")
    if value is None and has_result:
        raise task.inst.fail("stack")


def _lifted_result(task: Task, crossing: Crossing, value: s.Value | None, args: tuple[s.Value, ...]) -> s.Value | None:
    """The lifted result. Engines may check the task before they lift."""
    if crossing.result is None or value is None:
        return None
    cx = LiftLowerContext(task.inst, None, args)
    try:
        lifted = crossing.result.lift(cx, value, (task.where, crossing.result.step))
        cx.finish()
    except SpecTrap as trap:
        if trap.cause is TrapClass.INTERPRETER:
            raise
        also = {TrapClass.BORROW_LEFT} if task.num_borrows else set()
        also |= {TrapClass.RESOLVED_TWICE} if task.state is TaskState.RESOLVED else set()
        raise SpecTrap(trap.cause, trap.detail, trap.also | also) from None
    return lifted


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
