"""Runs that reached a limit of the harness: whose fault that is.

A limit says nothing by itself: the plan may be too long. But if the same run ends in other cells and uses little there,
then the tools of this cell made it endless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.engine.results import Rejected, RunResult
from harness.judge.observation import CellRun, Observation
from harness.judge.verdict import Finding
from harness.plan.outcomes import TrapClass
from reports.outcomes import Outcome

LITTLE = 0.1
"""The share of its limits below which a run is far from them: code that is a few times slower does not reach them."""


def limit_reached(observation: Observation) -> str:
    """The limit of the harness that ended a run; empty if none did."""
    trap = None if isinstance(observation.result, Rejected) else observation.result.trap
    if trap is None or trap.kind is not TrapClass.OUT_OF_FUEL:
        return ""
    return f"stopped in {trap.entry} by a limit of the harness: {trap.detail}; use fewer calls, or look for a loop"


class RunsThatEnd:
    """The runs of a plan that end in some cell, far from every limit."""

    def __init__(self, cells: Sequence[CellRun]) -> None:
        self._cells: dict[int, str] = {}
        for run in cells:
            for number, observation in enumerate(run.observations, 1):
                if _ends(observation.result):
                    self._cells.setdefault(number, str(run.cell))

    def decided(self, finding: Finding) -> Finding:
        """As `decided`, by the cell in which the run of the finding ends."""
        return decided(finding, self._cells.get(finding.run))


def decided(finding: Finding, elsewhere: str | None) -> Finding:
    """A finding about a limit that a run reached as one about the tools of its cell, if the run ends far below the
    limit in another cell, `elsewhere`. Any other finding as it is."""
    if finding.outcome is not Outcome.LIMIT_REACHED or elsewhere is None:
        return finding
    text = f"{finding.text}; in {elsewhere} the run ends far below the limit"
    return replace(finding, outcome=Outcome.TIMED_OUT, text=text)


def _ends(result: RunResult | Rejected) -> bool:
    if isinstance(result, Rejected) or (result.trap is not None and result.trap.kind is TrapClass.OUT_OF_FUEL):
        return False
    return result.spent < LITTLE
