"""The events that the model predicts for scripts: all events of a synchronous run; for an asynchronous run those of one
schedule that the specification allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.model import ModelRun, run_model
from harness.model.concurrency import Prediction, predict
from harness.model.table import ResourceIdentity
from harness.plan.events import Events
from harness.plan.places import Place
from harness.plan.roles import Role
from harness.planner.composition import Composition
from harness.script import operations as s
from harness.trace.async_events import TaskSwitch
from harness.trace.event import Event
from harness.trace.events import ResourceDtor
from harness.trace.handles import rename


def model_run(composition: Composition, scripts: Mapping[Role, s.Script], entries: Sequence[Role]) -> ModelRun:
    """Raises `Unpredictable`."""
    if not composition.asynchronous:
        return run_model(composition.crossings, scripts, entries)
    found = predict(composition.crossings, _as_ended(scripts), entries)
    expected = {role: _events(found, role) for role in scripts}
    events = [(shown.role, shown.event.event) for shown in found.shown]
    destroyed = [
        (ResourceIdentity(role, event.resource), event.rep) for role, event in events if isinstance(event, ResourceDtor)
    ]
    return ModelRun(expected, found.outcome, tuple(destroyed))


def followed(composition: Composition, scripts: Mapping[Role, s.Script]) -> Mapping[Role, s.Script] | None:
    """The scripts with which the model follows a run (`ScriptPlan.followed`)."""
    return _as_ended(scripts) if composition.asynchronous else None


def _as_ended(scripts: Mapping[Role, s.Script]) -> dict[Role, s.Script]:
    """The components in the order in which a run ends them: producers first."""
    return {role: scripts[role] for role in Role if role in scripts}


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
