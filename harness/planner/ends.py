"""Ends of streams and futures that components have, and the places of their types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.plan.async_steps import EndsStep
from harness.plan.roles import Role
from harness.plan.steps import StepError
from harness.planner.composition import Composition
from harness.script import operations as s
from harness.text.nearest import there_are
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import Function, World

End = t.End


def exported_side(world: World, type: t.End) -> bool | None:
    """On which side a component's world has this very type: imports before exports; None if nowhere."""
    for exported, functions in ((False, world.import_functions()), (True, world.export_functions())):
        for function in functions:
            if any(found is type for found in reachable(*(p.type for p in function.params), function.result)):
                return exported
    return None


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
        known: list[str] = []
        for place, type in _places(self._composition, role, step.exported):
            if type.canonical == step.type:
                return place, type
            known.append(type.canonical)
        listed = there_are(step.type, list(dict.fromkeys(known)), "streams and futures of it")
        raise StepError((*step.path, "type"), f"the {role.value} has no function with {step.type}\n{listed}")


def _places(composition: Composition, role: Role, exported: bool | None) -> Iterator[tuple[s.TypePlace, End]]:
    world = composition.worlds[role]
    for side, functions in ((False, world.import_functions()), (True, world.export_functions())):
        if exported in (None, side):
            for function in functions:
                yield from _of_function(function, side)


def _of_function(function: Function, exported: bool) -> Iterator[tuple[s.TypePlace, End]]:
    types: Sequence[t.Type | None] = [*(param.type for param in function.params), function.result]
    for number, type in enumerate(types):
        for path, found in _inside(type, ()):
            yield s.TypePlace(exported, function.interface, function.name, number, path), found


def _inside(type: t.Type | None, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], End]]:
    if type is None:
        return
    if isinstance(type, End):
        yield path, type
    inner: Sequence[t.Type | None] = type.parts
    if isinstance(type, t.Variant | t.Result):
        inner = type.payloads
    for step, part in enumerate(inner):
        yield from _inside(part, (*path, step))
