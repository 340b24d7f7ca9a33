"""Where a run was when a trap or a limit ended it, by the events that its components had shown until then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat

from harness.plan.events import Events, PlacedEvent
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.trace.events import ExportFinish
from harness.trace.reader import Trace

_CALL = re.compile(r"\bcall (\d+) ")
"""The number of a call in paths of events."""


@dataclass(frozen=True, slots=True)
class EndOfRun:
    """`call`: the number of the innermost call that had begun and not ended, counted from 1; 0 if none had. `text`:
    this call with its arguments. `around`: the last event of each component that ended early, and its next one."""

    call: int = 0
    text: str = ""
    around: str = ""

    def __str__(self) -> str:
        inside = f"call {self.call} has not ended: {self.text}" if self.call else ""
        return "\n".join(filter(None, [inside, self.around]))


def where_it_ended(traces: Mapping[Role, Trace], plan: ScriptPlan) -> EndOfRun:
    """By the components whose events are the beginning of the expected ones; others do not tell it."""
    begun = {number for _, at, events in _early(traces, plan) for number in _calls(events.paths[:at], repeat(True))}
    left = {
        number for _, at, events in _early(traces, plan) for number in _calls(events.paths[at:], _needed(events, at))
    }
    call = max(begun & left, default=0)
    text = plan.calls[call - 1] if 0 < call <= len(plan.calls) else ""
    return EndOfRun(call, text, _around(traces, plan))


def _around(traces: Mapping[Role, Trace], plan: ScriptPlan) -> str:
    """The last right event, and the event that should have come next, with its place.

    For the component that named the cause; if none did, for each that ended early.
    """
    ended = [(role, at, events) for role, at, events in _early(traces, plan)]
    named = [item for item in ended if item[0] in traces and traces[item[0]].failure is not None] or ended
    return "\n".join(_place(role, at, events) for role, at, events in named)


def _early(traces: Mapping[Role, Trace], plan: ScriptPlan) -> Iterator[tuple[Role, int, Events]]:
    """The components that ended early, with the number of events that they showed."""
    for role, events in plan.expected.items():
        seen = traces[role].events if role in traces else ()
        if len(seen) < len(events) and seen == events.events[: len(seen)]:
            yield role, len(seen), events


def _needed(events: Events, at: int) -> Iterator[bool]:
    """Whether a call has not ended without the event, for each from number `at` on. An interpreter may not leave its
    component while it finishes a call, so it keeps that event until the next one (interpreters/PROTOCOL.md)."""
    return (not isinstance(event, ExportFinish) for event in events.events[at:])


def _calls(paths: Sequence[str], chosen: Iterable[bool]) -> Iterator[int]:
    """The numbers of calls in the chosen paths. There may be a million, with few beginnings."""
    from harness.model.places import Places  # only where something has run: the commands load no model

    texts = paths.beginnings(chosen) if isinstance(paths, Places) else set(compress(paths, chosen))
    for text in texts:
        found = _CALL.match(text)
        if found:
            yield int(found[1])


def _place(role: Role, at: int, events: Sequence[PlacedEvent]) -> str:
    """`at`: the number of events of the component."""
    last = f"the last event is {at}, {_event(events[at - 1])}" if at else "no event came"
    return f"{role.value}: {last}; {at + 1} should be {_event(events[at])}"


def _event(event: PlacedEvent) -> str:
    return f"`{event.line}`" + (f" ({event.path})" if event.path else "")
