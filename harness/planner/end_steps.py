"""The steps with ends of streams and futures as operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from harness.plan.async_steps import AwaitStep, EndsStep, EndStep, ReadStep, StopStep, TakeStep, WriteStep
from harness.plan.steps import StepError, V
from harness.planner.async_calls import add_check
from harness.planner.carried import Carried
from harness.planner.registers import FrameBuilder, Held
from harness.planner.set_steps import SetSteps
from harness.script import async_operations as a
from harness.script import operations as s
from harness.world import types as t

END_STATES = (a.State.COPYING, a.State.COMPLETED, a.State.DROPPED, a.State.CANCELLED)
"""The states of an end after an operation."""


class EndSteps(Generic[V]):
    """Adds the operations of steps with ends to frames."""

    def __init__(self, carried: Carried[V], sets: SetSteps[V]) -> None:
        self._carried = carried
        self._sets = sets
        self._names = carried.names
        self._ends = carried.ends

    def add(self, frame: FrameBuilder, step: EndStep[V]) -> None:
        """The operations of a step. Raises `StepError`."""
        if isinstance(step, EndsStep):
            place, type = self._ends.place(frame.role, step)
            for name, register in zip((step.readable, step.writable), add_ends(frame, place), strict=True):
                self._ends.learn(frame.role, name, type)
                self._names.bind(frame.role, name, Held(frame, s.Register(register), register=register), own=True)
            return
        end = self._register(frame, step)
        match step:
            case ReadStep(count=count, times=times):
                for _ in range(times):
                    add_copy(frame, a.Read(s.Register(end), count), end, [end], step)
            case StopStep():
                add_copy(frame, a.CancelCopy(s.Register(end)), end, [end], step)
            case WriteStep():
                reads = [end]
                payload = self._ends.payload(frame.role, step.handle)
                values = tuple([self._element(frame, step, at, payload, reads) for at in range(len(step.values))])
                add_copy(frame, a.Write(s.Register(end), values, step.offered), end, reads, step)
            case TakeStep():
                self._take(frame, step, end)

    def add_await(self, frame: FrameBuilder, step: AwaitStep) -> None:
        """Wait until the copy of an end is over."""
        end = self._register(frame, step)
        if step.set is None:
            add_end_of_copy(frame, end, step)
            return
        self._sets.add_wait(frame, end, step)
        add_check(frame, end, step.status, END_STATES)

    def _register(self, frame: FrameBuilder, step: ReadStep | WriteStep[V] | TakeStep[V] | StopStep | AwaitStep) -> int:
        """The register with an end that the component has."""
        reads: list[int] = []
        if not self._ends.has(frame.role, step.handle):
            self._carried.handle(frame, step.handle, step, reads)
            raise StepError(step.path, f"${step.handle} is no end of a stream or future")
        held = self._names.held(frame.role, step.handle)
        assert held is not None
        return frame.register_of(held)

    def _element(
        self, frame: FrameBuilder, step: WriteStep[V], at: int, payload: t.Type | None, reads: list[int]
    ) -> s.Value:
        where = ("values", at)
        if payload is None:
            raise StepError((*step.path, *where), f"${step.handle} carries no values: say how many with `offer`")
        value = self._carried.value(step, step.values[at], where, payload)
        return self._carried.given(frame, step, where, value, payload, reads, [])

    def _take(self, frame: FrameBuilder, step: TakeStep[V], end: int) -> None:
        payload = self._ends.payload(frame.role, step.handle)
        if payload is None:
            raise StepError((*step.path, "values"), f"${step.handle} carries no values")
        values = tuple(
            [self._carried.value(step, text, ("values", at), payload) for at, text in enumerate(step.values)]
        )
        register = frame.owner.new_register()
        frame.add(a.Got(register, s.Register(end)), [end], register)
        if self._ends.is_stream(frame.role, step.handle):
            self._carried.bind(frame, s.Register(register), values, t.List(payload))
        elif len(values) == 1:
            self._carried.bind(frame, s.Register(register), values[0], payload)
        else:
            raise StepError((*step.path, "values"), f"${step.handle} is a future: it carries one value")


def add_ends(frame: FrameBuilder, place: s.TypePlace) -> tuple[int, int]:
    """The registers of the readable and the writable end."""
    readable, writable = frame.owner.new_register(), frame.owner.new_register()
    frame.add(a.NewEnds(writable, readable, place), writes=readable, also=writable)
    return readable, writable


def add_copy(
    frame: FrameBuilder, op: s.Op, end: int, reads: Sequence[int], step: ReadStep | WriteStep[V] | StopStep
) -> None:
    frame.add(op, reads)
    add_check(frame, end, step.status, END_STATES)


def add_end_of_copy(frame: FrameBuilder, end: int, step: AwaitStep) -> None:
    """Wait until the copy is over; nothing where none is under way."""
    waitables = frame.owner.new_register()
    frame.add(a.If(a.State.COPYING, s.Register(end), 5), [end])
    frame.add(a.NewSet(waitables), writes=waitables, within=True)
    frame.add(a.Join(s.Register(end), s.Register(waitables)), [end, waitables], within=True)
    frame.add(a.Await(s.Register(end), s.Register(waitables)), [end, waitables], within=True)
    frame.add(a.Join(s.Register(end), None), [end], within=True)
    frame.add(a.DropSet(s.Register(waitables)), [waitables], within=True)
    add_check(frame, end, step.status, END_STATES)
