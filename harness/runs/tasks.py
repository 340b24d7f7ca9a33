"""What workers are asked to do: run a case, a table of refusals, a bare world, a tiny world to see that all works."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from harness.bench.artifacts import source_of
from harness.bench.examine import Examination, Options, examine
from harness.bench.workbench import Workbench
from harness.frontend.front_end import FrontEndError, WitText
from harness.frontend.gates import unknown_gate
from harness.judge.ran import Ran
from harness.judge.verdict import broken, unusable
from harness.planner import case_plan, check_plan
from harness.process.steps import StepLost
from harness.runs.refuse import judge_refusals, unasked
from harness.runs.second_opinion import second_opinion
from harness.suite.case import load_case
from harness.suite.refusals import load_refusals
from harness.text.limits import planning
from harness.text.toml_lines import FileError
from harness.toolchains.cells import OURS, REFERENCE, First
from harness.toolchains.protocol import ENCODINGS

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


@dataclass(frozen=True, slots=True)
class RunCase:
    """A case file."""

    path: Path
    name: str
    options: Options

    def perform(self, bench: Workbench) -> Examination:
        started = time.perf_counter()
        try:
            with bench.steps.bounded("read"):
                case = load_case(self.path)
            with bench.steps.bounded("plan", extra=planning(case.sample.calls if case.sample is not None else 0)):
                plan = case_plan(case)
        except FileError as error:
            return Examination(self.name, "", unusable(str(error)))
        except StepLost as lost:
            return Examination(self.name, "", broken(f"planning: {lost.loss.message}"))
        return examine(bench, self.name, plan, self.options, started, source_of(self.path))


@dataclass(frozen=True, slots=True)
class RunRefusals:
    """A table of refusals."""

    path: Path
    name: str

    def perform(self, bench: Workbench) -> Examination:
        started = time.perf_counter()
        try:
            table = load_refusals(self.path)
        except FileError as error:
            return Examination(self.name, "", unusable(str(error)))
        verdict = judge_refusals(table, bench.toolchains, bench.builder, bench.read_otherwise)
        ran = Ran(refusals=len(table.rows))
        unsupported = tuple(unasked(table, bench.toolchains))
        seconds = time.perf_counter() - started
        return Examination(self.name, table.title, verdict, unsupported=unsupported, seconds=seconds, ran=ran)


@dataclass(frozen=True, slots=True)
class CheckWorld:
    """Any world, with what is missing around it and values from a seed."""

    path: Path
    world: str | None
    features: tuple[str, ...]
    seed: int
    calls: int
    options: Options

    def perform(self, bench: Workbench) -> Examination:
        started = time.perf_counter()
        unknown = unknown_gate(self.path, self.features)
        if unknown is not None:
            return Examination(self.path.stem, "", unusable(f"--features: {unknown}"))
        name = f"{self.path.stem}{f'.{self.world}' if self.world else ''}@{self.seed}"
        try:
            with bench.steps.bounded("plan", extra=planning(self.calls)):
                plan = check_plan(self.path, self.world, self.features, self.seed, self.calls, encodings=ENCODINGS)
        except FrontEndError as error:
            opinion = second_opinion(bench.toolchains, bench.builder, self.path, self.world, self.features)
            hint = (
                "\n  choose one with --world NAME"
                if self.world is None and "has several worlds" in error.problem
                else ""
            )
            return Examination(name, "", opinion.verdict(f"{error}{hint}"))
        except StepLost as lost:
            return Examination(name, "", broken(f"planning: {lost.loss.message}"))
        options = replace(self.options, first=First.SUBJECT_BOTH_WAYS, turn=self.seed)
        return examine(bench, name, plan, options, started, source_of(self.path))


@dataclass(frozen=True, slots=True)
class Smoke:
    """One tiny world through every cell."""

    options: Options

    def perform(self, bench: Workbench) -> Examination:
        started = time.perf_counter()
        world, title = WitText(SMOKE_WIT, "smoke.wit"), "one tiny world through every cell"
        plan = check_plan(world, seed=0, calls=6, title=title, encodings=ENCODINGS)
        for name in bench.toolchains:
            if name not in (OURS, REFERENCE):
                # by itself first: what it cannot do alone would fail in hundreds of cells
                alone = replace(self.options, toolchains=(name,), full_matrix=False)
                examination = examine(bench, "smoke", plan, alone, started)
                if not examination.verdict.outcome.good:
                    return replace(examination, title=f"the toolchain {name} alone; nothing else was run")
        return examine(bench, "smoke", plan, replace(self.options, full_matrix=True), started)
