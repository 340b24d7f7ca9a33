"""Steps of a plan as a case writes them: with values as texts."""

from __future__ import annotations

from collections.abc import Sequence

from harness.plan.async_steps import EndsStep, IfCancelledStep, TakeStep, WriteStep
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.composition import Composition
from harness.planner.ends import Ends
from harness.planner.visits import Actors, borrowed
from harness.script.encoding import handles
from harness.values.values import Invalid, Value, arriving
from harness.values.wave import to_wave
from harness.world import types as t


def written(composition: Composition, steps: Sequence[Step[Value]]) -> tuple[Step[str], ...]:
    """The steps of a run."""
    writer = _Writer(composition)
    found = []
    for step in steps:
        assert step.by is not None
        found.append(writer.step(step.by, step))
    return tuple(found)


def text_of(value: Value, type: t.Type) -> str:
    """The text of a value in a case (`value_of` in harness/planner/cases.py reads it)."""
    if isinstance(value, Invalid) and value.arrives is None:
        return f"!{value.text}"
    return to_wave(value, type)


class _Writer:
    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._actors = Actors(composition)
        self._ends = Ends(composition)

    def step(self, role: Role, step: Step[Value]) -> Step[str]:
        self._actors.see(role, step)
        match step:
            case CallStep():
                return self._call(role, step)
            case DropStep():
                within = self._actors.destructor(step) if step.during else role
                during = tuple([self.step(within, inner) for inner in step.during])
                return DropStep(step.handle, step.stale, step.trap, during, step.destroys, step.by)
            case IfCancelledStep():
                return IfCancelledStep(tuple([self.step(role, inner) for inner in step.steps]), step.by)
            case EndsStep():
                type = self._ends.place(role, step)[1]
                for name in (step.readable, step.writable):
                    self._ends.learn(role, name, type)
            case WriteStep():
                return _with_texts(step, self._payloads(role, step))
            case TakeStep():
                payload = self._ends.payload(role, step.handle)
                for value in step.values:
                    self._learn(role, value, payload)
                return _with_texts(step, self._payloads(role, step))
        return step

    def _payloads(self, role: Role, step: WriteStep[Value] | TakeStep[Value]) -> tuple[str, ...]:
        payload = self._ends.payload(role, step.handle)
        return tuple([text_of(value, payload) for value in step.values if payload is not None])

    def _learn(self, role: Role, value: Value | None, type: t.Type | None) -> None:
        """Ends in a value that a component received."""
        if value is not None and type is not None:
            for _, found, held in handles(value, type):
                name = arriving(held)
                if name is not None:
                    self._ends.learn(role, name, found)

    def _call(self, role: Role, step: CallStep[Value]) -> CallStep[str]:
        imported, callee, exported = self._actors.function(role, step)
        lent = [
            name
            for value, param in zip(step.args, exported.params, strict=True)
            for name in borrowed(self._composition, callee, value, param.type)
        ]
        for value, param in zip(step.args, exported.params, strict=True):
            self._learn(callee, value, param.type)
        during, keep = _plain(step, lent)
        result = None
        if step.result is not None and imported.result is not None:
            result = text_of(step.result, imported.result)
        args = tuple([text_of(value, param.type) for value, param in zip(step.args, imported.params, strict=True)])
        inner = tuple([self.step(callee, within) for within in during])
        self._learn(role, step.result, imported.result)
        alone = (step.name, step.status)
        return CallStep(step.function, args, result, step.by, step.trap, inner, keep, step.destroys, (), *alone)


def _with_texts(step: WriteStep[Value] | TakeStep[Value], values: tuple[str, ...]) -> WriteStep[str] | TakeStep[str]:
    if isinstance(step, TakeStep):
        return TakeStep(step.handle, values, step.by)
    return WriteStep(step.handle, values, step.offered, step.status, step.trap, step.by)


def _plain(step: CallStep[Value], lent: Sequence[str]) -> tuple[tuple[Step[Value], ...], frozenset[str]]:
    """The steps of a callee, and the borrows that it drops by steps of its own. A callee that only drops all of them in
    order needs no steps: every callee does that."""
    dropped = [inner.handle for inner in step.during if isinstance(inner, DropStep)]
    if len(dropped) == len(step.during) and dropped == list(lent) and step.keep == frozenset(lent):
        return (), frozenset()
    return step.during, step.keep
