"""The steps with waitable sets as operations."""

from __future__ import annotations

from typing import Generic

from harness.plan.async_steps import AwaitStep, JoinStep, SetsStep, SetStep, WaitStep
from harness.plan.roles import Role
from harness.plan.steps import DropStep, StepError, V
from harness.planner.carried import Carried
from harness.planner.registers import FrameBuilder, Held
from harness.script import async_operations as a
from harness.script import operations as s
from harness.script.parser import ScriptValueError, parse_value


class SetSteps(Generic[V]):
    """The waitable sets of components, by name."""

    def __init__(self, carried: Carried[V]) -> None:
        self._carried = carried
        self._known: set[tuple[Role, str]] = set()

    def has(self, role: Role, name: str) -> bool:
        return (role, name) in self._known

    def add(self, frame: FrameBuilder, step: SetsStep) -> None:
        """The operation of a step. Raises `StepError`."""
        reads: list[int] = []
        match step:
            case SetStep(handle):
                register = frame.owner.new_register()
                frame.add(a.NewSet(register), writes=register)
                held = Held(frame, s.Register(register), register=register)
                self._carried.names.bind(frame.role, handle, held, own=True)
                self._known.add((frame.role, handle))
            case JoinStep(handle, set):
                waitable = self._value(frame, handle, step, reads)
                frame.add(a.Join(waitable, None if set is None else self._set(frame, set, step, reads)), reads)
            case WaitStep(handle, poll):
                waitables = self._set(frame, handle, step, reads)
                frame.add(a.Poll(waitables) if poll else a.Wait(waitables), reads)

    def add_drop(self, frame: FrameBuilder, step: DropStep[V]) -> None:
        reads: list[int] = []
        frame.add(a.DropSet(self._set(frame, step.handle, step, reads)), reads)

    def add_wait(self, frame: FrameBuilder, object: int, step: AwaitStep) -> None:
        """Wait for events of the step's set until the object in a register is settled."""
        assert step.set is not None
        reads = [object]
        frame.add(a.Await(s.Register(object), self._set(frame, step.set, step, reads)), reads)

    def _set(
        self, frame: FrameBuilder, text: str, step: JoinStep | WaitStep | AwaitStep | DropStep[V], reads: list[int]
    ) -> s.Value:
        value = self._value(frame, text, step, reads)
        if not text.startswith("!") and not self.has(frame.role, text):
            raise StepError(step.path, f"${text} is no waitable set of the {frame.role.value}")
        return value

    def _value(
        self, frame: FrameBuilder, text: str, step: JoinStep | WaitStep | AwaitStep | DropStep[V], reads: list[int]
    ) -> s.Value:
        if not text.startswith("!"):
            return self._carried.handle(frame, text, step, reads)
        try:
            return parse_value(text[1:], lambda name: self._carried.handle(frame, name, step, reads))
        except ScriptValueError as error:
            raise StepError(step.path, str(error)) from error
