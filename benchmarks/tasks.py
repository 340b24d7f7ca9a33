"""The tasks of a benchmark's workers: one world, either everything or only the parts of the floor."""

from __future__ import annotations

import random
import resource
import time
from dataclasses import dataclass
from functools import cache

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind
from harness.frontend.front_end import WitText
from harness.fuzz.choices import RandomSource
from harness.fuzz.planned import TrialPlan, plan_trial
from harness.fuzz.trial import Recipe, draw, run_world
from harness.fuzz.worlds import FuzzWorld, Profile, random_world
from harness.plan.plan import Plan
from harness.planner import check_plan
from harness.process.launching import processor_time
from harness.runs.runner import default_expectations
from harness.suite.expectations import Expectations
from harness.suite.expectations_file import load
from harness.toolchains.cells import REFERENCE, First, pure_cell
from harness.trace.reader import Trace, TraceReader
from reports.outcomes import Outcome

FAILED = "the reference failed"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one world by stage; `cpu`: processor seconds, including tools; `outcome` is the verdict's, or `run`
    for the floor, or `FAILED`."""

    seconds: dict[str, float]
    total: float
    cpu: float
    calls: int
    outcome: str


class Unread(TraceReader):
    """Ignores traces: reading them is a part of the comparison, not of the floor."""

    def read(self, text: str) -> Trace:
        return Trace(None, (), (), None)


class Stopwatch:
    """The usage of a worker and the tools that it has waited for from now on."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._cpu = _cpu_seconds()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started

    @property
    def cpu(self) -> float:
        return _cpu_seconds() - self._cpu


def _cpu_seconds() -> float:
    """The usage of this process and of its tools, which are children of its launchers."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + processor_time()


@cache
def _known(tools: tuple[tuple[str, str], ...]) -> Expectations:
    """The known faults of these tools and versions."""
    return load(default_expectations(), dict(tools))


def drawn(seed: int, functions: int, asynchronous: bool = False) -> FuzzWorld:
    """A random world; `asynchronous`: with asynchronous functions, streams and futures."""
    # worlds at which the reference panics would make the floor cheaper than it is
    profile = Profile(functions=functions, fixed_length_lists=False, error_contexts=False, asynchronous=asynchronous)
    return random_world(RandomSource(random.Random(seed)), profile)


def planned(world: FuzzWorld, seed: int, calls: int) -> Plan:
    return check_plan(WitText(world.wit, "world.wit"), world.world, world.features, seed=seed, calls=calls)


def count_calls(plan: Plan) -> int:
    return sum(len(run.calls) for run in plan.runs)


@dataclass(frozen=True, slots=True)
class Differential:
    """Ours, the reference and the model, on all three levels, as in `harness check`.

    Drawing the world belongs to the benchmark and is not counted.
    """

    seed: int
    functions: int
    calls: int
    asynchronous: bool = False

    def perform(self, bench: Workbench) -> Spent:
        world = drawn(self.seed, self.functions, self.asynchronous)
        known = _known(tuple((tool.tool, tool.version) for tool in bench.toolchains.values()))
        watch = Stopwatch()
        started = time.perf_counter()
        plan = planned(world, self.seed, self.calls)
        options = Options(expectations=known, artifacts=None, first=First.SUBJECT_BOTH_WAYS, turn=self.seed)
        seen = examine(bench, f"world-{self.seed}", plan, options, started)
        return Spent(dict(seen.stages), watch.seconds, watch.cpu, count_calls(plan), seen.verdict.outcome)


@dataclass(frozen=True, slots=True)
class Floor:
    """The reference alone through the same composition and engine: no model, no comparison, planning not counted."""

    seed: int
    functions: int
    calls: int
    asynchronous: bool = False

    def perform(self, bench: Workbench) -> Spent:
        world = drawn(self.seed, self.functions, self.asynchronous)
        return by_reference_alone(bench, planned(world, self.seed, self.calls))


def by_reference_alone(bench: Workbench, plan: Plan) -> Spent:
    """Builds, composes and runs the plan with only the reference's tools."""
    cell = pure_cell([component.role for component in plan.components], REFERENCE, EngineKind.WINCH)
    watch = Stopwatch()
    observed = bench.observer.reading_by(Unread()).observe(plan, [cell], bench.settings.run_limits)
    total, cpu = watch.seconds, watch.cpu
    outcome = "run" if observed.cells[0].observations else FAILED
    return Spent(observed.clock.seconds, total, cpu, count_calls(plan), outcome)


@dataclass(frozen=True, slots=True)
class FuzzTrial:
    """A trial of the fuzzer, with its worlds, its runs with faults and its verdict."""

    recipe: Recipe
    index: int

    def perform(self, bench: Workbench) -> Spent:
        watch = Stopwatch()
        started = time.perf_counter()
        world = draw(self.recipe, self.index, bench)
        drawn = time.perf_counter() - started
        result = run_world(bench, world, self.recipe, Options(artifacts=None), self.index, time.perf_counter())
        if result.outcome == Outcome.HARNESS_ERROR:
            raise RuntimeError(f"trial {self.index} of {self.recipe}: {result.refusals}")
        return Spent({"draw": drawn, **dict(result.stages)}, watch.seconds, watch.cpu, result.calls, result.outcome)


@dataclass(frozen=True, slots=True)
class FuzzFloor:
    """The plan of the same trial by the reference alone; drawing and planning are not counted."""

    recipe: Recipe
    index: int

    def perform(self, bench: Workbench) -> Spent:
        return by_reference_alone(bench, self._plan(bench).plan)

    def _plan(self, bench: Workbench) -> TrialPlan:
        world = draw(self.recipe, self.index, bench)
        values = random.Random(world.script_seed)
        return plan_trial(world.wit, world.name, world.features, values, self.recipe.calls, self.recipe.fault_runs)
