"""Steps: the actions in a run, as people write them in a case and as planners draw them.

A step belongs to the component that does it: a step of a run to the entered component, a step `during` a call to the
callee, a step `during` a drop to the component whose destructor runs. Handles have names. A name belongs to one handle
in each component, and travels with it: the callee uses the caller's name.

`V` is the form of a value: its text in a case file, a value of `harness/values/values.py` in a plan.
`harness/planner/compiler.py` lowers steps to interpreters' operations; a new kind of step becomes an arm there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from harness.plan.async_steps import EndsStep, IfCancelledStep, SetStep, TakeStep, TaskStep
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.records.unguarded import unguarded
from harness.script.async_operations import State

V = TypeVar("V")
StepPath: TypeAlias = tuple[str | int, ...]
"""The place of a step in its file; empty for a step without a file."""


@unguarded
@dataclass(frozen=True)
class CallStep(Generic[V]):
    """A call of an import. `result` is the callee's result, None if it returns nothing or the call traps.

    `during`: the callee's actions before it returns. It drops borrowed handles that are not in `keep` by itself, last
    of all. `destroys`: the handles whose destructors must run in this step.

    `name`: nobody waits for the call, and this is its name; `status`: the status that its caller gets at once.
    """

    function: str
    args: tuple[V, ...] = ()
    result: V | None = None
    by: Role | None = None
    trap: TrapClass | None = None
    during: tuple[Step[V], ...] = ()
    keep: frozenset[str] = frozenset()
    destroys: tuple[str, ...] | None = None
    path: StepPath = ()
    name: str | None = None
    status: State | None = None


@unguarded
@dataclass(frozen=True)
class DropStep(Generic[V]):
    """A drop of a handle of a resource, of an error context, of a call or of an end. `during`: the actions of the
    resource's destructor.

    `stale`: dropped by the component that makes the calls, which has given it away.
    """

    handle: str
    stale: bool = False
    trap: TrapClass | None = None
    during: tuple[Step[V], ...] = ()
    destroys: tuple[str, ...] | None = None
    by: Role | None = None
    path: StepPath = ()


@unguarded
@dataclass(frozen=True)
class NewStep:
    """A component makes an own handle of a resource that it exports. `rep` None: any unused one."""

    handle: str
    resource: str
    rep: int | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class RepStep:
    """A component reads the representation of a handle of its own resource."""

    handle: str
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class ErrorContextStep:
    """A component makes an error context."""

    handle: str
    message: str
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class MessageStep:
    """A component reads the message of an error context."""

    handle: str
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


Step: TypeAlias = CallStep[V] | DropStep[V] | NewStep | RepStep | ErrorContextStep | MessageStep | TaskStep[V]


class StepError(Exception):
    """Steps that cannot be carried out: they contradict the world, or themselves. `path`: in the file of the steps."""

    def __init__(self, path: Sequence[str | int], message: str) -> None:
        super().__init__(message)
        self.path = tuple(path)


def trap_of(step: Step[V]) -> TrapClass | None:
    """The trap in which a step, or a step during it, ends."""
    found = own_trap(step)
    if found is not None:
        return found
    return next((found for found in map(trap_of, inner_steps(step)) if found is not None), None)


def own_trap(step: Step[V]) -> TrapClass | None:
    """The trap that a step says itself."""
    if isinstance(step, NewStep | ErrorContextStep | IfCancelledStep | EndsStep | SetStep | TakeStep):
        return None
    return step.trap


def inner_steps(step: Step[V]) -> Sequence[Step[V]]:
    """The steps that a step contains: during a call or a drop, or under a condition."""
    if isinstance(step, CallStep | DropStep):
        return step.during
    return step.steps if isinstance(step, IfCancelledStep) else ()


def ending_in(steps: Sequence[Step[V]], trap: TrapClass) -> tuple[Step[V], ...]:
    """The steps of a run that traps somewhere, with the trap at the last that can have one. A drop that traps itself
    destroys nothing, so the trap of one that does is further inside."""
    *before, last = steps or (None,)
    match last:
        case None:
            return ()
        case NewStep() | ErrorContextStep() | EndsStep() | SetStep() | TakeStep():
            return ending_in(before, trap)  # it did not happen
        case DropStep(during=during):
            inner = ending_in(during, trap)
            return (*before, replace(last, during=inner, trap=None if inner else trap))
        case IfCancelledStep(steps=steps):
            return (*before, replace(last, steps=ending_in(steps, trap)))
    return (*before, replace(last, trap=trap))


def in_order_of_destruction(steps: Sequence[Step[V]]) -> Iterator[Step[V]]:
    """All steps in the order in which they destroy: during a call before after it, a resource before the handles that
    its destructor drops."""
    for step in steps:
        if isinstance(step, CallStep | IfCancelledStep):
            yield from in_order_of_destruction(inner_steps(step))
        yield step
        if isinstance(step, DropStep):
            yield from in_order_of_destruction(step.during)
