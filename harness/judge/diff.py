"""What differs between what was seen and what must be seen, or between two toolchains, on three levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from harness.binary.core_module import CoreInterface
from harness.engine.results import Rejected, RunResult
from harness.judge.difference import NOTHING, RETURNS, Difference
from harness.judge.observation import Observation
from harness.plan.events import Event
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.trace.reader import Trace


@dataclass(frozen=True, slots=True)
class Expected:
    """A run's plan with its events as lines, put together once for all cells."""

    plan: ScriptPlan
    lines: dict[Role, tuple[str, ...]]

    @classmethod
    def of(cls, plan: ScriptPlan) -> Expected:
        return cls(plan, {role: events.lines for role, events in plan.expected.items()})


def against_model(observation: Observation, expected: Expected) -> list[Difference]:
    """Level 3 by the specification alone: outcome, then the first differing event of each role, then balances."""
    plan = expected.plan
    result = observation.result
    if isinstance(result, Rejected):
        return [Difference(3, "outcome", None, "", _outcome(plan.outcome), str(result))]
    found = []
    if not _same_outcome(result, plan.outcome):
        before = _before_the_end(observation, expected) if result.trap is not None else ""
        found.append(Difference(3, "outcome", None, "", _outcome(plan.outcome), _actual_outcome(result), before))
    elif result.trap is not None and result.trap.kind is TrapClass.INTERPRETER:
        found.extend(_said(observation.traces, result.trap.detail))
    for role, events in plan.expected.items():
        trace = observation.traces.get(role)
        lines = trace.lines if trace is not None else ()
        event = _first_event(role, events, expected.lines[role], lines, result.trap is not None)
        if event is not None:
            found.append(event)
    if plan.outcome.trap is None and result.trap is None:
        for role, trace in observation.traces.items():
            found.extend(_balances(role, trace))
            found.extend(_end(role, trace, result.traces.get(role, "")))
    return found


def _before_the_end(observation: Observation, expected: Expected) -> str:
    """Where a trap came: the last event that was right, and the one that should have come next, with its place.

    Of the component that named the cause; where none did, of each that ended early.
    """
    ended = []
    for role, events in expected.plan.expected.items():
        trace = observation.traces.get(role)
        lines = trace.lines if trace is not None else ()
        if lines == expected.lines[role][: len(lines)] and len(lines) < len(events):
            ended.append((trace is not None and trace.failure is not None, role, len(lines), events))
    named = [item for item in ended if item[0]] or ended
    return "\n".join(_place(role, at, events) for _, role, at, events in named)


def _place(role: Role, at: int, events: Sequence[Event]) -> str:
    """`at`: how many events of the component came."""
    last = f"the last event is {at}, {_event(events[at - 1])}" if at else "no event came"
    return f"{role.value}: {last}; {at + 1} should be {_event(events[at])}"


def _event(event: Event) -> str:
    return f"`{event.line}`" + (f" ({event.path})" if event.path else "")


def _first_event(
    role: Role, events: Sequence[Event], expected: tuple[str, ...], lines: tuple[str, ...], trapped: bool
) -> Difference | None:
    if expected == lines:
        return None
    for index, (wanted, seen) in enumerate(zip_longest(expected, lines)):
        if wanted != seen:
            if seen is None and trapped and _stopped_within_call(events[index:]):
                return None
            path = events[index].path if index < len(events) else "after the last event"
            place = f"event {index + 1}" + (f", {path}" if path else "")
            return Difference(3, "event", role, place, wanted or NOTHING, seen or NOTHING)
    return None


def _stopped_within_call(missing: Sequence[Event]) -> bool:
    """A trap may keep from being seen what the component told last, but nothing before the call that it ended."""
    calls = (event.path.partition(",")[0] for event in missing)  # not all of them are put together where two differ
    first = next(calls, None)
    return first is not None and all(call == first for call in calls)


def _balances(role: Role, trace: Trace) -> list[Difference]:
    """Bytes, blocks, contexts, stack pointer and frames that are left must all be 0."""
    found = []
    for line in dict.fromkeys(trace.balances):  # most are alike
        head, *fields = line.split(" ")
        count = 5 if head == "balance" else 2
        fields += [NOTHING] * (count - len(fields))
        if any(number != "0" for number in fields[-count:]):
            zeros = " ".join([head, *fields[:-count], *["0"] * count])
            names = "bytes blocks contexts stack frames" if count == 5 else "bytes stack"
            found.append(Difference(3, "balance", role, names, zeros, line))
            break
    return found


