"""Steps that may meet a fault of the engine whose words do not tell it from a toolchain's (docs/async.md, "What the
engine does wrong"): F1, F3, F5, F6 and F7. Random plans avoid such steps; an injected fault or a reduction must not
make them. A case may have them: `harness/judge/met_faults.py` looks for the fault in what its run shows.

The answer depends on the steps alone and not on the order of turns, so it may name a step that meets nothing: whoever
changes steps asks for what the change adds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Any, TypeAlias

from harness.plan.async_steps import (
    AwaitStep,
    CancelledStep,
    CancelStep,
    EndsStep,
    ExitStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    StopStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step, inner_steps
from harness.script.async_operations import State
from harness.world import types as t

_Steps: TypeAlias = Sequence[Step[Any]]
_COPIED = frozenset(("stream", *(f"stream<{number.canonical}>" for number in t.NUMBERS)))
"""Streams that F1 spares."""
_GIVES_TURNS = (YieldStep, AwaitStep, WaitStep, CancelStep, CallStep, ExitStep, CancelledStep)
"""Others go on in these steps, or after them."""


@unique
class EngineFault(Enum):
    """The number of the fault in docs/async.md."""

    F1 = "a task ends while it reads"
    F3 = "the cancellation of a call is asked for twice"
    F5 = "a task waits for an end of a future that is done, and the other end is dropped"
    F6 = "a call is dropped late whose callee goes on after its return"
    F7 = "a task yields in place while another one is ready"


@dataclass(frozen=True, slots=True)
class MetFault:
    """`handle`: the end that is read or done, the call that is cancelled or goes on. `type`: of an end. `after`: of a
    read the kinds of steps that follow it in its task and let others go on: they may end it, and fewer may not."""

    fault: EngineFault
    handle: str
    after: tuple[str, ...] = ()
    type: str = field(default="", compare=False)


def engine_faults(steps: _Steps) -> frozenset[MetFault]:
    """The faults that the steps of a case, or of a run, may meet."""
    made = [step for step in _all(steps) if isinstance(step, EndsStep)]
    types = {end: step.type for step in made for end in (step.readable, step.writable)}
    losing = _losing_their_other_end(steps, made)
    found = {MetFault(EngineFault.F7, name) for name in _ready_meanwhile(steps, set(), frozenset())}
    found |= {MetFault(EngineFault.F3, call) for call in _cancelled_twice(steps)}
    for frame in _frames(steps):
        for end, after in _left_reading(frame):
            type = types.get(end, "")
            found |= {MetFault(EngineFault.F1, end, after, type)} if type not in _COPIED else set()
        found |= {MetFault(EngineFault.F5, end, type=types[end]) for end in _awaited_when_done(frame) & losing}
        found |= {MetFault(EngineFault.F6, call) for call in _dropped_late(frame)}
    return frozenset(found)


def adds_engine_fault(before: _Steps, after: _Steps) -> bool:
    """Whether a change of steps may meet a fault of the engine that the steps did not meet before."""
    return not engine_faults(after) <= engine_faults(before)


def _all(steps: _Steps) -> Iterator[Step[Any]]:
    for step in steps:
        yield step
        yield from _all(inner_steps(step))


def _frames(steps: _Steps) -> Iterator[_Steps]:
    """The steps of each task in their order; what happens only after a cancellation is among them."""
    for _, group in itertools.groupby(zip(steps, _owners(steps), strict=True), lambda pair: pair[1]):
        yield list(_flat([step for step, _ in group]))
    for step in _all(steps):
        if isinstance(step, CallStep | DropStep):
            yield list(_flat(step.during))


def _owners(steps: _Steps) -> Iterator[Role | None]:
    """Who does each step. One that does not say it belongs to whoever has its handle: often to the one before."""
    owner = None
    for step in steps:
        owner = step.by or owner
        yield owner


def _flat(steps: _Steps) -> Iterator[Step[Any]]:
    for step in steps:
        yield from _flat(step.steps) if isinstance(step, IfCancelledStep) else (step,)


def _cancelled_twice(steps: _Steps) -> Iterator[str]:
    """The calls that are not known to be over when somebody asks for their cancellation again."""
    asked: set[str] = set()
    for step in _all(steps):
        match step:
            case CancelStep(handle) if handle in asked:
                yield handle
            case CancelStep(handle, asynchronous=True, status=None | State.STARTED):
                asked.add(handle)
            case AwaitStep(handle) | DropStep(handle):
                asked.discard(handle)


def _losing_their_other_end(steps: _Steps, made: Sequence[EndsStep]) -> set[str]:
    """The ends of futures whose other end is dropped somewhere."""
    dropped = {step.handle for step in _all(steps) if isinstance(step, DropStep)}
    pairs = [(step.readable, step.writable) for step in made if step.type.startswith("future")]
    return {end for pair in pairs for end, other in (pair, pair[::-1]) if other in dropped}


def _awaited_when_done(frame: _Steps) -> set[str]:
    """The ends whose copy may be over, and that are in a set from which the task then takes an event."""
    found: set[str] = set()
    copying: set[str] = set()
    done: set[str] = set()
    members: dict[str, str | None] = {}
    for step in frame:
        match step:
            case ReadStep(handle, status=status) | WriteStep(handle, status=status):
                (copying if status is State.COPYING else done).add(handle)
            case JoinStep(handle, joined):
                members[handle] = joined
            case DropStep(handle):
                done.discard(handle)
            case WaitStep(joined) | AwaitStep(set=str(joined)):
                found |= {end for end in done if members.get(end) == joined}
                done |= {end for end in copying if members.get(end) == joined}
            case AwaitStep(handle) | StopStep(handle):
                done.add(handle)
    return found


def _left_reading(frame: _Steps) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ends from which a task may still read when it ends, and the kinds of steps in between that give turns."""
    reading: dict[str, list[str]] = {}
    members: dict[str, str | None] = {}
    for step in frame:
        if isinstance(step, _GIVES_TURNS):
            for after in reading.values():
                after.append(type(step).__name__)
        match step:
            case ReadStep(handle, status=None | State.COPYING):
                reading[handle] = []
            case AwaitStep(handle) | StopStep(handle) | DropStep(handle):
                reading.pop(handle, None)
            case JoinStep(handle, joined):
                members[handle] = joined
            case WaitStep(handle, poll=False):
                reading = {end: after for end, after in reading.items() if members.get(end) != handle}
            case ExitStep() | CancelledStep():
                yield from ((end, tuple(after)) for end, after in reading.items())
    yield from ((end, tuple(after)) for end, after in reading.items())


