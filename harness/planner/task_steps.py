"""The steps of tasks as operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic

from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    CodeStep,
    ExitStep,
    IfCancelledStep,
    ReturnStep,
    TaskStep,
    YieldStep,
)
from harness.plan.steps import CallStep, Step, StepError, V, inner_steps, trap_of
from harness.planner.async_calls import CALL_STATES, add_check, add_start, add_take, add_wait
from harness.planner.carried import Carried
from harness.planner.composition import Composition
from harness.planner.registers import FrameBuilder, Held
from harness.planner.set_steps import SetSteps
from harness.script import async_operations as a
from harness.script import operations as s
from harness.text.nearest import there_are
from harness.values.values import Value
from harness.world.world import Function


@dataclass(eq=False)
class Answering(Generic[V]):
    """A callee's frame, while its steps become operations. `borrowed`: the handles that it drops before it returns."""

    frame: FrameBuilder
    function: Function
    step: CallStep[V]
    borrowed: list[tuple[str, Held]]
    result: Value | None = None
    returned: bool = False


@dataclass(frozen=True)
class Started(Generic[V]):
    """A call that is not waited for. `result`: what its callee returns; `contexts` are dropped at its end."""

    step: CallStep[V]
    function: Function
    result: Value | None
    register: int
    contexts: list[Held] = field(default_factory=list)


class StartedCalls(Generic[V]):
    """The calls of a run that go on by themselves, by name."""

    def __init__(self) -> None:
        self._calls: dict[str, Started[V]] = {}

    def add(self, name: str, started: Started[V]) -> None:
        if name in self._calls:
            raise StepError((*started.step.path, "as"), f"another call has the name ${name}")
        self._calls[name] = started

    def has(self, name: str) -> bool:
        return name in self._calls

    def of(self, step: AwaitStep | CancelStep) -> Started[V]:
        """Raises `StepError`."""
        started = self._calls.get(step.handle)
        if started is None:
            known = [f"${name}" for name in self._calls]
            message = f"there is no call ${step.handle}\n{there_are(f'${step.handle}', known, 'calls')}"
            raise StepError(step.path, message)
        return started


