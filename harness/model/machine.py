"""The abstract machine: runs the scripts of all components under the rules of the Canonical ABI.

It follows `canon lift`, `canon lower` and `canon resource.*` of CanonicalABI.md for synchronous calls; wit_dylib.h
defines the order of interface calls. It knows no toolchain: worlds, wires and scripts are its input, expected events
its output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.model import resource_ops
from harness.model.context import LiftLowerContext, Unpredictable
from harness.model.crossing import Crossing, Crossings
from harness.model.instance import Instance
from harness.model.table import ResourceHandle, ResourceIdentity, SpecTrap, Subtask, Task
from harness.plan.events import Events
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.places import OfCall, Root
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace.events import ResourceDtor

__all__ = ["ModelRun", "Unpredictable", "run_model"]


@dataclass(frozen=True)
class ModelRun:
    """The expected events of every component, with renamed handles (`harness.trace.handles`)."""

    expected: dict[Role, Events]
    outcome: ExpectedOutcome
    destroyed: tuple[tuple[ResourceIdentity, int], ...] = ()
    """The resources whose destructors ran, in order, with their representations."""


def run_model(crossings: Crossings, scripts: Mapping[Role, s.Script], entries: Sequence[Role]) -> ModelRun:
    """Run a script for each component; raise `Unpredictable` where the specification leaves the outcome open."""
    machine = _Machine(crossings, scripts)
    outcome = ExpectedOutcome()
    try:
        for role in entries:
            machine.enter(role)
        machine.check_all_used()
        machine.finish()
    except SpecTrap as trap:
        outcome = ExpectedOutcome(trap.cause, trap.detail, trap.also)
        machine.forget_unflushed()
    expected = {role: instance.expected() for role, instance in machine.instances.items()}
    return ModelRun(expected, outcome, tuple(machine.destroyed))


class _Machine:
    def __init__(self, crossings: Crossings, scripts: Mapping[Role, s.Script]) -> None:
        self._crossings = crossings
        self._ways = frozenset([(role, script.lists) for role, script in scripts.items()])
        self.instances = {role: crossings.instance(role, script.frames) for role, script in scripts.items()}
        self._calls = 0
        self._entered: set[Role] = set()
        self.destroyed: list[tuple[ResourceIdentity, int]] = []

    def enter(self, role: Role) -> None:
        """The host calls `run` of a component."""
        instance = self.instances[role]
        frame = instance.next_frame(s.OnRun())
        if frame is None:
            raise instance.fail("no_frame")
        self._entered.add(role)
        instance.show_hooks(instance.hooks.task_begins)
        self._execute(instance, frame, (), Task())
        instance.show_hooks(instance.hooks.task_ends)
        self._entered.discard(role)

    def finish(self) -> None:
        """The host calls `finish` of each component. Events after the last event of `finish` itself never leave."""
        for instance in self.instances.values():
            instance.show_hooks(instance.hooks.task_begins)

    def check_all_used(self) -> None:
        """Unused frames mean that script and run contradict each other."""
        for instance in self.instances.values():
            unused = instance.unused_frames()
            if unused:
                raise Unpredictable(f"nothing calls {len(unused)} frames of the {instance.role.value}: {unused[0]}")

    def forget_unflushed(self) -> None:
        for instance in self.instances.values():
            instance.forget_unflushed()

    def _execute(self, instance: Instance, frame: s.Frame, args: tuple[s.Value, ...], task: Task) -> s.Value | None:
        """Run the operations of a frame; returns the value of its `ret`, without evaluating it."""
        for op in frame.ops:
            match op:
                case s.Call():
                    result = self._call(instance, op, args)
                    if op.register is not None and result is not None:
                        instance.store(op.register, result)
                case s.Return(value):
                    return value
                case s.Set(register, value):
                    instance.store(register, instance.evaluate(value, args))
                case s.Pick(register, value, path):
                    instance.store(register, instance.part(instance.evaluate(value, args), path))
                case s.Trap():
                    raise instance.fail("script_trap")
                case _ if isinstance(op, s.HandleOp):
                    owned = resource_ops.perform(instance, op, args)
                    if owned is not None:
                        self._destroy(instance, owned)
                case _:
                    raise Unpredictable(f"{type(op).__name__} is an operation for asynchronous worlds")
        return None

    def _call(self, caller: Instance, op: s.Call, args: tuple[s.Value, ...]) -> s.Value | None:
        """Call an imported function: `canon lower` around `canon lift`. `args`: the arguments of the caller's frame."""
        crossing = self._crossings.of(caller.role, op.interface, op.name, self._ways)
        if crossing is None or len(op.args) != len(crossing.params):
            raise caller.fail("no_import")
        callee = self.instances[crossing.callee]
        self._calls += 1
        where = OfCall(self._calls, crossing.imported.canonical)
        caller.show((crossing.events.import_call, where))
        subtask = Subtask()
        cx = LiftLowerContext(caller, subtask, args)
        lifted = [
            passage.lift(cx, value, (where, passage.step))
            for value, passage in zip(op.args, crossing.params, strict=True)
        ]
        cx.finish()
        result = self._export(callee, crossing, lifted, where)
        given = None
        if crossing.result is not None:
            cx = LiftLowerContext(caller, None)
            given = crossing.result.lower(cx, result, (where, crossing.result.step))
        subtask.deliver_resolve()
        caller.show((crossing.events.import_return, where))
        return given

    def _export(self, callee: Instance, crossing: Crossing, args: list[s.Value], where: Root) -> s.Value | None:
        """`canon lift`: lowers the parameters, runs the frame, lifts the result, calls post-return."""
        if callee.role in self._entered:
            raise SpecTrap(TrapClass.CANNOT_ENTER)
        self._entered.add(callee.role)
        task = Task()
        callee.show_hooks(callee.hooks.task_begins, where)
        callee.show((crossing.events.export_start, where))
        callee.where = where
        cx = LiftLowerContext(callee, task)
        pairs = zip(args, crossing.params, strict=True)
        given = tuple([passage.lower(cx, value, (where, passage.step)) for value, passage in pairs])
        callee.show((crossing.events.export_call, where))
        frame = callee.next_frame(crossing.frame)
        if frame is None:
            raise callee.fail("no_frame")
        value = self._execute(callee, frame, given, task)
        result = self._checked_result(callee, crossing, value, given, where, task)
        if task.num_borrows:
            raise SpecTrap(TrapClass.BORROW_LEFT)
        callee.show((crossing.events.export_finish, where))
        callee.show_hooks(callee.hooks.task_ends, where)
        self._entered.discard(callee.role)
        return result

    def _checked_result(
        self,
        callee: Instance,
        crossing: Crossing,
        value: s.Value | None,
        args: tuple[s.Value, ...],
        where: Root,
        task: Task,
    ) -> s.Value | None:
        """The lifted result. The specification lifts it before it counts borrows; engines may count first."""
        if crossing.result is None:
            return None
        if value is None:
            raise callee.fail("stack")
        cx = LiftLowerContext(callee, None, args)
        try:
            lifted = crossing.result.lift(cx, value, (where, crossing.result.step))
            cx.finish()
        except SpecTrap as trap:
            if task.num_borrows and trap.cause is not TrapClass.INTERPRETER:
                raise SpecTrap(trap.cause, trap.detail, trap.also | {TrapClass.BORROW_LEFT}) from None
            raise
        return lifted

    def _destroy(self, dropper: Instance, handle: ResourceHandle) -> None:
        """Call the destructor as an export of the component that defines the resource (`canon resource.drop`)."""
        implementor = self.instances[handle.rt.implementor]
        if implementor is not dropper and implementor.role in self._entered:
            raise SpecTrap(TrapClass.CANNOT_ENTER)
        outer = implementor.role in self._entered
        self.destroyed.append((handle.rt, handle.rep))
        self._entered.add(implementor.role)
        implementor.show_hooks(implementor.hooks.destructor_begins, implementor.where)
        implementor.tell(ResourceDtor(handle.rt.canonical, handle.rep))
        interface, name = resource_ops.parts_of(handle.rt.canonical)
        frame = implementor.next_frame(s.OnDestructor(interface, name))
        if frame is not None:
            self._execute(implementor, frame, (), Task())
        implementor.show_hooks(implementor.hooks.destructor_ends, implementor.where)
        if not outer:
            self._entered.discard(implementor.role)
