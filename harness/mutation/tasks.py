"""Tasks for workers: try mutants on a case, on a world that shows them, on a random world."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.engine.features import missing
from harness.frontend.front_end import FrontEndError, WitText
from harness.fuzz.bucket import finding_shape
from harness.fuzz.filters import filters_of
from harness.fuzz.linking.trial import draw_program, is_link_trial, prepared_link_case
from harness.fuzz.planned import encodings_of, hooks_of, plan_trial
from harness.fuzz.trial import Recipe, draw
from harness.link_cases.examine import examine_link_case
from harness.link_cases.prepare import Prepared, prepare
from harness.mutants.cases import CASES
from harness.mutants.shown_link_cases import LINK_CASES
from harness.mutants.toolchain import MUTANTS, PREFIX
from harness.mutants.worlds import PROGRAMS, WORLDS
from harness.mutation.detect import Detection, Detector, with_tool
from harness.plan.plan import Plan
from harness.planner import case_plan, check_plan
from harness.process.starved import STRETCH
from harness.process.steps import StepLost
from harness.suite.case import load_case, parse_case
from harness.suite.link_case import LinkCase, load_link_case, parse_link_case
from harness.text.limits import planning
from harness.text.toml_lines import FileError
from harness.toolchains.cells import First
from reports.outcomes import Outcome

SHOWN_CALLS = 120
"""Calls in a world that shows mutants."""
SHOWN_PROGRAMS = 200
"""Maximum number of programs that are tried."""

Detections = dict[str, Detection]
"""Detections by mutant, without mutants that were not noticed."""


def _try(bench: Workbench, plan: Plan, mutants: tuple[str, ...], options: Options) -> Detections:
    if missing(plan.needs):
        return {}
    detector = Detector(bench, plan, options)
    found = {}
    for mutant in mutants:
        if not detector.builds_the_same(mutant):
            detection = detector.by_model(mutant) or detector.by_all(mutant)
            if detection is not None:
                found[mutant] = detection
    return found


@dataclass(frozen=True, slots=True)
class TryCase:
    """A case file. An unusable file notices nothing."""

    path: Path
    mutants: tuple[str, ...]
    options: Options

    def perform(self, bench: Workbench) -> Detections:
        try:
            plan = case_plan(load_case(self.path))
        except FileError:
            return {}
        return _try(bench, plan, self.mutants, self.options)


@dataclass(frozen=True, slots=True)
class TryLinkCase:
    """A link case. An unusable file notices nothing."""

    path: Path
    mutants: tuple[str, ...]
    options: Options

    def perform(self, bench: Workbench) -> Detections:
        try:
            case = load_link_case(self.path)
            prepared = prepare(case)
        except FileError:
            return {}
        return _try_link_case(bench, case, prepared, self.mutants, self.options)


def _try_link_case(
    bench: Workbench, case: LinkCase, prepared: Prepared, mutants: tuple[str, ...], options: Options
) -> Detections:
    found: Detections = {}
    for mutant in mutants:
        verdict = examine_link_case(
            bench, mutant, case, prepared, with_tool(PREFIX + mutant, MUTANTS[mutant].area, options)
        )
        for _, finding in verdict.findings:
            if finding.outcome is Outcome.ENGINE_FAULT:
                continue
            level, aspect = (finding.difference.level, finding.difference.aspect) if finding.difference else (0, "")
            kind = f"{aspect} {finding_shape(finding)}".strip()
            found.setdefault(mutant, Detection(level, kind, finding.message))
    return found


def shown_plan(world: str, seed: int) -> Plan:
    if world in CASES:
        return case_plan(parse_case(CASES[world], f"{world}.toml"))
    return check_plan(WitText(WORLDS[world], f"{world}.wit"), seed=seed, calls=SHOWN_CALLS)


@dataclass(frozen=True, slots=True)
class TryShown:
    """A world of `harness/mutants/worlds.py`, with values from a seed, or a case of that module; or a link case of
    `harness/mutants/shown_link_cases.py`."""

    world: str
    mutants: tuple[str, ...]
    options: Options
    seed: int = 0

    def perform(self, bench: Workbench) -> Detections:
        if self.world == PROGRAMS:
            return self._programs(bench)
        if self.world in LINK_CASES:
            case = parse_link_case(LINK_CASES[self.world], f"{self.world}.toml")
            return _try_link_case(bench, case, prepare(case), self.mutants, self.options)
        return _try(bench, shown_plan(self.world, self.seed), self.mutants, self.options)

    def _programs(self, bench: Workbench) -> Detections:
        """Random programs, until each mutant is noticed."""
        found: Detections = {}
        for index in range(SHOWN_PROGRAMS):
            left = tuple([name for name in self.mutants if name not in found])
            if left:
                trial = prepared_link_case(draw_program(self.seed, index)[0])
                found |= _try_link_case(bench, trial.case, trial.prepared, left, self.options)
        return found


@dataclass(frozen=True, slots=True)
class TriedWorld:
    """A trial of the fuzzer with a mutant in the place of ours. `seconds` of processor time of the worker, without the
    tools that it starts; at least a fifth of the wall time. `wit` only if the mutant was noticed."""

    seconds: float
    detection: Detection | None = None
    wit: str = ""


def counted(wall: float, processor: float) -> float:
    """The seconds that a trial costs a mutant: on a busy machine, not those in which its worker was kept waiting."""
    return max(processor, wall / STRETCH)


class _Clock:
    def __init__(self) -> None:
        self._started = time.perf_counter(), time.process_time()

    def spent(self) -> float:
        wall, processor = self._started
        return counted(time.perf_counter() - wall, time.process_time() - processor)


Tried = dict[str, TriedWorld]
"""The trials of one world by mutant."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """What the mutants of a trial share. `same`: whether a mutant makes the same as ours, so that nothing runs."""

    wit: str
    try_it: Callable[[str], Detection | None]
    same: Callable[[str], bool] = lambda _: False
    try_ours: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class TryRandom:
    """One trial of the fuzzer for each of these mutants. World, plan and what ours does are made once, and their time
    counts for each mutant, as if it were alone."""

    mutants: tuple[str, ...]
    recipe: Recipe
    index: int
    options: Options

    def perform(self, bench: Workbench) -> Tried:
        clock = _Clock()
        try:
            trial = self._trial(bench)
        except (FrontEndError, StepLost):
            trial = None  # the fuzzer reports such a world; it shows no mutant
        common = clock.spent()
        if trial is None:
            return {mutant: TriedWorld(common) for mutant in self.mutants}
        found: Tried = {}
        ours: float | None = None
        for mutant in self.mutants:
            own = _Clock()
            if not trial.same(mutant):
                seen = trial.try_it(mutant)
                found[mutant] = TriedWorld(common + own.spent(), seen, trial.wit if seen is not None else "")
                continue
            if ours is None:
                own = _Clock()
                trial.try_ours()
                ours = own.spent()
            found[mutant] = TriedWorld(common + ours)
        return found

    def _trial(self, bench: Workbench) -> _Trial | None:
        """None if no engine can run the world. Raises `FrontEndError`, `StepLost`."""
        recipe = self.recipe
        if is_link_trial(recipe.worlds, self.index):
            with bench.steps.bounded("program"):
                trial = prepared_link_case(draw_program(recipe.seed, self.index)[0])
            case, prepared = trial.case, trial.prepared

            def try_it(mutant: str) -> Detection | None:
                return _try_link_case(bench, case, prepared, (mutant,), self.options).get(mutant)

            return _Trial(case.wit, try_it)
        with bench.steps.bounded("world"):
            world = draw(recipe, self.index, bench)
        with bench.steps.bounded("plan", extra=planning(recipe.calls)):
            values = Random(world.script_seed)
            extra = encodings_of(self.index), hooks_of(self.index), filters_of(self.index)
            planned = plan_trial(world.wit, world.name, world.features, values, recipe.calls, recipe.fault_runs, *extra)
        if missing(planned.plan.needs):
            return None
        detector = Detector(bench, planned.plan, replace(self.options, first=First.IN_TURNS, turn=self.index))
        return _Trial(world.wit, detector.by_all, detector.builds_the_same, detector.try_ours)
