"""The prediction of a run under one schedule that the specification allows. A synchronous run has no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.model.concurrency.follow import shown
from harness.model.concurrency.interpreter import GUEST
from harness.model.concurrency.observed import Left, PredictedEvent, Shown
from harness.model.concurrency.store import Store
from harness.model.context import Unpredictable
from harness.model.crossing import Crossings
from harness.model.table import ResourceIdentity
from harness.plan.events import Events
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.places import Place
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace.async_events import TaskSwitch
from harness.trace.event import Event
from harness.trace.events import ResourceDtor
from harness.trace.handles import rename


@dataclass(frozen=True)
class ModelRun:
    """The expected events of every component, with renamed handles (`harness.trace.handles`)."""

    expected: dict[Role, Events]
    outcome: ExpectedOutcome
    destroyed: tuple[tuple[ResourceIdentity, int], ...] = ()
    """The resources whose destructors ran, in order, with their representations."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """An asynchronous run under one allowed schedule. Other schedules may have other events and another end."""

    shown: tuple[Shown, ...]
    """The events in global order."""
    outcome: ExpectedOutcome
    left: Mapping[Role, Left]
    """Empty if the run traps."""


def run_model(crossings: Crossings, scripts: Mapping[Role, s.Script], entries: Sequence[Role]) -> ModelRun:
    """Run a script for each component. `finish` is called in the order of `scripts`.

    Raises `Unpredictable` where the specification leaves the outcome open. Of the schedules of an asynchronous run,
    it is that of `predict`."""
    if crossings.asynchronous:
        return _by_component(predict(crossings, scripts, entries), scripts)
    store = Store(crossings, scripts, entries, GUEST)
    outcome = _to_its_end(store, [])
    for role, instance in store.instances.items():
        unused = instance.unused_frames()
        if outcome.trap is not None:
            instance.forget_unflushed()
        elif unused:
            # script and run contradict each other
            raise Unpredictable(f"nothing calls {len(unused)} frames of the {role.value}: {unused[0]}")
    expected = {role: instance.expected() for role, instance in store.instances.items()}
    store.release()
    return ModelRun(expected, outcome, tuple(store.destroyed))


def predict(crossings: Crossings, scripts: Mapping[Role, s.Script], entries: Sequence[Role]) -> Prediction:
    """Run asynchronous components with the first option of each choice.

    A yield blocks. A wait does not block if an event is there. Of the ready threads, the one that has waited longest
    continues. A set delivers the event of its first member. The host calls when no thread is ready. Raises
    `Unpredictable` if the specification leaves the outcome open.
    """
    store = Store(crossings, scripts, entries, GUEST)
    raw: list[PredictedEvent] = []
    outcome = _to_its_end(store, raw)
    left = store.left if outcome.trap is None else {}
    return Prediction(tuple(map(shown, raw)), outcome, left)


def _to_its_end(store: Store, raw: list[PredictedEvent]) -> ExpectedOutcome:
    """Run the store; adds its events to `raw`."""
    while store.ended is None or store.shown:
        store.run()
        raw += store.shown
        store.shown.clear()
        if store.unpredictable is not None:
            raise Unpredictable(store.unpredictable)
        if store.choice is not None:
            store.choose(0)
    return store.ended


def _by_component(found: Prediction, roles: Iterable[Role]) -> ModelRun:
    expected = {role: _events(found, role) for role in roles}
    events = [(shown.role, shown.event.event) for shown in found.shown]
    destroyed = [
        (ResourceIdentity(role, event.resource), event.rep) for role, event in events if isinstance(event, ResourceDtor)
    ]
    return ModelRun(expected, found.outcome, tuple(destroyed))


def _events(found: Prediction, role: Role) -> Events:
    """The events of one component as its trace has them (`harness/trace/tasks.py`)."""
    shown = [each for each in found.shown if each.role is role]
    events: list[Event] = []
    places: list[Place] = []
    task = 0
    for each, event in zip(shown, rename([each.event.event for each in shown]), strict=True):
        events += each.late
        if each.task != task:
            task = each.task
            events.append(TaskSwitch(task))
        events.append(event)
        places += [each.event.place] * (len(events) - len(places))
    if role in found.left:
        events += found.left[role].late
    return Events(tuple(events), (*places, *[""] * (len(events) - len(places))))