def _dropped_late(frame: _Steps) -> Iterator[str]:
    """The calls of a frame whose callee goes on after its return, and that are not dropped as soon as the caller may
    know of the return."""
    for number, step in enumerate(frame):
        if isinstance(step, CallStep) and step.name is not None and _goes_on(step.during):
            sets = {join.set for join in frame if isinstance(join, JoinStep) and join.handle == step.name}
            if _has_turns_before_drop(frame[number + 1 :], step.name, sets):
                yield step.name


def _goes_on(during: _Steps) -> bool:
    """Whether a callee does more after its return than a second return, which traps."""
    flat = list(_flat(during))
    returns = next((number for number, step in enumerate(flat) if isinstance(step, ReturnStep)), len(flat))
    return any(not isinstance(step, ReturnStep) for step in flat[returns + 1 : returns + 2])


def _has_turns_before_drop(steps: _Steps, call: str, sets: set[str | None]) -> bool:
    """Whether others may have turns between an event of the call and its drop."""
    told = turns = False
    for step in steps:
        match step:
            case DropStep(handle) if handle == call:
                return turns
            case AwaitStep(handle) | CancelStep(handle) if handle == call:
                told = True
            case WaitStep(handle) if handle in sets:
                turns, told = turns or told, True
            case JoinStep() | SetStep() | DropStep(during=()):
                pass
            case _:
                turns = turns or told
    return False


def _ready_meanwhile(steps: _Steps, going: set[str], own: frozenset[str]) -> Iterator[str]:
    """The calls that may be ready while another task yields in place. `going`: the calls that go on, which changes with
    the steps. `own`: those that the steps are a part of."""
    for step in steps:
        match step:
            case CallStep(name=name, during=during):
                within = own if name is None else own | {name}
                yield from _ready_meanwhile(during, going, within)
                if name is not None:
                    going.add(name)
            case AwaitStep(handle) | DropStep(handle):
                yield from _ready_meanwhile(inner_steps(step), going, own)
                going.discard(handle)
            case YieldStep(in_place=True):
                yield from sorted(going - own)
            case _:
                yield from _ready_meanwhile(inner_steps(step), going, own)
