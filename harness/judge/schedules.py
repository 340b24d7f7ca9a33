"""Level 3 of asynchronous runs: whether some schedule that the specification allows explains what was seen.

The model follows the events of all components in their global order. Which of several allowed schedules an engine took
says nothing about a tool.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from harness.engine.results import Rejected, RunResult
from harness.judge.diff import end_of, outcome_of, outcome_words, said, unbalanced
from harness.judge.difference import NOTHING, Difference
from harness.judge.observation import Observation
from harness.model import Crossings
from harness.model.abi import abi_of
from harness.model.concurrency import Explained, Following, Left, RunEnd, Seen, Undecided, Unexplained, follow
from harness.plan.outcomes import TrapClass
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.trace.async_events import AsyncBalance
from harness.trace.event import Event
from harness.trace.events import Balance, ExportCall, ExportFinish
from harness.trace.reader import Trace
from harness.trace.tasks import Reported

MOST_ALLOWED = 4
"""Allowed events that a difference names."""
_NO_TOLD: tuple[Reported, ...] = ()


class Undecidable(Exception):
    """The model cannot say whether a run is right."""


class _Run(NamedTuple):
    number: int
    seen: tuple[Seen, ...]
    end: RunEnd


class Schedules:
    """Follows the runs of a plan. Cells that show the same are followed once."""

    def __init__(self, plan: Plan) -> None:
        self._crossings = Crossings(plan.worlds, plan.wires, abi=abi_of(plan))
        self._plan = plan
        self._silent = frozenset(part.role for part in plan.components if part.foreign)
        self._known: dict[_Run, Following] = {}

    def against(self, number: int, observation: Observation) -> list[Difference]:
        """The differences of run `number`, counted from 0, from what is allowed. Raises `Undecidable`."""
        script, result = self._plan.runs[number], observation.result
        assert not isinstance(result, Rejected)
        seen = in_order(observation.traces, result.order)
        following = self._follow(_Run(number, seen, _end(result)), script)
        match following:
            case Undecided(index, reason):
                raise Undecidable(f"{reason} (at event {index + 1} of all components)")
            case Unexplained():
                return [_unexplained(following, seen, result)]
        if result.trap is not None:
            inside = result.trap.kind is TrapClass.INTERPRETER
            return said(observation.traces, result.trap.detail) if inside else []
        return [*_left(observation.traces, following), *_late(observation.traces)]

    def _follow(self, run: _Run, script: ScriptPlan) -> Following:
        known = self._known.get(run)
        if known is None:
            entries = self._plan.entries if script.entries is None else script.entries
            assert script.followed is not None
            known = follow(self._crossings, script.followed, entries, run.seen, run.end, self._silent)
            self._known[run] = known
        return known


def in_order(traces: Mapping[Role, Trace], order: Sequence[tuple[Role, int]]) -> tuple[Seen, ...]:
    """The events of all components in the order in which the host heard of them. `order`: as in `RunResult`."""
    told = {role: trace.tasks.told if trace.tasks is not None else _NO_TOLD for role, trace in traces.items()}
    heard = dict.fromkeys(told, 0)
    taken = dict.fromkeys(told, 0)
    seen: list[Seen] = []
    for role, length in order:
        heard[role] += length
        events, at = told[role], taken[role]
        while at < len(events) and events[at].at < heard[role]:
            seen.append(Seen(role, events[at].task, events[at].event))
            at += 1
        taken[role] = at
    return tuple(seen)


def first_parting(one: Sequence[Seen], other: Sequence[Seen]) -> str:
    """The first event in which two runs differ, in words. Empty if one is the beginning of the other: a trap may hide
    the last events."""
    for at, (wanted, seen) in enumerate(zip(one, other, strict=False)):
        if wanted != seen:
            words = [f"`{each.event}` ({each.role.value}, task {each.task})" for each in (seen, wanted)]
            return f"event {at + 1} of all components is {words[0]} instead of {words[1]}"
    return ""


def _end(result: RunResult) -> RunEnd:
    trap = result.trap
    if trap is None:
        return RunEnd()
    return RunEnd(trap.kind, trap.detail if trap.kind is TrapClass.INTERPRETER else None)


def _unexplained(following: Unexplained, seen: Sequence[Seen], result: RunResult) -> Difference:
    """The first event that no schedule allows, with the place of an allowed one; or the wrong end."""
    allowed = following.allowed[:MOST_ALLOWED]
    more = len(following.allowed) - len(allowed)
    shown = [f"`{each.event.line}` ({each.role.value}, task {each.task})" for each in allowed]
    shown += [f"{more} others"] if more else []
    shown += [outcome_words(end) for end in following.ends]
    expected = " or ".join(shown) or NOTHING
    path = next((each.event.path for each in allowed if each.event.path), "")
    if following.index < len(seen):
        wrong = seen[following.index]
        place = f"event {following.index + 1} of all components, task {wrong.task}{f', {path}' if path else ''}"
        wanted: Event | None = allowed[0].event.event if allowed else None
        return Difference(3, "event", wrong.role, place, expected, str(wrong.event), events=(wanted, wrong.event))
    before = f"the last event of all components is {len(seen)}, `{seen[-1].event}`" if seen else "no event came"
    return Difference(3, "outcome", None, path, expected, outcome_of(result), before)


def _left(traces: Mapping[Role, Trace], explained: Explained) -> list[Difference]:
    """What components leave must be what one way of explaining the run leaves."""
    found = []
    for role, trace in traces.items():
        found += unbalanced(role, [event for event in trace.balances if not isinstance(event, AsyncBalance | Balance)])
        found += end_of(role, trace, last=False)
    told = {role: _balances(trace) for role, trace in traces.items()}
    if found or any(all(_fits(told.get(role, []), left) for role, left in way.items()) for way in explained.left):
        return found
    way = explained.left[0] if explained.left else {}
    for role, left in way.items():
        actual = told.get(role, [])
        if not _fits(actual, left):
            wanted = ", ".join([str(left.asynchronous), *([str(left.balance)] if left.balance is not None else [])])
            found.append(Difference(3, "balance", role, "", wanted, ", ".join(map(str, actual)) or NOTHING))
    return found


def _balances(trace: Trace) -> list[Event]:
    return [event for event in trace.balances if isinstance(event, AsyncBalance | Balance)]


def _fits(told: Sequence[Event], left: Left) -> bool:
    match told:
        case [AsyncBalance() as asynchronous, Balance() as balance]:
            return asynchronous == left.asynchronous and left.balance in (None, balance)
    return False


def _late(traces: Mapping[Role, Trace]) -> list[Difference]:
    """Each call of a synchronous export is finished once. When, cannot be told (`harness/trace/tasks.py`)."""
    found = []
    for role, trace in traces.items():
        if trace.tasks is None:
            continue
        called = Counter(each.event.function for each in trace.tasks.told if isinstance(each.event, ExportCall))
        finished = _functions(trace.tasks.late)
        for name in called.keys() | finished.keys():
            if called[name] != finished[name]:
                wanted, seen = (f"{count} times export_finish {name}" for count in (called[name], finished[name]))
                found.append(Difference(3, "event", role, "", wanted, seen))
    return sorted(found, key=str)


def _functions(events: Iterable[Event]) -> Counter[str]:
    return Counter(event.function for event in events if isinstance(event, ExportFinish))
