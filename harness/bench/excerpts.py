"""Both traces of a component around the first event that differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from harness.judge.exhibits import Excerpt
from harness.judge.observation import CellRun
from harness.judge.party import ByItself, InCell, Party
from harness.judge.verdict import Verdict
from harness.plan.events import Events
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.trace.event import Event

AROUND = 8
"""Events shown before and after the one that differs."""
MOST = 6
"""Excerpts of a plan."""
WIDEST = 400
"""Characters of an event; the artifacts have the whole."""


def excerpts(plan: Plan, cells: Sequence[CellRun], verdict: Verdict) -> tuple[Excerpt, ...]:
    """Excerpts of the runs with findings. Cells with equal traces share one excerpt."""
    wrong = {(judgement.party, f.run) for judgement in verdict.judgements for f in judgement.findings if f.run}
    found: dict[Excerpt, list[str]] = {}
    for cell in cells:
        for number in range(1, len(cell.observations) + 1):
            toolchain = cell.cell.toolchain
            parties: list[Party] = [InCell(cell.cell), *([ByItself(toolchain)] if toolchain is not None else [])]
            if any((party, number) in wrong for party in parties):
                for excerpt in _of_run(plan, cell, number):
                    found.setdefault(excerpt, []).append(str(cell.cell))
    return tuple(
        Excerpt(tuple(names), e.run, e.role, e.first, e.at, e.expected, e.seen, e.places)
        for e, names in list(found.items())[:MOST]
    )


def _of_run(plan: Plan, cell: CellRun, number: int) -> Iterator[Excerpt]:
    traces = cell.observations[number - 1].traces
    for role, events in plan.runs[number - 1].expected.items():
        trace = traces.get(role)
        excerpt = excerpt_of(number, role, events, trace.events if trace is not None else ())
        if excerpt is not None:
            yield excerpt


def excerpt_of(run: int, role: Role, events: Events, seen: tuple[Event, ...]) -> Excerpt | None:
    """The excerpt of a run; None if nothing differs."""
    if events.same_as(seen):
        return None
    pairs = zip_longest(events.events, seen)
    at = next(number for number, (one, other) in enumerate(pairs, 1) if one != other)
    first = max(1, at - AROUND)
    shown = slice(first - 1, at + AROUND)
    # a path is put together when it is asked for
    places = [event.path for event in events[shown]]
    return Excerpt((), run, role, first, at, _cut(events.events[shown]), _cut(seen[shown]), _cut(places))


def _cut(shown: Sequence[Event | str]) -> tuple[str, ...]:
    lines = map(str, shown)
    return tuple(line if len(line) <= WIDEST else f"{line[:WIDEST]}... ({len(line)} characters)" for line in lines)
