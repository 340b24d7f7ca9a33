"""The events that the model predicts for scripts: all events of a synchronous run; for an asynchronous run those of one
schedule that the specification allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.model import ModelRun, run_model
from harness.plan.roles import Role
from harness.planner.composition import Composition
from harness.script import operations as s


def model_run(composition: Composition, scripts: Mapping[Role, s.Script], entries: Sequence[Role]) -> ModelRun:
    """Raises `Unpredictable`."""
    found = run_model(composition.crossings, _as_ended(scripts), entries)
    return replace(found, expected={role: found.expected[role] for role in scripts})


def followed(composition: Composition, scripts: Mapping[Role, s.Script]) -> Mapping[Role, s.Script] | None:
    """The scripts with which the model follows a run (`ScriptPlan.followed`)."""
    return _as_ended(scripts) if composition.asynchronous else None


def _as_ended(scripts: Mapping[Role, s.Script]) -> dict[Role, s.Script]:
    """The components in the order in which a run ends them: producers first."""
    return {role: scripts[role] for role in Role if role in scripts}
