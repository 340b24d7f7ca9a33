"""Differences between the observed and the expected behaviour, or between two toolchains, on three levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.binary.core_module import CoreInterface
from harness.engine.results import Rejected, RunResult
from harness.judge.difference import NOTHING, RETURNS, Difference, Trapped
from harness.judge.ended import EndOfRun, where_it_ended
from harness.judge.observation import Observation
from harness.plan.events import Events, PlacedEvent
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.places import call_of, root_of
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.trace.event import Event
from harness.trace.events import Balance, Balances, Fail, Unreadable
from harness.trace.reader import Trace


def against_model(observation: Observation, plan: ScriptPlan) -> list[Difference]:
    """Level 3 by the specification alone: the outcome, then the first different event of each role, then balances."""
    result = observation.result
    if isinstance(result, Rejected):
        expected = outcome_words(plan.outcome)
        return [Difference(3, "outcome", None, "", expected, str(result), allowed=(plan.outcome,))]
    found = []
    if not _same_outcome(result, plan.outcome):
        end = where_it_ended(observation.traces, plan) if result.trap is not None else EndOfRun()
        difference = of_outcome("", outcome_words(plan.outcome), result, str(end), (plan.outcome,))
        found.append(replace(difference, call=end.call or end.near))
    elif result.trap is not None and result.trap.kind is TrapClass.INTERPRETER:
        found.extend(said(observation.traces, result.trap.detail))
    for role, events in plan.expected.items():
        trace = observation.traces.get(role)
        seen = trace.events if trace is not None else ()
        event = _first_event(role, events, seen, result.trap is not None)
        if event is not None:
            found.append(event)
    if plan.outcome.trap is None and result.trap is None:
        for role, trace in observation.traces.items():
            found.extend(_balances(role, trace))
            found.extend(end_of(role, trace))
    return found


def _first_event(role: Role, expected: Events, actual: tuple[Event, ...], trapped: bool) -> Difference | None:
    if expected.same_as(actual):
        return None
    index = _first_difference(expected.events, actual)
    wanted, seen = _at(expected.events, index), _at(actual, index)
    if seen is None and trapped and _stopped_within_call(expected[index:]):
        return None
    placed = expected[index] if wanted is not None else None
    path = placed.path if placed is not None else "after the last event"
    place = f"event {index + 1}" + (f", {path}" if path else "")
    return Difference.of_events("event", role, place, wanted, seen, call_of(placed.place) if placed is not None else 0)


def _first_difference(expected: tuple[Event, ...], actual: tuple[Event, ...]) -> int:
    """The first difference of two unequal sequences."""
    pairs = zip(expected, actual, strict=False)
    both = min(len(expected), len(actual))
    return next((index for index, (wanted, seen) in enumerate(pairs) if wanted != seen), both)


def _at(events: tuple[Event, ...], index: int) -> Event | None:
    return events[index] if index < len(events) else None


def _stopped_within_call(missing: Sequence[PlacedEvent]) -> bool:
    """A trap may hide the component's last events, but no event before the call that it ended."""
    calls = (root_of(event.place) for event in missing)  # differences do not need all of them
    first = next(calls, None)
    return first is not None and all(call == first for call in calls)


def _balances(role: Role, trace: Trace) -> list[Difference]:
    """The remaining bytes, blocks, contexts, stack pointer and frames must all be 0."""
    return unbalanced(role, trace.balances)


def unbalanced(role: Role, balances: Sequence[Event]) -> list[Difference]:
    """The first of these events that is not balanced."""
    for event in {id(event): event for event in balances}.values():  # most are one object many times
        if not isinstance(event, Balances):
            return [Difference(3, "balance", role, "", "numbers", str(event), events=(None, event))]
        wanted = event.balanced()
        if event != wanted:
            return [Difference.of_events("balance", role, " ".join(event.left), wanted, event)]
    return []


def said(traces: Mapping[Role, Trace], cause: str) -> list[Difference]:
    """An interpreter reports its reason before it traps; a guest's function may merely have the same name."""
    told = [trace.failure for trace in traces.values() if trace.failure is not None]
    if cause in told:
        return []
    return [Difference(3, "outcome", None, "", f"fail {cause}", ", ".join(f"fail {name}" for name in told) or NOTHING)]


