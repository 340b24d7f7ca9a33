"""Finds the subject that the host contradicts, if mixed cells are wrong and every toolchain is right by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind
from harness.host_end.calls import host_run
from harness.host_end.end import differences
from harness.judge.difference import Difference
from harness.judge.findings import findings_of
from harness.judge.observation import CellRun
from harness.judge.party import BetweenHosts, ByItself
from harness.judge.verdict import Judgement, Verdict
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.process.steps import StepLost
from harness.toolchains.protocol import Built
from harness.trace.reader import TraceReader
from reports.outcomes import Outcome

PLACE = "between hosts"


def ask_host(bench: Workbench, plan: Plan, cells: Sequence[CellRun], engine: EngineKind, verdict: Verdict) -> Verdict:
    """The verdict with the toolchains that the host contradicts, and the evidence; unchanged if it contradicts none, or
    if the wrong toolchain is already known. The host runs the wrong runs, or all runs if none is wrong."""
    alone = {judged.party.toolchain: judged for judged in verdict.judgements if isinstance(judged.party, ByItself)}
    made = {name: _subject(cells, name) for name in alone}
    subjects = {name: subject for name, subject in made.items() if subject is not None}
    if any(judged.findings for judged in alone.values()):
        return verdict
    shown = sorted({finding.run for _, finding in verdict.findings if finding.run})
    for number in shown if verdict.findings else range(1, len(plan.runs) + 1):
        found = {name: _contradicted(bench, plan, number, name, subjects[name], engine) for name in subjects}
        wrong = {name: differs for name, differs in found.items() if differs}
        if wrong:
            return _named(verdict, wrong, number)
    return verdict


def _subject(cells: Sequence[CellRun], toolchain: str) -> bytes | None:
    """The subject that a toolchain made by itself."""
    for run in cells:
        for role, build in run.cell.builds:
            made = run.builds[role].component
            if role is Role.SUBJECT and build.toolchain == toolchain and isinstance(made, Built):
                return made.data
    return None


def _contradicted(
    bench: Workbench, plan: Plan, number: int, name: str, subject: bytes, kind: EngineKind
) -> list[Difference]:
    """The differences in run `number`, counted from 1. A separate step."""
    run = host_run(plan, plan.runs[number - 1])
    if run is None:
        return []
    try:
        limits = bench.settings.run_limits
        extra = limits.for_plan(run.plan).seconds - limits.seconds
        with bench.steps.bounded(f"run {number} of {name} {PLACE}", extra=extra):
            found = differences(bench.engine(kind), subject, run, limits, TraceReader())
    except StepLost:
        return []
    return found


def _named(verdict: Verdict, wrong: dict[str, list[Difference]], number: int) -> Verdict:
    shown = {name: [replace(finding, run=number) for finding in findings_of(wrong[name])] for name in wrong}
    judgements = [Judgement(BetweenHosts(name), Outcome.FAIL, tuple(findings)) for name, findings in shown.items()]
    minority = tuple(map(ByItself, wrong))
    return replace(verdict, outcome=Outcome.FAIL, judgements=(*verdict.judgements, *judgements), minority=minority)
