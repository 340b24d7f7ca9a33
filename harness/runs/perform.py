"""Inside a worker: performs its tasks (`tasks.py`)."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from harness.bench.artifacts import source_of
from harness.bench.conditional import under_conditions
from harness.bench.examination import Examination
from harness.bench.examine import examine
from harness.bench.examine_guest import examine_guest
from harness.bench.workbench import Workbench
from harness.explain.table_words import table_words
from harness.explain.words import case_words
from harness.frontend.front_end import FrontEndError, WitText
from harness.frontend.gates import unknown_gate
from harness.judge.exhibits import Exhibits
from harness.judge.verdict import Verdict, broken, skipped, unusable
from harness.link_cases.examine import examine_file
from harness.link_cases.prepare import prepare
from harness.link_cases.words import link_case_words
from harness.plan.plan import Plan
from harness.planner import case_plan, check_plan
from harness.planner.guest import guest_plan
from harness.process.steps import StepLost
from harness.runs.guest import guest_case, no_interpreter
from harness.runs.negative_cases import SecondReading, judge_negative_cases, refused, rows_covered, unasked
from harness.runs.second_opinion import second_opinion
from harness.runs.tasks import (
    CheckWorld,
    ExplainCase,
    ExplainLinkCase,
    ExplainTable,
    RunCase,
    RunLinkCase,
    RunNegativeCases,
    Smoke,
)
from harness.suite.case import Case, load_case
from harness.suite.link_case import load_link_case
from harness.suite.negative_cases import load_negative_cases
from harness.text.limits import planning
from harness.text.toml_lines import FileError
from harness.toolchains.cells import OURS, REFERENCE, First
from harness.toolchains.protocol import ENCODINGS

NO_SUBJECT = "it has no component that --init could pre-initialise"
SMOKE_WIT = """package harness:smoke;

interface things {
  resource thing {
    constructor(name: string);
    get: func() -> string;
  }
  record pair { small: s8, text: string }
  swap: func(pairs: list<pair>, thing: borrow<thing>) -> result<option<pair>, u64>;
}

