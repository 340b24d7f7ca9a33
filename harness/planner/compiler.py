"""Lowers steps to interpreters' operations. Only this module, and those of tasks and ends below it, know them.

Registers are named by the handles in them and live from a handle's creation or arrival to its last use
(`registers.py`). A callee takes an argument apart when it needs a part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic

from harness.model.resource_ops import parts_of
from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    CodeStep,
    EndsStep,
    ExitStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    StopStep,
    TakeStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, ErrorContextStep, MessageStep, NewStep, RepStep, Step, StepError, V
from harness.planner.async_calls import add_call
from harness.planner.carried import Carried
from harness.planner.composition import Composition
from harness.planner.end_steps import EndSteps
from harness.planner.named import import_of, resource_of
from harness.planner.registers import FrameBuilder, Held, ScriptBuilder
from harness.planner.set_steps import SetSteps
from harness.planner.task_steps import TaskSteps, add_cancel, add_simple, only_in_a_call, several_at_once
from harness.script import operations as s
from harness.script.async_operations import DropEnd, IfCancelled, SubtaskDrop
from harness.text.counted import counted
from harness.text.nearest import there_are
from harness.values.values import Value
from harness.world import types as t
from harness.world.world import Function


def _have_destructors(steps: Sequence[Step[V]]) -> bool:
    """Whether some drop lists the destructor's actions."""
    return any(
        isinstance(step, CallStep | DropStep)
        and (_have_destructors(step.during) or (isinstance(step, DropStep) and bool(step.during)))
        for step in steps
    )


