"""The findings in one cell: its builds, and its runs beside the model."""

from __future__ import annotations

from harness.engine.results import Rejected
from harness.judge.diff import against_model, between
from harness.judge.difference import Difference
from harness.judge.ended import EndOfRun, where_it_ended
from harness.judge.endless import limit_reached
from harness.judge.findings import build_finding, engine_fault_of, refused_by_engine
from harness.judge.met_faults import known_fault
from harness.judge.observation import CellRun, Observation
from harness.judge.schedules import Schedules, Undecidable, first_parting, in_order
from harness.judge.topic import OfCell
from harness.judge.verdict import Finding
from harness.model.concurrency import Seen
from harness.plan.plan import Plan
from reports.outcomes import Outcome


def cell_findings(run: CellRun, against: Against) -> list[Finding]:
    """The findings in one cell: failed builds, or the differences of its runs from the model."""
    findings = []
    for role, build in run.builds.items():
        failure = build.failure
        if failure is not None:
            findings.append(build_finding(OfCell(str(run.cell), role), failure))
    if findings:
        return findings
    if run.rejected is not None:
        return [refused_by_engine(str(run.cell), run.rejected)]
    cell = OfCell(str(run.cell))
    for number, observation in enumerate(run.observations):
        limit = limit_reached(observation)
        if limit:
            first = all(finding.ended is None for finding in findings)  # only this run showed all of its events
            ended = against.ended(number, observation) if first else None
            findings.append(Finding(Outcome.LIMIT_REACHED, limit, None, number + 1, ended, cell))
            continue
        fault = engine_fault_of(observation)
        if fault:
            findings.append(Finding(Outcome.ENGINE_FAULT, fault, run=number + 1, topic=cell))
            continue
        try:
            differences = against.model(number, observation)
        except Undecidable as error:
            findings.append(Finding(Outcome.UNPREDICTABLE, str(error), run=number + 1, topic=cell))
            continue
        if not differences:
            against.accept(number, observation, str(run.cell))
        known = against.known_fault(number, observation) if differences else ""
        if known:
            text = f"{known}. Seen: {differences[0]}"
            findings.append(Finding(Outcome.ENGINE_FAULT, text, run=number + 1, topic=cell))
            continue
        for difference in differences:
            findings.append(Finding(Outcome.FAIL, str(difference), difference, number + 1))
    return findings


class Against:
    """Compares the runs of a plan with the model."""

    def __init__(self, plan: Plan) -> None:
        self._runs = plan.runs
        self._schedules = Schedules(plan) if plan.asynchronous else None
        self._orders: dict[int, dict[tuple[Seen, ...], str]] = {}

    def accept(self, number: int, observation: Observation, cell: str) -> None:
        """The model has accepted run `number` of a cell."""
        result = observation.result
        if self._schedules is not None and not isinstance(result, Rejected):
            self._orders.setdefault(number, {}).setdefault(in_order(observation.traces, result.order), cell)

    def ended(self, number: int, observation: Observation) -> EndOfRun:
        """Where run `number`, counted from 0, was at its end."""
        return where_it_ended(observation.traces, self._runs[number])

    def other_orders(self) -> tuple[str, ...]:
        """The accepted runs whose events came in another order than in the first accepted cell. No failure: the
        specification allows both."""
        found = []
        for number, orders in sorted(self._orders.items()):
            (first, known), *others = orders.items()
            for seen, cell in others:
                parting = first_parting(first, seen)
                if parting:
                    found.append(
                        f"run {number + 1}: {cell} took another order than {known}; both are allowed: {parting}"
                    )
        return tuple(found)

    def same(self, number: int, one: Observation, other: Observation) -> bool:
        """Whether two observations of run `number`, counted from 0, show the same; in asynchronous runs in any order
        of turns that is allowed."""
        if not between(one, other):
            return True
        return self._schedules is not None and self._schedules.same(number, one, other)

    def known_fault(self, number: int, observation: Observation) -> str:
        """The known fault of the engine behind the differences of run `number`, counted from 0; empty if it is none."""
        met = self._runs[number].met
        parted = self._schedules.parted(number, observation) if met and self._schedules is not None else None
        return known_fault(met, parted) if parted is not None else ""

    def model(self, number: int, observation: Observation) -> list[Difference]:
        """The differences of run `number`, counted from 0, from the model. Raises `Undecidable`."""
        if self._schedules is None or isinstance(observation.result, Rejected):
            return against_model(observation, self._runs[number])
        return self._schedules.against(number, observation)
