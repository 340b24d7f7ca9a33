"""The objects behind handles in values."""

from __future__ import annotations

from harness.model.concurrency.component import ComponentInstance
from harness.model.concurrency.objects import CallObject
from harness.model.concurrency.store import Store
from harness.model.concurrency.threads import Task, Thread
from harness.model.scalars import U32
from harness.script import operations as s


def waitable_handle(inst: ComponentInstance, value: s.Value) -> int:
    """The handle in a value: of a call, an end or a set, or a bare number."""
    match value:
        case s.StartedCall(number):
            return inst.calls[number].handle
        case s.End(_, number) | s.NewWaitableSet(number) | s.BareEnd(_, number):
            return number & U32
        case s.Handle(number, None):
            return number & U32
    raise inst.fail("handle")


def call_of(inst: ComponentInstance, value: s.Value) -> CallObject | None:
    """The call in a value, also behind a bare handle; None if there is none."""
    match value:
        case s.StartedCall(number):
            return inst.calls[number]
        case s.Handle(number, None) if number:
            return next((call for call in inst.calls if call.handle == number), None)
    return None


def evaluate(thread: Thread, value: s.Value) -> s.Value:
    """A value of an operation, with the contents of registers and arguments."""
    return thread.task.inst.evaluate(value, thread.task.args)


def evaluate_all(task: Task, values: tuple[s.Value, ...]) -> tuple[s.Value, ...]:
    inst, args = task.inst, task.args
    return tuple([inst.evaluate(value, args) for value in values])


def operands(store: Store, task: Task, values: tuple[s.Value, ...]) -> tuple[s.Value, ...]:
    """Values that are lifted at once, if the run is synchronous: then the lift finds what their registers and arguments
    contain. In an asynchronous run a register may be empty, and the interpreter looks before it pops the first value.
    """
    return evaluate_all(task, values) if store.asynchronous else values


def handle_of(thread: Thread, value: s.Value) -> int:
    """The handle in a value of an operation."""
    return waitable_handle(thread.task.inst, evaluate(thread, value))