class Compiler(Generic[V]):
    """Lowers the steps of one run. `read` returns the value of a `V`; it may raise `WaveError`.

    After `compile`: the components in the order in which they are entered, the component that does each step, and the
    calls in the order in which they are made.
    """

    def __init__(self, composition: Composition, lists: s.Lists, read: Callable[[V, t.Type], Value]) -> None:
        self.entries: list[Role] = []
        self.actors: list[Role] = []
        self.calls: list[tuple[Function, CallStep[V]]] = []
        self._composition = composition
        self._lists = lists
        self._carried = Carried(composition, lists, read)
        self.names = self._carried.names
        self._ends = self._carried.ends
        self._sets = SetSteps(self._carried)
        self._end_steps = EndSteps(self._carried, self._sets)
        self._tasks = TaskSteps(composition, self._carried, self._sets)
        self._scripts = {role: ScriptBuilder(role) for role in composition.worlds}
        self._have_destructors = False

    def compile(self, steps: Sequence[Step[V]], eager: bool = False) -> dict[Role, s.Script]:
        """Raises `StepError`, and `OutOfRegisters`."""
        self._have_destructors = _have_destructors(steps)
        together = self._composition.asynchronous and several_at_once(steps)
        for script in self._scripts.values():
            script.together = together
        frame: FrameBuilder | None = None
        for step in steps:
            role = self._actor(step, frame)
            self.actors.append(role)
            if frame is None or frame.role is not role:
                frame = self._scripts[role].frame(s.OnRun())
                self.entries.append(role)
            self._step(frame, step)
        eager = eager or self._composition.asynchronous
        return {role: script.build(eager, self._lists) for role, script in self._scripts.items()}

    def _actor(self, step: Step[V], frame: FrameBuilder | None) -> Role:
        """The component in whose `run` a step happens."""
        if step.by is not None:
            if step.by not in self._composition.worlds:
                why = "exports" if step.by is Role.DRIVER else "imports"
                raise StepError((*step.path, "by"), f"the world has no {step.by.value}: it {why} nothing")
            return step.by
        match step:
            case CallStep():
                raise AssertionError("a call of a run says who makes it")
            case NewStep() | ErrorContextStep():
                return Role.SUBJECT
            case EndsStep() | SetStep():
                return Role.SUBJECT if frame is None else frame.role
            case YieldStep() | BackpressureStep() | CodeStep():
                if frame is None:
                    raise StepError(step.path, "say which component does this, with `by`")
                return frame.role
            case ReturnStep() | CancelledStep() | ExitStep() | IfCancelledStep():
                raise only_in_a_call(step)
            case JoinStep(handle=handle) | WaitStep(handle=handle) if handle.startswith("!") and frame is not None:
                return frame.role
            case DropStep(stale=True) if frame is not None:
                return frame.role
            case _:
                holder = self.names.holder(step.handle)
                if holder is None:
                    known = [f"${name}" for name in self.names.owners]
                    message = f"there is no handle ${step.handle} yet\n{there_are(f'${step.handle}', known, 'handles')}"
                    raise StepError(step.path, message)
                if holder is Role.PROVIDER:
                    message = f"the provider holds ${step.handle}: say what it does with it in `during` of a call"
                    raise StepError(step.path, message)
                return holder

    def _step(self, frame: FrameBuilder, step: Step[V]) -> None:
        reads: list[int] = []
        match step:
            case CallStep():
                self._call(frame, step)
            case DropStep() if self._ends.has(frame.role, step.handle):
                frame.add(DropEnd(self._carried.handle(frame, step.handle, step, reads)), reads)
            case DropStep() if self._sets.has(frame.role, step.handle):
                self._sets.add_drop(frame, step)
            case DropStep() if self._tasks.started.has(step.handle):
                frame.add(SubtaskDrop(self._carried.handle(frame, step.handle, step, reads)), reads)
            case DropStep():
                frame.add(s.Drop(self._carried.handle(frame, step.handle, step, reads)), reads)
                self._destroy(frame.role, step)
            case NewStep():
                self._carried.new(frame, resource_of(self._composition, frame.role, step), step.handle, step.rep)
            case RepStep():
                register = frame.owner.new_register()
                frame.add(s.Rep(register, self._carried.handle(frame, step.handle, step, reads)), reads, register)
            case ErrorContextStep():
                self.names.bind(frame.role, step.handle, self._carried.error_context(frame, step.message), own=True)
            case MessageStep():
                register = frame.owner.new_register()
                context = self._carried.handle(frame, step.handle, step, reads)
                frame.add(s.ErrorContextMessage(register, context), reads, register)
            case EndsStep() | ReadStep() | WriteStep() | TakeStep() | StopStep():
                self._end_steps.add(frame, step)
            case SetStep() | JoinStep() | WaitStep():
                self._sets.add(frame, step)
            case AwaitStep() if self._ends.has(frame.role, step.handle):
                self._end_steps.add_await(frame, step)
            case AwaitStep():
                self._tasks.wait_for(frame, step)
            case CancelStep():
                add_cancel(frame, self._tasks.started.of(step), step)
            case ReturnStep() | CancelledStep():
                self._tasks.answer_now(frame, step)
            case IfCancelledStep():
                with frame.under(IfCancelled):
                    self._during(frame, step.steps)
            case _:
                add_simple(frame, step)

    def _during(self, frame: FrameBuilder, steps: Sequence[Step[V]]) -> None:
        for step in steps:
            if step.by is not None and step.by is not frame.role:
                raise StepError((*step.path, "by"), f"only the {frame.role.value} can act here")
            self._step(frame, step)

    def _destroy(self, role: Role, step: DropStep[V]) -> None:
        """The destructor's frame. If one destructor does something, all have frames, because frames are used in
        order."""
        resource = self.names.made.get(step.handle)
        # what a component gave away and can drop is there again: its call was cancelled before it started
        has = step.stale or self.names.holds(role, step.handle)
        if resource is None or not has or step.trap is not None:
            if step.during:
                raise StepError((*step.path, "during"), f"dropping ${step.handle} here destroys nothing")
            return
        if self._have_destructors:
            frame = self._scripts[resource.implementor].frame(s.OnDestructor(*parts_of(resource.canonical)))
            self._during(frame, step.during)

    def _call(self, frame: FrameBuilder, step: CallStep[V]) -> None:
        function = import_of(self._composition, frame.role, step)
        if len(step.args) != len(function.params):
            message = f"{function.canonical} takes {counted(len(function.params), 'argument')}, not {len(step.args)}"
            raise StepError((*step.path, "args"), message)
        callee, exported = self._composition.links.callee(frame.role, function.interface, function.name)
        contexts: list[Held] = []
        reads: list[int] = []
        values, args = self._carried.arguments(step, function.params, frame, reads, contexts)
        self.calls.append((function, step))
        result = self._answer(callee, exported, step, values)
        if step.name is not None:
            self._tasks.start(frame, function, step, args, reads, result, contexts)
            return
        register = frame.owner.new_register() if function.result is not None else None
        if self._composition.lowered_async(frame.role, function):
            add_call(frame, function, args, reads, register)
        else:
            frame.add(s.Call(function.interface, function.name, register, args), reads, register)
        for context in contexts:
            self._carried.drop(frame, context)
        self._carried.receive(frame, function, result, register)

    def _answer(self, role: Role, function: Function, step: CallStep[V], args: list[Value]) -> Value | None:
        """The callee's frame; what it returns."""
        frame = self._scripts[role].frame(s.OnExport(function.interface, function.name))
        borrowed: list[tuple[str, Held]] = []
        for index, (value, param) in enumerate(zip(args, function.params, strict=True)):
            if param.type.holds_handles:
                borrowed += self._carried.bind(frame, s.Argument(index), value, param.type)
        answering = self._tasks.answer(frame, function, step, borrowed)
        self._during(frame, step.during)
        if function.result is None and step.result is not None:
            raise StepError((*step.path, "result"), f"{function.canonical} returns nothing")
        if not answering.returned:
            self._tasks.answered(answering, s.Return)
        return answering.result
