"""Faults of built-ins for asynchronous worlds: one step more, which the specification mostly forbids where it is.

The step goes after another one, or among those of a callee. The model says what happens then: the trap, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from harness.fuzz.edits import Steps, edited
from harness.plan.async_steps import (
    BackpressureStep,
    CancelledStep,
    CancelStep,
    CodeStep,
    EndsStep,
    ExitStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    StopStep,
    WaitStep,
    WriteStep,
)
from harness.plan.engine_faults import adds_engine_fault
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step
from harness.planner.composition import Composition
from harness.planner.visits import Actors, At
from harness.values.values import Value

_STRANGER = "!handle 9999"
"""Of no entry in the table of a component: a run is too short for so many."""
_NEW_SET = "stray"
"""The name of a set that only a fault makes."""
_CODES = (3, 4, 15, 19, 0xFFFF_FFFF, 2, 2 | 9999 << 4)
"""Callback codes that do not exist, and waits on no set."""


@dataclass(frozen=True, slots=True)
class Stray:
    """One step more, or two. `kind`: what is wrong, in words."""

    kind: str
    change: Callable[[Sequence[Step[Value]]], Steps]


def one_step_more(composition: Composition, steps: Sequence[Step[Value]], random: Random) -> Stray | None:
    """Each kind is as likely as any other that is possible in the run. None if there is none, or if the chosen one may
    meet a fault of the engine."""
    kinds: dict[str, list[Stray]] = {}
    for stray in _Strays(composition, random).of_run(steps):
        kinds.setdefault(stray.kind, []).append(stray)
    if not kinds:
        return None
    stray = random.choice(kinds[random.choice(sorted(kinds))])
    return None if adds_engine_fault(steps, stray.change(steps)) else stray


class _Strays:
    """The possible faults of a run."""

    def __init__(self, composition: Composition, random: Random) -> None:
        self._actors = Actors(composition)
        self._random = random

    def of_run(self, steps: Sequence[Step[Value]]) -> Iterator[Stray]:
        for number, step in enumerate(steps):
            assert step.by is not None
            yield from self._of(step.by, (number,), step)

    def _of(self, role: Role, at: At, step: Step[Value]) -> Iterator[Stray]:
        self._actors.see(role, step)
        for kind, more in _after(step):
            yield Stray(kind, _put_after(at, replace(more, by=step.by)))
        if isinstance(step, CallStep):
            _, callee, exported = self._actors.function(role, step)
            for kind, among in self._of_callee(exported.is_async):
                yield Stray(kind, _put_among(at, self._random.randrange(len(step.during) + 1), among))
            yield from self._inside(callee, at, step.during)
        elif isinstance(step, DropStep) and step.during:
            yield from self._inside(self._actors.destructor(step), at, step.during)

    def _inside(self, role: Role, at: At, steps: Sequence[Step[Value]]) -> Iterator[Stray]:
        for number, step in enumerate(steps):
            yield from self._of(role, (*at, number), step)

    def _of_callee(self, is_async: bool) -> Iterator[tuple[str, Steps]]:
        if not is_async:
            yield "a synchronous function that waits for nothing", (SetStep(_NEW_SET), WaitStep(_NEW_SET))
            return
        # one alone is no fault
        yield "a task that returns twice", (ReturnStep(), ReturnStep())
        yield "a task that ends as cancelled unasked", (CancelledStep(),)
        yield "a task that ends without a return", (ExitStep(),)
        yield "a wrong callback code", (CodeStep(self._random.choice(_CODES)),)
        yield "a task that waits for nothing", (SetStep(_NEW_SET), WaitStep(_NEW_SET))


def _after(step: Step[Value]) -> Iterator[tuple[str, Step[Value]]]:
    """The steps that are wrong after this one."""
    yield "a poll of no set", WaitStep(_STRANGER, poll=True)
    yield "a stranger that leaves its set", JoinStep(_STRANGER)
    yield "backpressure that ends without a beginning", BackpressureStep(-1)
    match step:
        case CallStep(name=str(name)):
            yield "a call that is dropped unresolved", DropStep(name)
        case CancelStep(handle, False):
            yield "a resolved call that is cancelled", CancelStep(handle)
        case SetStep(handle):
            yield "a set that joins itself", JoinStep(handle, handle)
            yield "a stranger that joins a set", JoinStep(_STRANGER, handle)
        case JoinStep(handle, str(set)):
            yield "a set that is dropped with a member", DropStep(set)
            yield "a member of a set that is cancelled", CancelStep(handle)
            yield "a member of a set that is stopped", StopStep(handle)
        case EndsStep(readable, writable):
            yield "an end that is stopped without a copy", StopStep(readable)
            yield "a writable end that is dropped at once", DropStep(writable)
            yield "a writable end that reads", ReadStep(writable)
            yield "an end in the place of a set", WaitStep(f"!${readable}", poll=True)
        case ReadStep(handle) | WriteStep(handle):
            yield "an end that is dropped after a copy", DropStep(handle)


def _put_after(at: At, more: Step[Value]) -> Callable[[Sequence[Step[Value]]], Steps]:
    return lambda steps: edited(steps, at, lambda step: (step, more))


def _put_among(at: At, number: int, more: Steps) -> Callable[[Sequence[Step[Value]]], Steps]:
    def change(step: Step[Value]) -> Steps:
        assert isinstance(step, CallStep)
        return (replace(step, during=(*step.during[:number], *more, *step.during[number:])),)

    return lambda steps: edited(steps, at, change)
