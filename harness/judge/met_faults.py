"""Known faults of the engine in asynchronous runs (docs/async.md, "What the engine does wrong").

The engine's words do not tell these faults from a toolchain's. So a difference is the engine's only if the steps of the
run may meet the fault, and if it is the very difference that this fault makes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from harness.engine.release import KNOWN_RELEASE, release
from harness.judge.schedules import Parted
from harness.model.concurrency.waitables import EventCode
from harness.plan.engine_faults import EngineFault, MetFault
from harness.plan.outcomes import TrapClass
from harness.trace import async_events as a

_GONE = "resource not present"
_OVERLAP = "overlap"
_DROPPED = 1
"""`CopyResult.DROPPED` in the payload of an event; the count above it is 0."""


@dataclass(frozen=True, slots=True)
class _Known:
    """`shows`: whether the run leaves what is allowed as this fault makes it. `instead`: steps that do not meet it."""

    shows: Callable[[MetFault, Parted], bool]
    instead: str


def known_fault(met: Collection[MetFault], parted: Parted) -> str:
    """The known fault of the engine that a wrong run shows, in words; empty if it shows none, or if the engine is
    another release than the one that is known to have it."""
    if release() != KNOWN_RELEASE:
        return ""
    found = next((each for each in sorted(met, key=str) if _KNOWN[each.fault].shows(each, parted)), None)
    if found is None:
        return ""
    number, instead = found.fault.name, _KNOWN[found.fault].instead.format(f"${found.handle}")
    return (
        f'a known fault of wasmtime {KNOWN_RELEASE}, {number} in docs/async.md ("What the engine does wrong"): '
        f"{found.fault.value} (${found.handle}); {instead}"
    )


def _write_traps(met: MetFault, parted: Parted) -> bool:
    """F1: in the writer, where it should write to the end that is read."""
    writes = [each.event.event for each in parted.following.allowed if isinstance(each.event.event, a.EndWrite)]
    return _gone(parted) and any(met.type in ("", write.type) for write in writes)


def _second_request_answered(_: MetFault, parted: Parted) -> bool:
    """F3: only the trap of the second request is allowed, and it is answered, or its task waits and others go on."""
    event = parted.wrong.event if parted.wrong is not None else None
    goes_on = isinstance(event, a.SubtaskCancelled | a.Yielded | a.Delivered)
    return goes_on and not parted.following.allowed and _only_traps(parted)


def _only_traps(parted: Parted) -> bool:
    return [end.trap for end in parted.following.ends] == [TrapClass.OTHER]


def _told_when_done(_: MetFault, parted: Parted) -> bool:
    """F5."""
    event = parted.wrong.event if parted.wrong is not None else None
    of_future = (EventCode.FUTURE_READ, EventCode.FUTURE_WRITE)
    return isinstance(event, a.Delivered) and event.code in of_future and event.payload == _DROPPED


def _drop_traps(_: MetFault, parted: Parted) -> bool:
    """F6: a component tells of a drop before it drops."""
    return _gone(parted) and bool(parted.seen) and isinstance(parted.seen[-1].event, a.SubtaskDropped)


def _other_task_goes_on(_: MetFault, parted: Parted) -> bool:
    """F7: in the place of the synchronous task, whose frames are above its own. An interpreter cannot have that."""
    allowed, trap = parted.following.allowed, parted.trap
    if parted.wrong is not None or trap is None or (trap.kind, trap.detail) != (TrapClass.INTERPRETER, _OVERLAP):
        return False
    return bool(allowed) and all(isinstance(each.event.event, a.Yielded) for each in allowed)


def _gone(parted: Parted) -> bool:
    """The trap of F1 and F6, after events that are all right."""
    trap = parted.trap
    return parted.wrong is None and trap is not None and (trap.kind, trap.detail) == (TrapClass.OTHER, _GONE)


_KNOWN = {
    EngineFault.F1: _Known(_write_traps, "let its task wait for the read or cancel it (`stop`) before the task ends"),
    EngineFault.F3: _Known(_second_request_answered, "cancel {} once"),
    EngineFault.F5: _Known(_told_when_done, "let {} leave its set, or drop it, before the task waits again"),
    EngineFault.F6: _Known(_drop_traps, "drop {} as soon as its caller gets RETURNED, or let its task end there"),
    EngineFault.F7: _Known(_other_task_goes_on, "await {} before the yield, or yield without `in-place`"),
}