class TaskSteps(Generic[V]):
    """The tasks of a run: calls that go on by themselves, and what callees answer."""

    def __init__(self, composition: Composition, carried: Carried[V], sets: SetSteps[V]) -> None:
        self._composition = composition
        self.started = StartedCalls[V]()
        self._sets = sets
        self._carried = carried
        self._answering: dict[FrameBuilder, Answering[V]] = {}

    def start(
        self,
        frame: FrameBuilder,
        function: Function,
        step: CallStep[V],
        args: tuple[s.Value, ...],
        reads: Sequence[int],
        result: Value | None,
        contexts: list[Held],
    ) -> None:
        """A call that is not waited for."""
        if not function.is_async:
            message = f"{function.canonical} is synchronous: only an asynchronous call can go on by itself"
            raise StepError((*step.path, "as"), message)
        if not self._composition.lowered_async(frame.role, function):
            message = f"{function.canonical} is lowered synchronously: its caller waits for it"
            raise StepError((*step.path, "as"), message)
        if trap_of(step) is not None:
            message = "put the trap of a call that runs in the background at the step during which it happens"
            raise StepError((*step.path, "as"), message)
        assert step.name is not None
        register = add_start(frame, function, args, reads)
        self.started.add(step.name, Started(step, function, result, register, contexts))
        self._carried.names.bind(frame.role, step.name, Held(frame, s.Register(register), register=register), own=True)
        add_check(frame, register, step.status, CALL_STATES)

    def wait_for(self, frame: FrameBuilder, step: AwaitStep) -> None:
        """Wait until a call is resolved; its result."""
        started = self.started.of(step)
        register = add_await(frame, started, step, self._sets)
        for context in started.contexts:
            self._carried.drop(frame, context)
        self._carried.receive(frame, started.function, started.result, register)

    def answer(
        self, frame: FrameBuilder, function: Function, step: CallStep[V], borrowed: list[tuple[str, Held]]
    ) -> Answering[V]:
        """The callee's steps follow."""
        answering = self._answering[frame] = Answering(frame, function, step, borrowed)
        return answering

    def answered(self, answering: Answering[V], end: Callable[[s.Value | None], s.Op]) -> None:
        """The callee's result; `end` makes the operation."""
        frame, function, step = answering.frame, answering.function, answering.step
        given: s.Value | None = None
        reads: list[int] = []
        if function.result is not None:
            if step.result is None:
                if trap_of(step) is None and not may_be_cancelled(step):
                    raise StepError(step.path, f"`result` is missing: {function.canonical} returns a value")
                frame.add(s.Trap())
                return
            answering.result = self._carried.value(step, step.result, ("result",), function.result)
            given = self._carried.given(frame, step, ("result",), answering.result, function.result, reads, None)
        self._drop_borrowed(answering)
        frame.add(end(given), reads)

    def _drop_borrowed(self, answering: Answering[V]) -> None:
        for name, held in answering.borrowed:
            if name not in answering.step.keep:
                self._carried.drop(answering.frame, held)

    def answer_now(self, frame: FrameBuilder, step: ReturnStep | CancelledStep) -> None:
        """The callee returns, or ends without a result, before the end of its frame."""
        answering = self._answering.get(frame)
        if answering is None:
            raise only_in_a_call(step)
        if isinstance(step, ReturnStep):
            if not self._composition.lifted_async(frame.role, answering.function):
                message = f"{answering.function.canonical} is lifted synchronously: it returns when its core call ends"
                raise StepError(step.path, message)
            self.answered(answering, a.TaskReturn)
            answering.returned = True
            return
        self._drop_borrowed(answering)
        frame.add(a.TaskCancel())
        frame.add(a.Exit())


def several_at_once(steps: Sequence[Step[V]]) -> bool:
    """Whether a caller does not wait for some call, or its callee continues after its return."""
    return any(
        (isinstance(step, CallStep) and step.name is not None)
        or (isinstance(step, ReturnStep) and step is not steps[-1])
        or several_at_once(inner_steps(step))
        for step in steps
    )


def add_await(frame: FrameBuilder, started: Started[V], step: AwaitStep, sets: SetSteps[V]) -> int | None:
    """The register of the call's result, if it has one."""
    result = None if started.result is None else frame.owner.new_register()
    if step.set is None:
        add_wait(frame, started.register, result, cancelled=True)
    else:
        sets.add_wait(frame, started.register, step)
        if result is not None:
            add_take(frame, started.register, result)
    add_check(frame, started.register, step.status, CALL_STATES)
    return result


def add_cancel(frame: FrameBuilder, started: Started[V], step: CancelStep) -> None:
    register = started.register
    frame.add(a.SubtaskCancel(s.Register(register), step.asynchronous), [register])
    add_check(frame, register, step.status, CALL_STATES)


def add_simple(frame: FrameBuilder, step: TaskStep[V]) -> bool:
    """The operation of a step that needs nothing but itself; whether it is one."""
    match step:
        case YieldStep(times, in_place):
            frame.add(a.Yield(times, in_place))
        case BackpressureStep(change):
            frame.add(a.Backpressure(change))
        case ExitStep():
            frame.add(a.Exit())
        case CodeStep(code):
            frame.add(a.CallbackCode(code))
        case _:
            return False
    return True


def may_be_cancelled(step: Step[V]) -> bool:
    """Whether a callee may end without a result."""
    return any(isinstance(inner, CancelledStep) or may_be_cancelled(inner) for inner in inner_steps(step))


def only_in_a_call(step: ReturnStep | CancelledStep | ExitStep | IfCancelledStep[V]) -> StepError:
    return StepError(step.path, "only a callee can do this: say it in `during` of a call")
