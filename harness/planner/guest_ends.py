"""The steps of a case with ends of streams and futures, done by the driver and the provider around an interpreter that
is not ours."""

from __future__ import annotations

from dataclasses import replace

from harness.plan.async_steps import EndsStep, EndStep, TakeStep, WriteStep
from harness.plan.roles import Role
from harness.plan.steps import StepError
from harness.planner.composition import Composition
from harness.planner.ends import Ends
from harness.planner.guest_role import NoRole, value_in_role
from harness.script.encoding import handles
from harness.values.values import HandleName, Invalid, Value
from harness.world import types as t


class GuestEnds:
    """The ends that the driver and the provider have, and the values of steps with them."""

    def __init__(self, composition: Composition) -> None:
        self._ends = Ends(composition)

    def learn(self, role: Role, value: Value, type: t.Type) -> None:
        """A component receives a value."""
        if isinstance(value, Invalid):
            return
        for _, found, held in handles(value, type):
            if isinstance(held, HandleName):
                self._ends.learn(role, held.name, found)

    def step(self, role: Role, step: EndStep[str]) -> EndStep[Value]:
        """The step as `role` does it. Raises `NoRole`."""
        try:
            return self._step(role, step)
        except StepError as error:
            raise NoRole(f"its steps have no meaning there: {error}") from error

    def _step(self, role: Role, step: EndStep[str]) -> EndStep[Value]:
        match step:
            case EndsStep():
                # of the two sides of the subject, each of the others sees one
                here = replace(step, exported=None)
                _, type = self._ends.place(role, here)
                self._ends.learn(role, step.readable, type)
                self._ends.learn(role, step.writable, type)
                return here
            case WriteStep():
                values = self._values(role, step)
                return WriteStep(step.handle, values, step.offered, step.status, step.trap, step.by, step.path)
            case TakeStep():
                values = self._values(role, step)
                payload = self._payload(role, step)
                for value in values:
                    self.learn(role, value, payload)
                return TakeStep(step.handle, values, step.by, step.path)
        return step

    def _payload(self, role: Role, step: WriteStep[str] | TakeStep[str]) -> t.Type:
        payload = self._ends.payload(role, step.handle) if self._ends.has(role, step.handle) else None
        if payload is None:
            raise StepError(step.path, f"${step.handle} is no end of the {role.value} that carries values")
        return payload

    def _values(self, role: Role, step: WriteStep[str] | TakeStep[str]) -> tuple[Value, ...]:
        if not step.values:
            return ()
        payload = self._payload(role, step)
        return tuple([value_in_role(text, payload) for text in step.values])
