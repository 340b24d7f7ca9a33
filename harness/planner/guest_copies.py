"""Calls of functions of an interpreter that is not ours that copy a stream or a future, one element at a time.

The driver writes single elements and reads single elements, because what a larger copy moves depends on whose turn it
is.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.plan.async_steps import AwaitStep, EndsStep, ReadStep, ReturnStep, WriteStep, YieldStep
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.guest_calls import GuestCaller
from harness.planner.guest_rules import Copy
from harness.planner.named import WORLD
from harness.planner.room import Doing
from harness.values.values import HandleName, Value
from harness.world import types as t
from harness.world.world import Function

MOST_COPIED = 6
"""About the most calls of a run of this kind."""
_REGISTERS = 24
"""The most registers of one such call in each component; none is used twice."""
_MOST_ELEMENTS = 5
_TURNS = 3
"""In which the subject comes to its next read."""


class GuestCopier(GuestCaller):
    """Draws calls of functions with the rule `Copy`, and the copies of the driver and the subject."""

    def _draw(self, frame: Doing, function: Function) -> None:
        rule = self.composition.rule(frame.role, function)
        _, exported = self.composition.links.callee(frame.role, function.interface, function.name)
        assert isinstance(rule, Copy) and isinstance(exported.result, t.End)
        type = function.params[rule.parameter].type
        assert isinstance(type, t.End)
        for role in (frame.role, Role.SUBJECT):
            for _ in range(_REGISTERS):
                self._rooms[role].take()
        args = list(self._values.arguments(frame.role, function))
        values = self._elements(frame.role, type)
        kind = "s" if isinstance(type, t.Stream) else "f"
        readable, writable, copy = (self._own.new_name(f"{kind}{part}") for part in ("", "w", "c"))
        args[rule.parameter] = HandleName(readable)
        side = self.composition.end_places(frame.role).side(type)
        frame.steps.append(EndsStep(readable, writable, type.canonical, side, frame.by))
        during = tuple(self._copies(exported.result, readable, copy, values))
        name = function.canonical.removeprefix(WORLD)
        frame.steps.append(CallStep(name, tuple(args), HandleName(copy), frame.by, during=during))
        self.calls += 1
        frame.steps += self._both_sides(frame, type, writable, copy, values)

    def _elements(self, role: Role, type: t.End) -> list[Value | None]:
        """None: an element of a stream or future that carries no values."""
        count = self._random.randrange(_MOST_ELEMENTS + 1) if isinstance(type, t.Stream) else 1
        if type.type is None:
            return [None] * count
        return [self._values.payload(role, type.type) for _ in range(count)]

    def _copies(self, type: t.End, readable: str, copy: str, values: list[Value | None]) -> Iterator[Step[Value]]:
        """The subject's steps."""
        writable = self._own.new_name("w")
        side = self.composition.end_places(Role.SUBJECT).side(type)
        yield EndsStep(copy, writable, type.canonical, side)
        yield ReturnStep()
        for value in values:
            yield from (ReadStep(readable), AwaitStep(readable), _write(writable, value, None), AwaitStep(writable))
        if isinstance(type, t.Stream):
            yield from (ReadStep(readable), AwaitStep(readable))
        yield from (DropStep(readable), DropStep(writable))

    def _both_sides(
        self, frame: Doing, type: t.End, writable: str, copy: str, values: list[Value | None]
    ) -> Iterator[Step[Value]]:
        """The driver's steps. It is at most one element ahead: the subject has room for one."""
        by = frame.by
        written = 0
        for read in range(len(values)):
            ahead = self._random.randrange(2)
            pending = False
            while written < len(values) and written <= read + ahead:
                if pending:
                    yield AwaitStep(writable, by=by)
                yield _write(writable, values[written], by)
                written, pending = written + 1, True
            yield from (ReadStep(copy, by=by), AwaitStep(copy, by=by))
            if pending:
                yield AwaitStep(writable, by=by)
        yield YieldStep(_TURNS, by=by)
        yield DropStep(writable, by=by)
        if isinstance(type, t.Stream):
            yield from (ReadStep(copy, by=by), AwaitStep(copy, by=by))
        yield DropStep(copy, by=by)


def _write(end: str, value: Value | None, by: Role | None) -> WriteStep[Value]:
    return WriteStep(end, () if value is None else (value,), 1 if value is None else None, by=by)
