"""Examines a plan from end to end inside a worker: runs and judges cells, and keeps artifacts if anything is wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.bench import artifacts
from harness.bench.ask_host import ask_host
from harness.bench.examination import Examination, Options
from harness.bench.exhibit import exhibit
from harness.bench.initialized import by_initialization, hooked, not_initialized, wasi_twice
from harness.bench.validated import by_own_validation
from harness.bench.workbench import Workbench
from harness.composition.interpreter_world import interpreters_own
from harness.engine.features import missing
from harness.judge.carried_out import carried_out
from harness.judge.embedding import unasked
from harness.judge.exhibits import Exhibits
from harness.judge.judging import judge
from harness.judge.observation import Observed
from harness.judge.packages import unprinted
from harness.judge.unmergeable import merged_all_the_same
from harness.judge.verdict import Verdict, misread, skipped, unusable
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.toolchains.cells import (
    BLOCKING,
    BOTH_WAYS_EVERY,
    HOOKS,
    Cell,
    First,
    default_cells,
    first_cells,
    full_cells,
)
from harness.toolchains.lending import left_out, makers
from harness.toolchains.protocol import Toolchain
from reports.outcomes import Outcome


def choose_cells(bench: Workbench, plan: Plan, options: Options) -> list[Cell]:
    """All cells that may run."""
    return _rounds(bench, plan, options)[-1]


def _rounds(bench: Workbench, plan: Plan, options: Options) -> list[list[Cell]]:
    """The cells that run at first, and those that run if the first show anything wrong."""
    rounds = _with_originals(bench, plan, options)
    if not options.initializer:
        return rounds
    return [[cell.initialized(options.initializer) for cell in cells] for cells in rounds]


def _with_originals(bench: Workbench, plan: Plan, options: Options) -> list[list[Cell]]:
    roles = [component.role for component in plan.components]
    toolchains = taking_part(bench, options)
    if options.full_matrix:
        needs = plan.needs | {HOOKS} if any(plan.hooks.values()) else plan.needs
        needs |= {BLOCKING} if plan.blocking_runs else frozenset()
        return [full_cells(roles, toolchains, needs, makers(bench.toolchains, toolchains))]
    first = first_cells(roles, toolchains, options.engine, options.first, options.turn)
    every = default_cells(roles, toolchains, options.engine)
    return [first] if len(first) == len(every) else [first, every]


def taking_part(bench: Workbench, options: Options) -> list[str]:
    return list(bench.toolchains) if options.toolchains is None else list(options.toolchains)


def asked(plan: Plan) -> list[str]:
    """The requirements of a plan that some toolchains lack (`Toolchain.lacks`)."""
    features = any(part.features for part in plan.components)
    keeps = not all(part.merge_versions for part in plan.components)
    return (["features"] if features else []) + (["keep-versions"] if keeps else [])


def examine(
    bench: Workbench, name: str, plan: Plan, options: Options, started: float | None = None, source: str = ""
) -> Examination:
    """Run the necessary cells and judge. `started`: `time.perf_counter()` when planning began. `source`: the origin of
    the plan; artifacts of two sources never share a folder."""
    start = time.perf_counter() if started is None else started
    taken = interpreters_own(plan)
    if taken:
        return Examination(name, plan.title, unusable(taken))
    left = left_out(bench.toolchains, taking_part(bench, options), asked(plan))
    options = replace(options, toolchains=tuple(name for name in taking_part(bench, options) if name not in left))
    lacking = (
        missing(plan.needs)
        or hooked(plan, options.initializer)
        or wasi_twice(plan, options.initializer, bench.builder.adapted)
        or _nothing_to_run(plan)
        or ([] if options.toolchains else list(left.values()))
    )
    if lacking:
        return Examination(name, plan.title, skipped("; ".join(lacking)), unsupported=plan.not_run)
    planned = time.perf_counter()
    tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
    observed = Observed([])
    present = [bench.toolchains[name] for name in options.toolchains or ()]
    since = time.perf_counter()
    embedded = bench.judge_subcommands(plan, present)
    observed.clock.add("embed", since)
    for cells in _rounds(bench, plan, options):
        bench.observer.observe(plan, cells, bench.settings.run_limits, observed)
        refused = not_initialized(observed.cells)
        observed.cells = [run for run in observed.cells if str(run.cell) not in refused]
        left |= refused
        if not observed.cells:
            reason = "; ".join(dict.fromkeys(refused.values()))
            return Examination(name, plan.title, skipped(reason), plan.subject_wit, unsupported=plan.not_run)
        since = time.perf_counter()
        wrongly_merged = merged_all_the_same(plan, observed.cells, bench.builder, observed.clock)
        structure = bench.structure.compare(plan, observed.cells, wrongly_merged)
        verdict = judge(name, plan, observed.cells, structure, tools, options.expectations, embedded)
        observed.clock.add("compare", since)
        if not verdict.findings:
            break
    again = replace(options, artifacts=None, exhibits=False)
    verdict, undemanded = by_own_validation(verdict, bench, lambda other: examine(other, name, plan, again).verdict)
    if not verdict.outcome.good or (verdict.outcome is Outcome.PASS and _nobody_else(options)):
        since = time.perf_counter()
        verdict = ask_host(bench, plan, observed.cells, options.engine, verdict)
        observed.clock.add("host", since)
    if options.initializer:
        known = options.expectations.within(name)
        plainly = replace(options, initializer="", artifacts=None, expectations=known)
        verdict = by_initialization(verdict, lambda: examine(bench, name, plan, plainly).verdict, options.initializer)
    verdict = _read_again(bench, plan, verdict)
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
        (*plan.not_run, *dict.fromkeys(left.values()), *_untried(plan, present), *undemanded),
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


def _nobody_else(options: Options) -> bool:
    """Whether the host takes part. Only it can see a fault that both ends of a single toolchain share. It runs some of
    many worlds."""
    often = options.first is not First.IN_TURNS or options.turn % BOTH_WAYS_EVERY == 0
    return options.toolchains is not None and len(options.toolchains) == 1 and often


def _read_again(bench: Workbench, plan: Plan, verdict: Verdict) -> Verdict:
    """Read the world again after an unknown disagreement: was it read correctly (`toolchains/second_reading.py`)?"""
    if verdict.outcome.good:
        return verdict
    subject = next(part for part in plan.components if part.role is Role.SUBJECT)
    difference = bench.read_otherwise(subject.wit, subject.features)
    return misread(verdict, difference) if difference else verdict


def _nothing_to_run(plan: Plan) -> list[str]:
    """Report items that are left out of a world; a world without remaining items has not passed."""
    if plan.unsupported and not any(run.calls for run in plan.runs):
        return ["nothing of the world can be run"]
    return []


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
