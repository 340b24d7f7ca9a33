"""Steps: what happens in a run, as people write it in a case and as planners draw it.

A step belongs to the component that does it: a step of a run to the one that is entered for it, a step `during` a call
to the callee, a step `during` a drop to the component whose destructor runs. Handles have names. A name belongs to one
handle in each component, and travels with it: the callee knows what it was given by the caller's name.

`V` is what stands for a value: its text in a case file, a value of `harness/values/values.py` in a plan.
`harness/planner/compiler.py` lowers steps to what interpreters are told; a new kind of step becomes an arm there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role

V = TypeVar("V")
StepPath: TypeAlias = tuple[str | int, ...]
"""Where a step stands in the file that it comes from; empty for one that comes from none."""


@dataclass(frozen=True)
class CallStep(Generic[V]):
    """A call of an import. `result` is what the callee returns, None where it returns nothing or the call traps.

    `during`: what the callee does before it returns. Borrowed handles that are not in `keep` it drops by itself, last
    of all. `destroys`: the handles whose destructors must run in this step.
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


@dataclass(frozen=True)
class DropStep(Generic[V]):
    """A handle of a resource or an error context is dropped. `during`: what the resource's destructor does.

    `stale`: dropped by the component that makes the calls, which has given it away.
    """

    handle: str
    stale: bool = False
    trap: TrapClass | None = None
    during: tuple[Step[V], ...] = ()
    destroys: tuple[str, ...] | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class NewStep:
    """A component makes an own handle of a resource that it exports. `rep` None: any that no other has."""

    handle: str
    resource: str
    rep: int | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class RepStep:
    """A component asks for the representation of a handle of its own resource."""

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
    """A component asks for the message of an error context."""

    handle: str
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


Step: TypeAlias = CallStep[V] | DropStep[V] | NewStep | RepStep | ErrorContextStep | MessageStep


class StepError(Exception):
    """Steps that cannot be carried out: they contradict the world, or themselves. `path`: in the file of the steps."""

    def __init__(self, path: Sequence[str | int], message: str) -> None:
        super().__init__(message)
        self.path = tuple(path)


def trap_of(step: Step[V]) -> TrapClass | None:
    """The trap that a step, or one of those during it, ends in."""
    if isinstance(step, NewStep | ErrorContextStep):
        return None
    if isinstance(step, CallStep | DropStep) and step.trap is None:
        return next((found for found in map(trap_of, step.during) if found is not None), None)
    return step.trap


def ending_in(steps: Sequence[Step[V]], trap: TrapClass) -> tuple[Step[V], ...]:
    """The steps of a run that traps somewhere, with the trap at the last that can have one. A drop that traps itself
    destroys nothing, so the trap of one that does is further inside."""
    *before, last = steps or (None,)
    match last:
        case None:
            return ()
        case NewStep() | ErrorContextStep():
            return ending_in(before, trap)  # it was not done
        case DropStep(during=during):
            inner = ending_in(during, trap)
            return (*before, replace(last, during=inner, trap=None if inner else trap))
    return (*before, replace(last, trap=trap))


def in_order_of_destruction(steps: Sequence[Step[V]]) -> Iterator[Step[V]]:
    """All steps in the order in which they destroy: during a call before after it, a resource before what its
    destructor drops."""
    for step in steps:
        if isinstance(step, CallStep):
            yield from in_order_of_destruction(step.during)
        yield step
        if isinstance(step, DropStep):
            yield from in_order_of_destruction(step.during)