def end_of(role: Role, trace: Trace, last: bool = True) -> list[Difference]:
    """An ended component reports its end once, whatever a guest makes it write before.

    `last`: its report is its last line. In asynchronous worlds a call can wait to enter until `finish` was answered,
    and starts its task then.
    """
    found = []
    if trace.failure is not None:
        found.append(Difference.of_events("event", role, "at the end", None, Fail(trace.failure)))
    ends = [event.__class__ for event in trace.balances].count(Balance)
    ends += sum([event.word == "balance" for event in trace.balances if event.__class__ is Unreadable])
    if ends != 1 or (last and not trace.ended):
        seen = (
            NOTHING if not ends else f"{ends} balances, the last before other lines" if ends == 1 else f"{ends} of them"
        )
        expected = "one balance, at the end" if last else "one balance"
        found.append(Difference(3, "balance", role, "", expected, seen))
    return found


def between(left: Observation, right: Observation) -> list[Difference]:
    """Level 3 between two cells: `left` counts as expected. Balances are not compared."""
    a, b = left.result, right.result
    if isinstance(a, Rejected) or isinstance(b, Rejected):
        if isinstance(a, Rejected) and isinstance(b, Rejected):
            return []
        return [Difference(3, "outcome", None, "", _any_outcome(a), _any_outcome(b))]
    found = []
    if _trap_words(a) != _trap_words(b):
        found.append(of_outcome("", _any_outcome(a), b))
    for role, trace in left.traces.items():
        other = right.traces.get(role)
        events = other.events if other is not None else ()
        if trace.events != events:
            index = _first_difference(trace.events, events)
            one, two = _at(trace.events, index), _at(events, index)
            found.append(Difference.of_events("event", role, f"event {index + 1}", one, two))
    return found


def _same_outcome(result: RunResult, expected: ExpectedOutcome) -> bool:
    trap = result.trap
    if trap is None or expected.trap is None:
        return trap is None and expected.trap is None
    if trap.kind is not expected.trap:
        return trap.kind in expected.also
    return expected.trap is not TrapClass.INTERPRETER or expected.detail in (None, trap.detail)


def outcome_words(expected: ExpectedOutcome) -> str:
    if expected.trap is None:
        return RETURNS
    kinds = " or ".join([expected.trap.value, *sorted(kind.value for kind in expected.also)])
    return f"a trap ({kinds}{f': {expected.detail}' if expected.detail else ''})"


def of_outcome(
    path: str,
    expected: str,
    result: RunResult,
    before: str = "",
    allowed: tuple[Event | ExpectedOutcome, ...] = (),
) -> Difference:
    """The end of a run that differs from what is expected. The rest as in `Difference`."""
    return Difference(
        3,
        "outcome",
        None,
        path,
        expected,
        _any_outcome(result),
        before,
        allowed=allowed,
        trapped=_trapped(result),
    )


def _trapped(result: RunResult) -> Trapped | None:
    trap = result.trap
    return Trapped(trap.kind, trap.detail, trap.entry) if trap is not None else None


def _any_outcome(result: RunResult | Rejected) -> str:
    if isinstance(result, Rejected):
        return str(result)
    return str(_trapped(result) or RETURNS)


def same_end(one: RunResult | Rejected, other: RunResult | Rejected) -> bool:
    """Whether two runs that took place ended alike."""
    if isinstance(one, Rejected) or isinstance(other, Rejected):
        return False
    return _trap_words(one) == _trap_words(other)


def _trap_words(result: RunResult) -> tuple[TrapClass, str] | None:
    trap = result.trap
    if trap is None:
        return None
    return trap.kind, trap.detail if trap.kind is TrapClass.INTERPRETER else ""


def core_interfaces(expected: CoreInterface, actual: CoreInterface, role: Role) -> list[Difference]:
    """Level 1: a dylib's imports and exports.

    The interpreter's functions (`env`) may be imported or not, as the world needs; common imports must have one type.
    Items that only the linker reads may differ, too.
    """
    found = _maps("export", 1, role, _exports(expected), _exports(actual))
    ours, theirs = expected.imports, actual.imports
    for key in ours.keys() & theirs.keys():
        if ours[key] != theirs[key]:
            found.append(Difference(1, "import", role, " ".join(key), ours[key], theirs[key]))
    return found


_LINKING = ("__wasm_", "cabi_post_", "cabi_realloc")
"""Exports that a generator may leave out if they would do nothing."""


def _exports(interface: CoreInterface) -> dict[str, str]:
    return {name: type for name, type in interface.exports.items() if not name.startswith(_LINKING)}


def _maps(
    aspect: str, level: int, role: Role, expected: Mapping[str, str], actual: Mapping[str, str]
) -> list[Difference]:
    found = []
    for key in expected.keys() | actual.keys():
        left, right = expected.get(key), actual.get(key)
        if left != right:
            found.append(Difference(level, aspect, role, key, left or NOTHING, right or NOTHING))
    return sorted(found, key=lambda difference: difference.path)
