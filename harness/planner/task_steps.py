"""The steps of tasks as operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic

from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    IfCancelledStep,
    ReturnStep,
    TaskStep,
    YieldStep,
)
from harness.plan.steps import CallStep, Step, StepError, V, inner_steps
from harness.planner.async_calls import CALL_STATES, add_check, add_wait
from harness.planner.registers import Frame, Held
from harness.script import async_operations as a
from harness.script import operations as s
from harness.text.nearest import there_are
from harness.values.values import Value
from harness.world.world import Function


@dataclass(eq=False)
class Answering(Generic[V]):
    """A callee's frame, while its steps become operations. `borrowed`: the handles that it drops before it returns."""

    frame: Frame
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


def several_at_once(steps: Sequence[Step[V]]) -> bool:
    """Whether some call is not waited for."""
    return any(
        (isinstance(step, CallStep) and step.name is not None) or several_at_once(inner_steps(step)) for step in steps
    )


def add_await(frame: Frame, started: Started[V], step: AwaitStep) -> int | None:
    """The register of the call's result, if it has one."""
    result = None if started.result is None else frame.owner.new_register()
    add_wait(frame, started.register, result, cancelled=True)
    add_check(frame, started.register, step.status, CALL_STATES)
    return result


def add_cancel(frame: Frame, started: Started[V], step: CancelStep) -> None:
    register = started.register
    frame.add(a.SubtaskCancel(s.Register(register), step.asynchronous), [register])
    add_check(frame, register, step.status, CALL_STATES)


def add_simple(frame: Frame, step: TaskStep[V]) -> bool:
    """The operation of a step that needs nothing but itself; whether it is one."""
    match step:
        case YieldStep(times, in_place):
            frame.add(a.Yield(times, in_place))
        case BackpressureStep(change):
            frame.add(a.Backpressure(change))
        case _:
            return False
    return True


def may_be_cancelled(step: Step[V]) -> bool:
    """Whether a callee may end without a result."""
    return any(isinstance(inner, CancelledStep) or may_be_cancelled(inner) for inner in inner_steps(step))


def only_in_a_call(step: ReturnStep | CancelledStep | IfCancelledStep[V]) -> StepError:
    return StepError(step.path, "only a callee can do this: say it in `during` of a call")
