"""Steps in words: which component calls which function, with which values, and what happens before it returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.explain.task_steps import state_words, task_step_words
from harness.plan.roles import Role
from harness.plan.steps import (
    CallStep,
    DropStep,
    ErrorContextStep,
    MessageStep,
    NewStep,
    RepStep,
    Step,
    inner_steps,
    own_trap,
)
from harness.planner.cases import value_of
from harness.planner.composition import Composition
from harness.planner.named import import_of
from harness.script.encoding import handles
from harness.values.values import HandleName, arriving
from harness.world import types as t
from harness.world.world import Function

MAX_VALUE = 300
"""Characters of a value."""


class StepWords:
    """Belongs to one run; its steps come in their order. Handles are named with `$`."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._definers: dict[str, Role] = {}
        """The component that defines the resource of each named handle."""

    def tell(self, role: Role, step: Step[str], depth: int = 0) -> Iterator[str]:
        """The lines of a step that `role` does."""
        pad = "  " * depth
        match step:
            case CallStep():
                yield from self._call(role, step, depth)
            case DropStep():
                stale = ", which it gave away before" if step.stale else ""
                yield f"{pad}the {role.value} drops ${step.handle}{stale}{_end(step)}"
                if step.during:
                    yield f"{pad}  the destructor:"
                    definer = self._definers.get(step.handle, role)
                    for inner in step.during:
                        yield from self.tell(definer, inner, depth + 2)
            case NewStep():
                self._definers[step.handle] = role
                rep = f" with the representation {step.rep}" if step.rep is not None else ""
                yield f"{pad}the {role.value} makes a handle ${step.handle} of {step.resource}{rep}"
            case RepStep():
                yield f"{pad}the {role.value} reads the representation of ${step.handle}{_end(step)}"
            case ErrorContextStep():
                yield f"{pad}the {role.value} makes an error context ${step.handle}: {_cut(repr(step.message))}"
            case MessageStep():
                yield f"{pad}the {role.value} reads the message of ${step.handle}{_end(step)}"
            case _:
                yield f"{pad}{task_step_words(role, step)}{_end(step)}"
                for inner in inner_steps(step):
                    yield from self.tell(role, inner, depth + 1)

    def _call(self, role: Role, step: CallStep[str], depth: int) -> Iterator[str]:
        imported = import_of(self._composition, role, step)
        callee, _ = self._composition.links.callee(role, imported.interface, imported.name)
        pad = "  " * depth
        alone = "" if step.name is None else f" and goes on: it is ${step.name}{state_words(step.status)}"
        yield f"{pad}the {role.value} calls {step.function} of the {callee.value}{alone}"
        for param, text in zip(imported.params, step.args, strict=True):
            self._learn(role, text, param.type)
            yield f"{pad}  {param.name} = {_value(text)}"
        if step.during:
            yield f"{pad}  before it returns:"
            for inner in step.during:
                yield from self.tell(callee, inner, depth + 2)
        if step.keep:
            yield f"{pad}  it does not drop the borrowed {_names(sorted(step.keep))}"
        yield f"{pad}  {self._returns(role, imported, step)}{_end(step)}"

    def _returns(self, role: Role, function: Function, step: CallStep[str]) -> str:
        if step.result is None or function.result is None:
            return "the call ends" if step.trap is not None else "it returns"
        self._learn(role, step.result, function.result)
        return f"it {'would return' if step.trap is not None else 'returns'} {_value(step.result)}"

    def _learn(self, role: Role, text: str, type: t.Type) -> None:
        for _, found, held in handles(value_of(text, type), type):
            if isinstance(found, t.Own | t.Borrow):
                definer = self._composition.identity(role, found.resource).implementor
                for name in (held.name if isinstance(held, HandleName) else None, arriving(held)):
                    if name is not None:
                        self._definers.setdefault(name, definer)


def _value(text: str) -> str:
    if text.startswith("!"):
        return f"{_cut(text[1:])} (not a value of the type, as the interpreter's script has it)"
    return _cut(text)


def _end(step: Step[str]) -> str:
    """The end of a step, in words: a trap, or destructors."""
    trap = own_trap(step)
    if trap is not None:
        return f"; this must trap: {trap.value}"
    if isinstance(step, CallStep | DropStep) and step.destroys is not None:
        return f"; destroyed: {_names(step.destroys)}" if step.destroys else "; nothing is destroyed"
    return ""


def _names(handles: Iterable[str]) -> str:
    return ", ".join(f"${name}" for name in handles)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}... ({len(text)} characters)"


def numbered(lines: Sequence[str], number: int) -> Iterator[str]:
    """The lines of a step under its number."""
    for at, line in enumerate(lines):
        yield f"{number:4}. {line}" if at == 0 else f"      {line}"
