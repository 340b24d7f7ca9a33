"""Components that were pre-initialised after their instantiation behave in compositions as they do without it.

The subject is linked by ours, then given to `component init`; the driver, the provider and the verdict are those of
every run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.preinit import initialize as stages
from generator.preinit.instrument import Instrumented
from generator.preinit.snapshot import InitOptions, Snapshot, take_snapshot
from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.composition import guards
from harness.frontend.front_end import WitText
from harness.judge.verdict import Verdict
from harness.planner import check_plan
from harness.process.steps import Steps
from harness.toolchains import ours
from harness.toolchains.protocol import BuildResult, Built, Job, Library, LinkOptions, Refused, Toolchain
from harness.toolchains.selection import Named, Selection
from reports.outcomes import Outcome

WORLDS = {
    "values": """package a:b;
interface x {
  record pair { small: s8, text: string }
  swap: func(pairs: list<pair>, c: char) -> result<option<pair>, u64>;
}
world w { import x; export x; export f: func(a: f32) -> f64; }
""",
    "resources": """package a:b;
interface x {
  resource thing { constructor(name: string); get: func() -> string; }
  take: func(a: thing, b: list<thing>, c: borrow<thing>) -> option<thing>;
}
world w { import x; export x; }
""",
    "asynchronous exports": """package a:b;
interface x { later: async func(s: string) -> list<u16>; now: func(a: string) -> u32; }
world w { export x; export go: async func(); }
""",
}


class _Initialised:
    """A job of our linker, and then what `component init` makes of its component."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def result(self) -> BuildResult:
        made = self._job.result()
        if not isinstance(made, Built):
            return made
        try:
            binary, snapshot = stages.initialize(made.data, InitOptions(None))
        except GeneratorError as error:
            return Refused(str(error), "link")
        assert snapshot.memories
        assert snapshot.globals
        assert binary != made.data
        return Built(binary)


class _Linker:
    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        """Only the subject has guards around its library."""
        job = ours.OurToolchain().link(libraries, options)
        return _Initialised(job) if any(item.name == guards.BEFORE for item in libraries) else job


def toolchain() -> Toolchain:
    return replace(ours.toolchain(), linker=_Linker())


def verdict(folder: Path, wit: str) -> Verdict:
    tools = Selection((Named(f"python:{__name__}:toolchain", stands_in=True),))
    bench = Workbench(Settings(folder, tools), Steps())
    plan = check_plan(WitText(wit, "w.wit"), seed=2, calls=12)
    found = examine(bench, "w", plan, Options(artifacts=None))
    assert found.verdict.outcome is not Outcome.PASS or found.ran.calls >= 12
    return found.verdict


@pytest.mark.parametrize("name", WORLDS)
def test_the_same_verdict(tmp_path: Path, name: str) -> None:
    found = verdict(tmp_path, WORLDS[name])
    assert found.outcome is Outcome.PASS, found.findings


def test_lost_memory_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_memory(instrumented: Instrumented, options: InitOptions) -> Snapshot:
        found = take_snapshot(instrumented, options)
        return replace(found, memories={place: bytes(len(data)) for place, data in found.memories.items()})

    monkeypatch.setattr(stages, "take_snapshot", without_memory)
    assert verdict(tmp_path, WORLDS["values"]).outcome is Outcome.FAIL
