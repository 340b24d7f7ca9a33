"""What workers are asked to do: examine a bare world, or a tiny one to see that all works."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from harness.examine import Examination, Options, examine
from harness.planner import check_plan
from harness.toolchains.front_end import FrontEndError, WitText
from harness.verdict import refused
from harness.workbench import Workbench

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
        name = f"{self.path.stem}{f'.{self.world}' if self.world else ''}@{self.seed}"
        try:
            plan = check_plan(self.path, self.world, self.features, self.seed, self.calls)
        except FrontEndError as error:
            return Examination(name, "", refused(str(error)))
        return examine(bench, name, plan, self.options, started)


@dataclass(frozen=True, slots=True)
class Smoke:
    """One tiny world through every cell."""

    options: Options

    def perform(self, bench: Workbench) -> Examination:
        started = time.perf_counter()
        plan = check_plan(WitText(SMOKE_WIT, "smoke.wit"), seed=0, calls=6, title="one tiny world through every cell")
        return examine(bench, "smoke", plan, replace(self.options, full_matrix=True), started)