def _said(traces: Mapping[Role, Trace], cause: str) -> list[Difference]:
    """An interpreter says why it traps before it does; a function of a guest may only be called like one of its own."""
    told = [trace.failure for trace in traces.values() if trace.failure is not None]
    if cause in told:
        return []
    return [Difference(3, "outcome", None, "", f"fail {cause}", ", ".join(f"fail {name}" for name in told) or NOTHING)]


def _end(role: Role, trace: Trace, text: str) -> list[Difference]:
    """A component that has ended says so once, and nothing after it, whatever a guest makes it say before."""
    found = []
    if trace.failure is not None:
        found.append(Difference(3, "event", role, "at the end", NOTHING, f"fail {trace.failure}"))
    ends = text.count("\nbalance ") + text.startswith("balance ")
    if ends != 1 or "\n" in text[text.rfind("balance ") :].rstrip("\n"):
        seen = (
            NOTHING if not ends else f"{ends} balances, the last before other lines" if ends == 1 else f"{ends} of them"
        )
        found.append(Difference(3, "balance", role, "", "one balance, at the end", seen))
    return found


def between(left: Observation, right: Observation) -> list[Difference]:
    """Level 3 between two cells: `left` is called expected. Balances are each toolchain's own affair."""
    a, b = left.result, right.result
    if isinstance(a, Rejected) or isinstance(b, Rejected):
        if isinstance(a, Rejected) and isinstance(b, Rejected):
            return []
        return [Difference(3, "outcome", None, "", _any_outcome(a), _any_outcome(b))]
    found = []
    if _trap_words(a) != _trap_words(b):
        found.append(Difference(3, "outcome", None, "", _actual_outcome(a), _actual_outcome(b)))
    for role, trace in left.traces.items():
        other = right.traces.get(role)
        lines = other.lines if other is not None else ()
        if trace.lines != lines:
            for index, (x, y) in enumerate(zip_longest(trace.lines, lines)):
                if x != y:
                    found.append(Difference(3, "event", role, f"event {index + 1}", x or NOTHING, y or NOTHING))
                    break
    return found


def _same_outcome(result: RunResult, expected: ExpectedOutcome) -> bool:
    trap = result.trap
    if trap is None or expected.trap is None:
        return trap is None and expected.trap is None
    if trap.kind is not expected.trap:
        return trap.kind in expected.also
    return expected.trap is not TrapClass.INTERPRETER or expected.detail in (None, trap.detail)


def _outcome(expected: ExpectedOutcome) -> str:
    if expected.trap is None:
        return RETURNS
    kinds = " or ".join([expected.trap.value, *sorted(kind.value for kind in expected.also)])
    return f"a trap ({kinds}{f': {expected.detail}' if expected.detail else ''})"


def _actual_outcome(result: RunResult) -> str:
    if result.trap is None:
        return RETURNS
    trap = result.trap
    return f"a trap ({trap.kind.value}: {trap.detail}) in {trap.entry}"


def _any_outcome(result: RunResult | Rejected) -> str:
    if isinstance(result, Rejected):
        return str(result)
    return _actual_outcome(result)


def _trap_words(result: RunResult) -> tuple[TrapClass, str] | None:
    trap = result.trap
    if trap is None:
        return None
    return trap.kind, trap.detail if trap.kind is TrapClass.INTERPRETER else ""


def core_interfaces(expected: CoreInterface, actual: CoreInterface, role: Role) -> list[Difference]:
    """Level 1: a dylib's imports and exports.

    The interpreter's functions (`env`) may be imported or not, as the world needs; those that both import must have one
    type. What the linker alone looks at may differ too.
    """
    found = _maps("export", 1, role, _exports(expected), _exports(actual))
    ours, theirs = expected.imports, actual.imports
    for key in ours.keys() & theirs.keys():
        if ours[key] != theirs[key]:
            found.append(Difference(1, "import", role, " ".join(key), ours[key], theirs[key]))
    return found


_LINKING = ("__wasm_", "cabi_post_", "cabi_realloc")
"""Exports that a generator may leave out where they would do nothing."""


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
