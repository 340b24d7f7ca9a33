"""The part of a plan that ran."""

from __future__ import annotations

from collections.abc import Sequence

from harness.engine.results import Rejected
from harness.judge.observation import CellRun, Observation
from harness.judge.ran import Ran, called
from harness.plan.plan import Plan


def carried_out(plan: Plan, cells: Sequence[CellRun], list_calls: bool) -> Ran:
    """The part of a plan that ran. A run counts if it began in some cell, including calls after an unexpected trap."""
    begun = [run for run in cells if any(map(_ran, run.observations))]
    runs = [
        run
        for number, run in enumerate(plan.runs)
        if any(number < len(cell.observations) and _ran(cell.observations[number]) for cell in begun)
    ]
    names = [name for run in runs for name in run.functions]
    listed = tuple(tuple(run.calls) for run in runs) if list_calls else ()
    return called(names, [str(run.cell) for run in begun], listed)


def _ran(observation: Observation) -> bool:
    return not isinstance(observation.result, Rejected)
