"""Whether a schedule that the specification allows explains a run, event by event.

It keeps all states that explain the run so far. For the next event, each state continues through choices without
events until it shows exactly this event; it drops states that cannot. The run is explained while one state is left, and
in the end one must end in the same way. The task of the next event decides most choices before any state is copied, so
there is rarely more than one state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from harness.model.concurrency.forking import fingerprint, fork
from harness.model.concurrency.interpreter import GUEST
from harness.model.concurrency.observed import (
    Explained,
    Following,
    Left,
    PredictedEvent,
    RunEnd,
    Seen,
    Shown,
    Undecided,
    Unexplained,
)
from harness.model.concurrency.store import Store
from harness.model.concurrency.threads import Possibility
from harness.model.crossing import Crossings
from harness.plan.events import PlacedEvent
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.places import Root, root_of
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace.async_events import Delivered
from harness.trace.event import Event

MOST_STATES = 2_000
"""The most states to examine for one event. With more, the run is undecided."""


def follow(
    crossings: Crossings,
    scripts: Mapping[Role, s.Script],
    entries: Sequence[Role],
    seen: Sequence[Seen],
    end: RunEnd,
    silent: Set[Role] = frozenset(),
) -> Following:
    """`seen`: all events of the run in their global order. `finish` is called in the order of `scripts`.

    `silent`: components whose interpreter is not ours. They behave as their scripts say, but write no trace: none of
    `seen` is theirs. `finish` is not called on them, so nothing is said about what they leave.
    """
    doubts: list[str] = []
    states = [Store(crossings, scripts, entries, GUEST, silent)]
    for index, expected in enumerate(seen):
        states = _Search(expected, doubts).from_states(states)
        if not states:
            start = Store(crossings, scripts, entries, GUEST, silent)
            return _refused(start, seen[:index], expected, doubts)
    search = _Search(None, doubts)
    final = [state for state in search.from_states(states) if state.ended is not None and _is_end(state.ended, end)]
    if final:
        return Explained(_different([state.left for state in final]) if end.trap is None else ())
    if end.trap is not None and any(_stops_within_call(state, end) for state in search.more):
        return Explained(())
    return _answer(len(seen), search, doubts)


def _refused(start: Store, explained: Sequence[Seen], refused: Seen, doubts: list[str]) -> Following:
    """The events that are allowed after `explained`. Starts again, because the states have continued."""
    states = [start]
    for expected in explained:
        states = _Search(expected, doubts).from_states(states)
    search = _Search(refused, doubts, all_options=True)
    assert not search.from_states(states), "a choice was left out that explains the event"
    return _answer(len(explained), search, doubts)


def _answer(index: int, search: _Search, doubts: list[str]) -> Following:
    if doubts:
        return Undecided(index, doubts[0])
    return Unexplained(index, tuple(map(shown, search.shown)), tuple(search.ends))


def shown(raw: PredictedEvent) -> Shown:
    return Shown(raw.role, raw.task, PlacedEvent(raw.event, raw.place), raw.late)


def _seen(raw: PredictedEvent) -> tuple[Role, int, Event, tuple[Event, ...]]:
    return raw.role, raw.task, raw.event, raw.late


def _is_end(model: ExpectedOutcome, end: RunEnd) -> bool:
    if model.trap is None or end.trap is None:
        return model.trap is end.trap
    if end.trap in model.also:
        return True
    return model.trap is end.trap and (model.detail is None or model.detail == end.detail)


def _stops_within_call(state: Store, end: RunEnd) -> bool:
    """Generated code may find a value invalid when it pops it, and then its trap, which is another than that of the
    specification, hides the last events of the call or of the element; the specification looks at values when all are
    there."""
    calls: set[tuple[Role, int, Root]] = set()
    while state.shown:
        calls |= {(raw.role, raw.task, root_of(raw.place)) for raw in state.shown}
        state.shown.clear()
        state.run()
    return len(calls) == 1 and state.ended is not None and end.trap in state.ended.also


def _different(all_left: list[dict[Role, Left]]) -> tuple[Mapping[Role, Left], ...]:
    found: list[Mapping[Role, Left]] = []
    for left in all_left:
        if left not in found:
            found.append(left)
    return tuple(found)


class _Search:
    """From the states that explain a run so far to those that explain one more event, or its end."""

    def __init__(self, expected: Seen | None, doubts: list[str], all_options: bool = False) -> None:
        self._expected = expected
        self._all_options = all_options
        self._doubts = doubts
        """Why the model cannot predict the event of some state."""
        self.shown: list[PredictedEvent] = []
        """The events that states show in its place."""
        self.ends: list[ExpectedOutcome] = []
        self.more: list[Store] = []
        """At the end of the run: the states that would show more."""

    def from_states(self, states: list[Store]) -> list[Store]:
        if self._expected is not None and len(states) == 1 and self._is_next(states[0]):
            return states
        open_states, found, looked = list(states), [], 0
        while open_states:
            state = open_states.pop()
            looked += 1
            if looked > MOST_STATES:
                self._doubts.append(f"more than {MOST_STATES} states explain the run so far")
                break
            state.run()
            if not state.shown and state.unpredictable is not None:
                self._doubts.append(state.unpredictable)
            elif state.shown or state.ended is not None:
                if self._fits(state):
                    found.append(state)
            else:
                open_states += self._after_choice(state)
        return _distinct(found)

    def _is_next(self, state: Store) -> bool:
        """Whether a state shows the expected event before it makes a choice: so it is with most events of most runs."""
        state.run()
        return bool(state.shown) and self._fits(state)

    def _fits(self, state: Store) -> bool:
        """Take the expected event from the state; False if it shows another."""
        if not state.shown:
            assert state.ended is not None
            if state.ended not in self.ends:
                self.ends.append(state.ended)
            return self._expected is None
        first = state.shown[0]
        expected = self._expected
        if expected is None:
            self.more.append(state)
        if expected is None or _seen(first) != (expected.role, expected.task, expected.event, expected.late):
            if first not in self.shown:
                self.shown.append(first)
            return False
        state.shown.popleft()
        return True

    def _after_choice(self, state: Store) -> list[Store]:
        assert state.choice is not None
        wanted = [index for index, option in enumerate(state.choice) if self._may_show(option)]
        if not wanted:
            return []
        branches = [fork(state) for _ in wanted[1:]] + [state]
        for branch, index in zip(branches, wanted, strict=True):
            branch.choose(index)
        return branches

    def _may_show(self, option: Possibility) -> bool:
        expected = self._expected
        if self._all_options or expected is None or option.expected is None:
            return True
        if option.expected != (expected.role, expected.task):
            return False
        return option.handle is None or (
            isinstance(expected.event, Delivered) and expected.event.handle == option.handle
        )


def _distinct(states: list[Store]) -> list[Store]:
    """One of each group of states that continue in the same way. Most states that differ have different summaries."""
    if len(states) < 2:
        return states
    groups: dict[tuple[object, ...], list[Store]] = {}
    for state in states:
        groups.setdefault(state.summary(), []).append(state)
    found: list[Store] = []
    for group in groups.values():
        prints: list[list[object]] = []
        for state in group if len(group) > 1 else ():
            own = fingerprint(state)
            if own not in prints:
                prints.append(own)
                found.append(state)
        found += group if len(group) == 1 else ()
    return found
