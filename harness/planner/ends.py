"""Ends of streams and futures that components have, with their types."""

from __future__ import annotations

from harness.plan.async_steps import EndsStep
from harness.plan.roles import Role
from harness.plan.steps import StepError
from harness.planner.composition import Composition
from harness.script import operations as s
from harness.text.nearest import there_are
from harness.world import types as t

End = t.End


class Ends:
    """The ends that components have, by name, with their types in the view of each component."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._types: dict[tuple[Role, str], End] = {}

    def learn(self, role: Role, name: str, type: t.Type) -> None:
        """A component receives a handle; handles that are no ends are ignored."""
        if isinstance(type, End):
            self._types[role, name] = type

    def has(self, role: Role, name: str) -> bool:
        return (role, name) in self._types

    def payload(self, role: Role, name: str) -> t.Type | None:
        """The type of the elements."""
        return self._types[role, name].type

    def is_stream(self, role: Role, name: str) -> bool:
        return isinstance(self._types[role, name], t.Stream)

    def place(self, role: Role, step: EndsStep) -> tuple[s.TypePlace, End]:
        """Where a component's world has the type. Raises `StepError`."""
        places = self._composition.end_places(role)
        found = places.first(step.type, step.exported)
        if found is not None:
            return found
        listed = there_are(step.type, places.names(step.exported), "streams and futures of it")
        raise StepError((*step.path, "type"), f"the {role.value} has no function with {step.type}\n{listed}")
