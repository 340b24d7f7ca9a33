"""The prediction of a run under one schedule that the specification allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.model.concurrency.follow import shown
from harness.model.concurrency.interpreter import GUEST
from harness.model.concurrency.observed import Left, Shown
from harness.model.concurrency.store import PredictedEvent, Store
from harness.model.context import Unpredictable
from harness.model.crossing import Crossings
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.roles import Role
from harness.script import operations as s


@dataclass(frozen=True, slots=True)
class Prediction:
    """A run under one allowed schedule. Other schedules may have other events and another end."""

    shown: tuple[Shown, ...]
    """The events in global order."""
    outcome: ExpectedOutcome
    left: Mapping[Role, Left]
    """Empty if the run traps."""


def predict(crossings: Crossings, scripts: Mapping[Role, s.Script], entries: Sequence[Role]) -> Prediction:
    """Run with the first option of each choice.

    A yield blocks. A wait does not block if an event is there. Of the ready threads, the one that has waited longest
    continues. A set delivers the event of its first member. The host calls when no thread is ready. Raises
    `Unpredictable` if the specification leaves the outcome open.
    """
    store = Store(crossings, scripts, entries, GUEST)
    raw: list[PredictedEvent] = []
    while store.ended is None or store.shown:
        store.run()
        raw += store.shown
        store.shown.clear()
        if store.unpredictable is not None:
            raise Unpredictable(store.unpredictable)
        if store.choice is not None:
            store.choose(0)
    left = store.left if store.ended.trap is None else {}
    return Prediction(tuple(map(shown, raw)), store.ended, left)
