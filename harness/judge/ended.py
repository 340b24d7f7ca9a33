"""Where a run was when a trap or a limit ended it, by the events that its components had shown until then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.plan.events import Events, PlacedEvent
from harness.plan.places import Place, call_of
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.trace.events import ExportFinish
from harness.trace.reader import Trace


@dataclass(frozen=True, slots=True)
class EndOfRun:
    """`call`: the number of the innermost call that had begun and not ended, counted from 1; 0 if none had. `text`:
    this call with its arguments. `around`: the last event of each component that ended early, and its next one.
    `near`: the number of the first call that has one of these; 0 if none has."""

    call: int = 0
    text: str = ""
    around: str = ""
    near: int = 0

    def __str__(self) -> str:
        inside = f"call {self.call} has not ended: {self.text}" if self.call else ""
        return "\n".join(filter(None, [inside, self.around]))


def where_it_ended(traces: Mapping[Role, Trace], plan: ScriptPlan) -> EndOfRun:
    """By the components whose events are the beginning of the expected ones; others do not tell it."""
    begun = {number for _, at, events in _early(traces, plan) for number in map(call_of, events.places[:at])} - {0}
    left = {number for _, at, events in _early(traces, plan) for number in map(call_of, _needed(events, at))}
    call = max(begun & left, default=0)
    text = plan.calls[call - 1] if 0 < call <= len(plan.calls) else ""
    around = _around(traces, plan)
    near = [number for _, at, events in around for number in map(call_of, events.places[max(at - 1, 0) : at + 1])]
    return EndOfRun(call, text, "\n".join(_place(*item) for item in around), next(filter(None, near), 0))


def _around(traces: Mapping[Role, Trace], plan: ScriptPlan) -> list[tuple[Role, int, Events]]:
    """The component that named the cause; if none did, each that ended early. With the number of its events."""
    ended = list(_early(traces, plan))
    return [item for item in ended if item[0] in traces and traces[item[0]].failure is not None] or ended


def _early(traces: Mapping[Role, Trace], plan: ScriptPlan) -> Iterator[tuple[Role, int, Events]]:
    """The components that ended early, with the number of events that they showed."""
    for role, events in plan.expected.items():
        seen = traces[role].events if role in traces else ()
        if len(seen) < len(events) and seen == events.events[: len(seen)]:
            yield role, len(seen), events


def _needed(events: Events, at: int) -> Iterator[Place]:
    """The places of the events from number `at` on without which a call has not ended. An interpreter may not leave its
    component while it finishes a call, so it keeps that event until the next one (interpreters/PROTOCOL.md)."""
    for event, place in zip(events.events[at:], events.places[at:], strict=True):
        if not isinstance(event, ExportFinish):
            yield place


def _place(role: Role, at: int, events: Sequence[PlacedEvent]) -> str:
    """The last right event, and the event that should have come next. `at`: the number of events of the component."""
    last = f"the last event is {at}, {_event(events[at - 1])}" if at else "no event came"
    return f"{role.value}: {last}; {at + 1} should be {_event(events[at])}"


def _event(event: PlacedEvent) -> str:
    return f"`{event.line}`" + (f" ({event.path})" if event.path else "")
