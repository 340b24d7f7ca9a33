"""Examines a plan from end to end inside a worker: runs and judges cells, and keeps artifacts if anything is wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.bench import artifacts
from harness.bench.examination import Examination, Options
from harness.bench.exhibit import exhibit
from harness.bench.judge_cells import CellJudge, Subject
from harness.bench.taking_part import rounds, taking_part
from harness.bench.workbench import Workbench
from harness.judge.carried_out import carried_out
from harness.judge.embedding import unasked
from harness.judge.exhibits import Exhibits
from harness.judge.observation import Observed
from harness.judge.packages import unprinted
from harness.judge.verdict import NotInitialized, Verdict
from harness.plan.plan import Plan
from harness.toolchains.cells import Cell
from harness.toolchains.protocol import Toolchain
from reports.outcomes import Outcome


def examine(
    bench: Workbench, name: str, plan: Plan, options: Options, started: float | None = None, source: str = ""
) -> Examination:
    """Run the necessary cells and judge. `started`: `time.perf_counter()` when planning began. `source`: the origin of
    the plan; artifacts of two sources never share a folder."""
    start = time.perf_counter() if started is None else started
    part = taking_part(bench, plan, options)
    options = part.options
    if part.unfit is not None:
        return Examination(name, plan.title, part.unfit, unsupported=plan.not_run)
    planned = time.perf_counter()

    def again(bench: Workbench, options: Options, _: Sequence[Cell]) -> Verdict:
        return examine(bench, name, plan, replace(options, artifacts=None, exhibits=False)).verdict

    judge = CellJudge(Subject(bench, name, plan, part, again))
    left: dict[str, str | NotInitialized] = {**part.left_out}
    for cells in rounds(bench, plan, part):
        judged = judge.judged(cells)
        verdict = judged.verdict
        left |= judged.refused
        if verdict.outcome is Outcome.SKIP:
            return Examination(name, plan.title, verdict, plan.subject_wit, unsupported=plan.not_run)
        if not verdict.findings:
            break
    after = judge.reconsidered(verdict)
    verdict, observed = after.verdict, judge.observed
    observed.clock.seconds["plan"] = planned - start
    kept = ""
    if not verdict.outcome.good and options.artifacts is not None:
        toolchains = list(bench.toolchains.values())
        kept = keep_or_say_why(options.artifacts, name, source, plan, observed, toolchains)
    failed = next((finding.run for _, finding in verdict.findings if finding.run), 0)
    return Examination(
        name,
        plan.title,
        verdict,
        plan.components[0].wit if len(plan.components) == 1 else _subject_wit(plan),
        tuple(plan.runs[failed - 1].calls) if failed else (),
        (*plan.not_run, *dict.fromkeys(left.values()), *_untried(plan, part.toolchains(bench)), *after.untried),
        kept,
        time.perf_counter() - start,
        tuple(observed.clock.seconds.items()),
        carried_out(plan, observed.cells, options.list_calls),
        failed,
        exhibit(plan, observed.cells, verdict) if options.exhibits else Exhibits(),
    )


def _untried(plan: Plan, toolchains: Sequence[Toolchain]) -> list[str]:
    """The commands of toolchains that cannot be used for this world."""
    return [*unasked(plan, toolchains), *unprinted(plan, toolchains)]


def keep_or_say_why(
    directory: Path, name: str, source: str, plan: Plan, observed: Observed, tools: Sequence[Toolchain] = ()
) -> str:
    """The folder of the artifacts, or why they could not be kept: that is no reason to lose the verdict."""
    try:
        return str(artifacts.keep(directory, name, source, plan, observed.cells, tools))
    except OSError as error:
        return artifacts.cannot_keep(directory, error)


def _subject_wit(plan: Plan) -> str:
    return next(component.wit for component in plan.components if component.role.value == "subject")
