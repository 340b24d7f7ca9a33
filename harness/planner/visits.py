"""Steps of a run by their frames: the component of each, and its known handles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, NewStep, Step
from harness.planner.composition import Composition
from harness.planner.named import import_of
from harness.script.encoding import handles
from harness.values.values import Value, arriving
from harness.world import types as t
from harness.world.world import Function

At = tuple[int, ...]
"""The place of a step: its number in the run, then among the steps during that step, and so on."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A step at its place in a frame; `answers`: the end of the callee's frame, where a call returns."""

    role: Role
    at: At
    step: Step[Value]
    function: Function | None = None
    """The called function in the view of `role`."""
    answers: bool = False
    names: tuple[str, ...] = ()
    """For a call: the handles that came to the frame earlier. They may be gone."""
    lent: bool = False
    """A drop of a handle that the frame has borrowed."""


def visits(composition: Composition, steps: Sequence[Step[Value]]) -> list[Visit]:
    """The steps of the first component of the composition, frame after frame, then those of the next."""
    walker = _Walker(composition)
    walker.run(steps)
    order = list(composition.worlds)
    return [visit for _, _, visit in sorted(walker.found, key=lambda found: (order.index(found[0]), found[1]))]


def borrowed(composition: Composition, role: Role, value: Value, type: t.Type) -> Iterator[str]:
    """The handles that a value lends to `role`. Where it defines the resource, it gets a representation instead
    (CanonicalABI.md, `lower_borrow`)."""
    for _, found, held in handles(value, type):
        lent = isinstance(found, t.Borrow) and composition.identity(role, found.resource).implementor is not role
        name = arriving(held) if lent else None
        if name is not None:
            yield name


class Actors:
    """The component of the steps during a step. Requests must come in the order of the steps."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._implementors: dict[str, Role] = {}

    def see(self, role: Role, step: Step[Value]) -> None:
        if isinstance(step, NewStep):
            self._implementors[step.handle] = role

    def function(self, role: Role, step: CallStep[Value]) -> tuple[Function, Role, Function]:
        """The function that `role` calls; the callee, and its exported function."""
        imported = import_of(self._composition, role, step)
        return imported, *self._composition.links.callee(role, imported.interface, imported.name)

    def destructor(self, step: DropStep[Value]) -> Role:
        return self._implementors[step.handle]


class _Walker:
    def __init__(self, composition: Composition) -> None:
        self.found: list[tuple[Role, int, Visit]] = []
        self._composition = composition
        self._actors = Actors(composition)
        self._frames = 0

    def _new_frame(self) -> int:
        self._frames += 1
        return self._frames

    def run(self, steps: Sequence[Step[Value]]) -> None:
        role: Role | None = None
        frame = 0
        names: list[str] = []
        for number, step in enumerate(steps):
            assert step.by is not None
            if step.by is not role:
                role, frame, names = step.by, self._new_frame(), []
            self._step(role, frame, (number,), step, names, ())

    def _during(
        self, role: Role, frame: int, at: At, steps: Sequence[Step[Value]], names: list[str], lent: Sequence[str]
    ) -> None:
        for number, step in enumerate(steps):
            self._step(role, frame, (*at, number), step, names, lent)

    def _step(self, role: Role, frame: int, at: At, step: Step[Value], names: list[str], lent: Sequence[str]) -> None:
        self._actors.see(role, step)
        match step:
            case CallStep():
                self._call(role, frame, at, step, names)
            case DropStep():
                self.found.append((role, frame, Visit(role, at, step, lent=step.handle in lent)))
                if step.during:
                    destructor, inner, known = self._actors.destructor(step), self._new_frame(), list[str]()
                    for number, within in enumerate(step.during):
                        self._step(destructor, inner, (*at, number), within, known, ())
            case NewStep():
                names.append(step.handle)

    def _call(self, role: Role, frame: int, at: At, step: CallStep[Value], names: list[str]) -> None:
        imported, callee, exported = self._actors.function(role, step)
        self.found.append((role, frame, Visit(role, at, step, imported, names=tuple(names))))
        inner = self._new_frame()
        arrived: list[str] = []
        lent: list[str] = []
        for value, param in zip(step.args, exported.params, strict=True):
            arrived += _named(value, param.type)
            lent += borrowed(self._composition, callee, value, param.type)
        for number, within in enumerate(step.during):
            self._step(callee, inner, (*at, number), within, arrived, lent)
        answer = Visit(callee, at, step, exported, answers=True, names=tuple(arrived))
        self.found.append((callee, inner, answer))
        if step.result is not None and imported.result is not None:
            names += _named(step.result, imported.result)


def _named(value: Value, type: t.Type) -> list[str]:
    """Handles that can be mistaken for others: not the ends of streams and futures."""
    names = [arriving(held) for _, found, held in handles(value, type) if not isinstance(found, t.End)]
    return [name for name in names if name is not None]
