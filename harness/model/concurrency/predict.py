"""One schedule that the specification allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.model.concurrency.observed import Left, Shown
from harness.model.context import Unpredictable
from harness.model.crossing import Crossings
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.roles import Role
from harness.script import operations as s


@dataclass(frozen=True, slots=True)
class Prediction:
    """A run under one allowed schedule: other schedules may show other events and end differently."""

    shown: tuple[Shown, ...]
    """In global order."""
    outcome: ExpectedOutcome
    left: Mapping[Role, Left]
    """Empty where the run traps."""


def predict(crossings: Crossings, scripts: Mapping[Role, s.Script], entries: Sequence[Role]) -> Prediction:
    """Raise `Unpredictable` where the specification leaves the outcome open."""
    raise Unpredictable("asynchronous runs are not modelled yet")