world smoke {
  import things;
  export things;
}
"""


def run_case(bench: Workbench, task: RunCase) -> Examination:
    started = time.perf_counter()
    planned = plan_case(bench, task.path)
    if isinstance(planned, Verdict):
        return Examination(task.name, "", planned)
    case, plan = planned
    options, left = under_conditions(bench, task.options, case.conditions, task.name)
    if left and not options.toolchains:
        return Examination(task.name, case.title, skipped("; ".join(left)))
    interpreter = bench.settings.interpreter
    if interpreter is not None:
        found = guest_case(bench, interpreter, replace(task, options=options), case, started)
    else:
        found = examine(bench, task.name, plan, options, started, source_of(task.path))
    return replace(found, unsupported=(*found.unsupported, *left)) if left else found


def plan_case(bench: Workbench, path: Path) -> tuple[Case, Plan] | Verdict:
    """A case file and its plan, or why there is none."""
    try:
        with bench.steps.bounded("read"):
            case = load_case(path)
        with bench.steps.bounded("plan", extra=planning(case.sample.calls if case.sample is not None else 0)):
            return case, case_plan(case)
    except FileError as error:
        return unusable(str(error))
    except StepLost as lost:
        return broken(f"planning: {lost.loss.message}")


def explain_case(bench: Workbench, task: ExplainCase) -> str | Examination:
    planned = plan_case(bench, task.path)
    return Examination(task.name, "", planned) if isinstance(planned, Verdict) else case_words(*planned)


def explain_table(task: ExplainTable) -> str | Examination:
    try:
        return table_words(load_negative_cases(task.path))
    except FileError as error:
        return Examination(task.name, "", unusable(str(error)))


def explain_link_case(bench: Workbench, task: ExplainLinkCase) -> str | Examination:
    try:
        with bench.steps.bounded("plan"):
            case = load_link_case(task.path)
            return link_case_words(case, prepare(case))
    except FileError as error:
        return Examination(task.name, "", unusable(str(error)))
    except StepLost as lost:
        return Examination(task.name, "", broken(f"planning: {lost.loss.message}"))


def run_negative_cases(bench: Workbench, task: RunNegativeCases) -> Examination:
    started = time.perf_counter()
    if bench.settings.interpreter is not None:
        return Examination(task.name, "", skipped(no_interpreter("a table of negative cases")))
    if task.initializer:
        return Examination(task.name, "", skipped(NO_SUBJECT))
    try:
        table = load_negative_cases(task.path)
    except FileError as error:
        return Examination(task.name, "", unusable(str(error)))
    reading = SecondReading(bench.read_otherwise, bench.accepted_alone)
    judged = judge_negative_cases(table, bench.toolchains, bench.builder, reading)
    ran = refused(table, bench.toolchains, judged)
    unsupported = tuple(unasked(table, bench.toolchains))
    seconds = time.perf_counter() - started
    return Examination(
        task.name,
        table.title,
        judged.verdict,
        unsupported=unsupported,
        seconds=seconds,
        ran=ran,
        exhibits=Exhibits(covered=rows_covered(table)),
    )


def run_link_case(bench: Workbench, task: RunLinkCase) -> Examination:
    if bench.settings.interpreter is not None:
        return Examination(task.name, "", skipped(no_interpreter("a link case")))
    return examine_file(bench, task.path, task.name, task.options)


def check_world(bench: Workbench, task: CheckWorld) -> Examination:
    started = time.perf_counter()
    interpreter = bench.settings.interpreter
    unknown = unknown_gate(task.path, task.features)
    if unknown is not None:
        return Examination(task.path.stem, "", unusable(f"--features: {unknown}"))
    name = f"{task.path.stem}{f'.{task.world}' if task.world else ''}@{task.seed}"
    try:
        with bench.steps.bounded("plan", extra=planning(task.calls)):
            if interpreter is not None:
                able = interpreter.abilities
                plan = guest_plan(task.path, task.world, task.features, task.seed, task.calls, abilities=able)
            else:
                plan = check_plan(task.path, task.world, task.features, task.seed, task.calls, encodings=ENCODINGS)
    except FrontEndError as error:
        opinion = second_opinion(bench.toolchains, bench.builder, task.path, task.world, task.features)
        hint = (
            "\n  choose one with --world NAME" if task.world is None and "has several worlds" in error.problem else ""
        )
        return Examination(name, "", opinion.verdict(f"{error}{hint}"))
    except StepLost as lost:
        return Examination(name, "", broken(f"planning: {lost.loss.message}"))
    options = replace(task.options, first=First.SUBJECT_BOTH_WAYS, turn=task.seed)
    if interpreter is not None:
        return examine_guest(bench, name, plan, options, started, source_of(task.path))
    return examine(bench, name, plan, options, started, source_of(task.path))


def smoke(bench: Workbench, task: Smoke) -> Examination:
    started = time.perf_counter()
    world, title = WitText(SMOKE_WIT, "smoke.wit"), "one tiny world in every cell"
    if bench.settings.interpreter is not None:
        plan = guest_plan(world, None, (), 0, 6, title)
        return examine_guest(bench, "smoke", plan, replace(task.options, full_matrix=True), started)
    plan = check_plan(world, seed=0, calls=6, title=title, encodings=ENCODINGS)
    for name in bench.toolchains:
        if name not in (OURS, REFERENCE):
            # by itself first: a fault that it has alone would fail in hundreds of cells
            alone = replace(task.options, toolchains=(name,), full_matrix=False)
            examination = examine(bench, "smoke", plan, alone, started)
            if not examination.verdict.outcome.good:
                return replace(examination, title=f"the toolchain {name} alone; nothing else ran")
    return examine(bench, "smoke", plan, replace(task.options, full_matrix=True), started)
