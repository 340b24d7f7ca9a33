"""Level 3 of asynchronous runs: whether some schedule that the specification allows explains what was seen.

The model follows the events of all components in their global order. Which of several allowed schedules an engine took
says nothing about a tool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from harness.engine.results import Rejected, RunResult, Trap
from harness.judge.diff import end_of, of_outcome, outcome_words, said, same_end, unbalanced
from harness.judge.difference import NOTHING, Difference
from harness.judge.observation import Observation
from harness.model import Crossings
from harness.model.abi import abi_of
from harness.model.concurrency import Explained, Following, Left, RunEnd, Seen, Shown, Undecided, Unexplained, follow
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.places import OfEnd, Place, call_of, root_of
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.trace.async_events import AsyncBalance
from harness.trace.event import Event
from harness.trace.events import LATE, Balance
from harness.trace.identified import identified
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


class Parted(NamedTuple):
    """A run that no allowed schedule explains, with its events in order and the trap that ended it."""

    following: Unexplained
    seen: tuple[Seen, ...]
    trap: Trap | None

    @property
    def wrong(self) -> Seen | None:
        """The first event that no schedule allows; None if only the end is wrong."""
        return self.seen[self.following.index] if self.following.index < len(self.seen) else None


class Schedules:
    """Follows the runs of a plan. Cells that show the same are followed once."""

    def __init__(self, plan: Plan) -> None:
        self._crossings = Crossings(plan.worlds, plan.wires, plan.hooks, abi_of(plan))
        self._plan = plan
        self._silent = frozenset(part.role for part in plan.components if part.foreign)
        self._known: dict[_Run, Following] = {}

    def against(self, number: int, observation: Observation) -> list[Difference]:
        """The differences of run `number`, counted from 0, from what is allowed. Raises `Undecidable`."""
        result = observation.result
        assert not isinstance(result, Rejected)
        seen, following = self._followed(number, observation.traces, result)
        match following:
            case Undecided(index, reason):
                raise Undecidable(f"{reason} (at event {index + 1} of all components)")
            case Unexplained():
                return [_unexplained(following, seen, result)]
        if result.trap is not None:
            inside = result.trap.kind is TrapClass.INTERPRETER
            return said(observation.traces, result.trap.detail) if inside else []
        return _left(observation.traces, following)

    def parted(self, number: int, observation: Observation) -> Parted | None:
        """Where run `number` leaves what is allowed; None if its events and its end do not."""
        result = observation.result
        if isinstance(result, Rejected):
            return None
        seen, following = self._followed(number, observation.traces, result)
        return Parted(following, seen, result.trap) if isinstance(following, Unexplained) else None

    def same(self, number: int, one: Observation, other: Observation) -> bool:
        """Whether two runs show the same in each task and at their ends, up to turns that the specification allows:
        the first wrong event of each, if any, is one of a task that may go on there."""
        if not same_end(one.result, other.result) or one.traces.keys() != other.traces.keys():
            return False
        in_turns = self._in_allowed_turns(number, one) and self._in_allowed_turns(number, other)
        return in_turns and all(_same_tasks(trace, other.traces[role]) for role, trace in one.traces.items())

    def _in_allowed_turns(self, number: int, observation: Observation) -> bool:
        parted = self.parted(number, observation)
        if parted is None or parted.wrong is None:
            return True
        tasks = [(each.role, each.task) for each in parted.following.allowed]
        return (parted.wrong.role, parted.wrong.task) in tasks

    def _followed(
        self, number: int, traces: Mapping[Role, Trace], result: RunResult
    ) -> tuple[tuple[Seen, ...], Following]:
        seen = in_order(traces, result.order)
        return seen, self._follow(_Run(number, seen, _end(result)), self._plan.runs[number])

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
            seen.append(Seen(role, events[at].task, events[at].event, events[at].late))
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


def _same_tasks(one: Trace, other: Trace) -> bool:
    if one.tasks is None or other.tasks is None:
        return one.events == other.events
    return identified(one.tasks) == identified(other.tasks)


def _end(result: RunResult) -> RunEnd:
    trap = result.trap
    if trap is None:
        return RunEnd()
    return RunEnd(trap.kind, trap.detail if trap.kind is TrapClass.INTERPRETER else None)


def _unexplained(following: Unexplained, seen: Sequence[Seen], result: RunResult) -> Difference:
    """The first event that no schedule allows, with the place of an allowed one; or the wrong end."""
    wrong = seen[following.index] if following.index < len(seen) else None
    nearest = _Nearest.of(following.allowed, wrong)
    more = len(nearest.allowed) - MOST_ALLOWED
    shown = [f"`{event}` ({each.role.value}, task {each.task})" for each, event in nearest.allowed[:MOST_ALLOWED]]
    shown += [f"{more} others"] if more > 0 else []
    shown += [outcome_words(end) for end in following.ends]
    expected = " or ".join(shown) or NOTHING
    placed = next((each for each, _ in nearest.allowed[:MOST_ALLOWED] if each.event.path), None)
    at: Place
    path, at = (placed.event.path, placed.event.place) if placed is not None else ("", "")
    allowed: tuple[Event | ExpectedOutcome, ...] = (
        *[event for _, event in nearest.allowed[:MOST_ALLOWED]],
        *following.ends,
    )
    if wrong is not None and nearest.got is not None:
        wanted = nearest.allowed[0][1] if nearest.allowed else None
        place = f"event {following.index + 1} of all components, task {wrong.task}{f', {path}' if path else ''}"
        if isinstance(wanted, LATE) or isinstance(nearest.got, LATE):
            own = sum([each.role is wrong.role for each in seen[: following.index + 1]])
            place, at = f"before event {following.index + 1} of all components, {own} of the component", ""
        events = (wanted, nearest.got)
        difference = Difference(3, "event", wrong.role, place, expected, str(nearest.got), "", events, allowed)
        return replace(difference, call=call_of(at), element=isinstance(root_of(at), OfEnd))
    before = f"the last event of all components is {len(seen)}, `{seen[-1].event}`" if seen else "no event came"
    difference = of_outcome(path, expected, result, before, allowed)
    return replace(difference, call=call_of(at), element=isinstance(root_of(at), OfEnd))


class _Nearest(NamedTuple):
    """The allowed events that share most with a wrong one, and of each the first part that differs: a late event that
    comes with it, or the event itself."""

    allowed: tuple[tuple[Shown, Event], ...]
    got: Event | None

    @staticmethod
    def of(allowed: Sequence[Shown], wrong: Seen | None) -> _Nearest:
        if wrong is None:
            return _Nearest(tuple([(each, each.event.event) for each in allowed]), None)
        parts = [*wrong.late, wrong.event]
        compared = [(each, [*each.late, each.event.event]) for each in allowed]
        shared = [_shared(own, parts) if each.role is wrong.role else 0 for each, own in compared]
        most = max(shared, default=0)
        # the parts are equal where only the task differs
        at = [min(most, len(own) - 1) for _, own in compared]
        near = [(each, own[k]) for (each, own), k, n in zip(compared, at, shared, strict=True) if n == most]
        return _Nearest(tuple(near), parts[min(most, len(parts) - 1)])


def _shared(one: Sequence[Event], other: Sequence[Event]) -> int:
    """The number of equal events at the beginning of both."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _left(traces: Mapping[Role, Trace], explained: Explained) -> list[Difference]:
    """What components leave must be what one way of explaining the run leaves."""
    found = []
    for role, trace in traces.items():
        found += unbalanced(role, [event for event in trace.balances if not isinstance(event, AsyncBalance | Balance)])
        found += end_of(role, trace, last=False)
    told = {role: _balances(trace) for role, trace in traces.items()}
    late = {role: _at_end(traces.get(role)) for role in {*traces, *(role for way in explained.left for role in way)}}

    def fits(role: Role, left: Left) -> bool:
        return _fits(told.get(role, []), left) and late[role] == left.late

    if found or any(all(fits(role, left) for role, left in way.items()) for way in explained.left):
        return found
    way = explained.left[0] if explained.left else {}
    for role, left in way.items():
        actual = told.get(role, [])
        if late[role] != left.late:
            found.append(_wrong_end(role, traces.get(role), left.late, late[role]))
        if not _fits(actual, left):
            wanted = ", ".join([str(left.asynchronous), *([str(left.balance)] if left.balance is not None else [])])
            found.append(Difference(3, "balance", role, "", wanted, ", ".join(map(str, actual)) or NOTHING))
    return found


def _wrong_end(role: Role, trace: Trace | None, wanted: Sequence[Event], seen: Sequence[Event]) -> Difference:
    at = _shared(wanted, seen)
    one, other = (next(iter(events[at:]), None) for events in (wanted, seen))
    own = 0 if trace is None or trace.tasks is None else len(trace.tasks.told)
    return Difference.of_events("event", role, f"at the end, after event {own} of the component", one, other)


def _balances(trace: Trace) -> list[Event]:
    return [event for event in trace.balances if isinstance(event, AsyncBalance | Balance)]


def _fits(told: Sequence[Event], left: Left) -> bool:
    match told:
        case [AsyncBalance() as asynchronous, Balance() as balance]:
            return asynchronous == left.asynchronous and left.balance in (None, balance)
    return False


def _at_end(trace: Trace | None) -> tuple[Event, ...]:
    """The late events that leave with the balance."""
    if trace is None:
        return ()
    if trace.tasks is not None:
        return trace.tasks.at_end
    return tuple([event for event in trace.events if isinstance(event, LATE)])
