"""What the workers of a benchmark do: one world, either everything or only what the floor is made of."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from harness.cells import REFERENCE, pure_cell
from harness.engine import EngineKind
from harness.examine import Options, examine
from harness.fuzz.choices import RandomSource
from harness.fuzz.worlds import Profile, random_world
from harness.plan import Plan
from harness.planner import check_plan
from harness.toolchains.front_end import WitText
from harness.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one world by stage; `outcome` is the verdict's, or `run` for the floor."""

    seconds: dict[str, float]
    total: float
    calls: int
    outcome: str
    library_bytes: int = 0


def planned(seed: int, functions: int, calls: int) -> Plan:
    """The plan of a random world."""
    # what the reference panics at would make the floor cheaper than it is
    profile = Profile(functions=functions, fixed_length_lists=False, error_contexts=False)
    world = random_world(RandomSource(random.Random(seed)), profile)
    return check_plan(WitText(world.wit, "world.wit"), world.world, world.features, seed=seed, calls=calls)


def count_calls(plan: Plan) -> int:
    return sum(len(run.calls) for run in plan.runs)


@dataclass(frozen=True, slots=True)
class Differential:
    """Ours, the reference and the model, on all three levels: what `harness check` does."""

    seed: int
    functions: int
    calls: int

    def perform(self, bench: Workbench) -> Spent:
        started = time.perf_counter()
        plan = planned(self.seed, self.functions, self.calls)
        seen = examine(bench, f"world-{self.seed}", plan, Options(artifacts=None), started)
        total = time.perf_counter() - started
        return Spent(dict(seen.stages), total, count_calls(plan), seen.verdict.outcome.value)


@dataclass(frozen=True, slots=True)
class Floor:
    """The reference alone through the same composition and engine: no model, no comparison, planning not counted."""

    seed: int
    functions: int
    calls: int

    def perform(self, bench: Workbench) -> Spent:
        plan = planned(self.seed, self.functions, self.calls)
        cell = pure_cell([component.role for component in plan.components], REFERENCE, EngineKind.WINCH)
        started = time.perf_counter()
        observed = bench.observer.observe(plan, [cell], bench.settings.run_limits)
        total = time.perf_counter() - started
        return Spent(observed.clock.seconds, total, count_calls(plan), "run")
