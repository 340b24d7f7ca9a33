"""The parts of `canon lift` that a call in one step and a call in a thread have in common (CanonicalABI.md)."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model import resource_ops
from harness.model.concurrency.threads import LiftKind, Task, TaskState
from harness.model.context import LiftLowerContext
from harness.model.instance import NO_HOOKS
from harness.model.table import SpecTrap
from harness.plan.outcomes import TrapClass
from harness.script import operations as s
from harness.trace.event import Event
from harness.trace.events import ResourceDtor


def destructor_key(canonical: str) -> s.OnDestructor:
    """The key of a destructor's frames, for the canonical name of its resource."""
    return s.OnDestructor(*resource_ops.parts_of(canonical))


def begin(task: Task) -> None:
    """The task starts. The interpreter counts its tasks, without `finish`."""
    inst = task.inst
    task.state = TaskState.STARTED
    if inst.hooks is not NO_HOOKS:
        inst.show_hooks(_hooks_before(task), task.where)
    if task.key is not None:
        inst.tasks += 1
        task.number = inst.tasks


def _hooks_before(task: Task) -> tuple[Event, ...]:
    hooks = task.inst.hooks
    if isinstance(task.key, s.OnDestructor):
        return hooks.destructor_begins
    return hooks.async_begins if task.lift is LiftKind.CALLBACK else hooks.task_begins


def lower_arguments(task: Task, lifted: Sequence[s.Value]) -> tuple[s.Value, ...]:
    """The arguments as the interpreter gets them: those of a function, the representation for a destructor."""
    crossing, where = task.crossing, task.where
    if crossing is None:
        return _destructor_arguments(task, task.key) if isinstance(task.key, s.OnDestructor) else ()
    task.inst.show((crossing.events.export_start, where))
    cx = LiftLowerContext(task.inst, task)
    pairs = zip(lifted, crossing.params, strict=True)
    given = tuple([passage.lower(cx, value, (where, passage.step)) for value, passage in pairs])
    if not crossing.lifted_async:
        task.inst.show((crossing.events.export_call, where))
    return given


def _destructor_arguments(task: Task, key: s.OnDestructor) -> tuple[s.Value, ...]:
    inst = task.inst
    inst.tell(ResourceDtor(inst.world.exports[key.interface].resources[key.name].canonical, task.rep))
    return (s.Number("u32", task.rep),)


def check_result(task: Task, value: s.Value | None) -> None:
    """The interpreter's own check of whether there is a result."""
    has_result = task.crossing is not None and task.crossing.result is not None
    if value is not None and not has_result:
        raise task.inst.fail("result")
    if value is None and has_result:
        raise task.inst.fail("stack")


def lift_result(task: Task, value: s.Value | None) -> s.Value | None:
    """Lift the result, then check the task (`Task.return_`). Engines may check the task before they lift."""
    lifted = None
    if value is not None and task.crossing is not None and task.crossing.result is not None:
        passage = task.crossing.result
        cx = LiftLowerContext(task.inst, None, task.args)
        try:
            lifted = passage.lift(cx, value, (task.where, passage.step))
            cx.finish()
        except SpecTrap as trap:
            raise _with_checks_of(task, trap) from None
    if task.num_borrows or task.state is TaskState.RESOLVED:
        task.check_return()
    return lifted


def _with_checks_of(task: Task, trap: SpecTrap) -> SpecTrap:
    if trap.cause is TrapClass.INTERPRETER:
        return trap
    also = {TrapClass.BORROW_LEFT} if task.num_borrows else set()
    also |= {TrapClass.RESOLVED_TWICE} if task.state is TaskState.RESOLVED else set()
    return SpecTrap(trap.cause, trap.detail, trap.also | also)


def post_return(task: Task) -> None:
    """The post-return function of a synchronous lift, which those of the interpreter itself lack; then the hooks."""
    inst = task.inst
    if task.crossing is not None:
        inst.show((task.crossing.events.export_finish, task.where))
    if inst.hooks is not NO_HOOKS:
        hooks = inst.hooks.destructor_ends if isinstance(task.key, s.OnDestructor) else inst.hooks.task_ends
        inst.show_hooks(hooks, task.where)
