"""Calls of asynchronous functions as operations: started, waited for, their states checked."""

from __future__ import annotations

from collections.abc import Sequence

from harness.planner.registers import FrameBuilder
from harness.script import async_operations as a
from harness.script.operands import Register, Value
from harness.script.operations import Trap
from harness.world.world import Function

_UNRESOLVED = (a.State.STARTING, a.State.STARTED)
CALL_STATES = (*_UNRESOLVED, a.State.RETURNED, a.State.CANCELLED)


def add_call(
    frame: FrameBuilder, function: Function, args: tuple[Value, ...], reads: Sequence[int], result: int | None
) -> None:
    """Start the call, wait until it has returned, take its result into the register `result`.

    A call that returns at once has no subtask in the table (CanonicalABI.md, `canon lower`): then there is nothing to
    wait for, and nothing to drop. Whether it does so is the schedule's choice.
    """
    call = add_start(frame, function, args, reads)
    add_wait(frame, call, result, cancelled=False)


def add_start(frame: FrameBuilder, function: Function, args: tuple[Value, ...], reads: Sequence[int]) -> int:
    """Start the call; the register that has it."""
    call = frame.owner.new_register()
    frame.add(a.Start(function.interface, function.name, call, args), reads, call)
    return call


def add_wait(frame: FrameBuilder, call: int, result: int | None, cancelled: bool) -> None:
    """Wait until a started call is resolved, and drop it. `cancelled`: it may be resolved without a result."""
    if result is not None:
        add_take(frame, call, result)
    for state in _UNRESOLVED:
        _wait(frame, state, call, result, cancelled)


def _wait(frame: FrameBuilder, state: a.State, call: int, result: int | None, cancelled: bool) -> None:
    """Wait for a call that is in this state now; a call in another state skips these operations."""
    waitables = frame.owner.new_register()
    count = 5 + (result is not None) * (1 + cancelled)
    frame.add(a.If(state, Register(call), count), [call], within=True)
    frame.add(a.NewSet(waitables), writes=waitables, within=True)
    frame.add(a.Join(Register(call), Register(waitables)), [call, waitables], within=True)
    frame.add(a.Await(Register(call), Register(waitables)), [call, waitables], within=True)
    if result is not None:
        if cancelled:
            frame.add(a.If(a.State.RETURNED, Register(call), 1), [call], within=True)
        _take(frame, call, result)
    frame.add(a.SubtaskDrop(Register(call)), [call], within=True)
    frame.add(a.DropSet(Register(waitables)), [waitables], within=True)


def add_check(frame: FrameBuilder, object: int, state: a.State | None, states: Sequence[a.State]) -> None:
    """Trap unless the object has this one of `states`; nothing for None."""
    for other in states if state is not None else ():
        if other is not state:
            frame.add(a.If(other, Register(object), 1), [object], within=True)
            frame.add(Trap(), within=True)


def add_take(frame: FrameBuilder, call: int, result: int) -> None:
    """Take the result of a call if it has returned."""
    frame.add(a.If(a.State.RETURNED, Register(call), 1), [call], within=True)
    _take(frame, call, result)


def _take(frame: FrameBuilder, call: int, result: int) -> None:
    frame.add(a.Got(result, Register(call)), [call], result, within=True)
