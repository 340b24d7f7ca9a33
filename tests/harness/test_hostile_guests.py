"""Libraries that write into the trace what they like: a finding about their toolchain, never a broken harness."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import RunLimits
from harness.frontend.front_end import WitText
from harness.planner import check_plan
from harness.process.steps import Steps
from harness.toolchains import ours
from harness.toolchains.cells import OURS
from harness.toolchains.protocol import Built, GenerateOptions, Job, Library, LinkOptions
from harness.toolchains.selection import Ours, Selection
from reports.outcomes import Outcome
from tests.harness import hostile_guests
from tests.harness.command import harness_here
from tests.harness.hostile_guests import GUESTS, WIT
from tests.harness.minorities import alone

LITTLE = RunLimits(fuel=200_000_000, seconds=2.0, trace=2 << 20)
"""Enough for the calls of the tests, and few enough for a flood."""
_library = cache(hostile_guests.library)


class _Made:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def result(self) -> Built:
        return Built(self._data)


class Hostile:
    """A toolchain whose generator is hostile; its linker is ours."""

    def __init__(self, guest: str) -> None:
        self._guest = GUESTS[guest]

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        assert isinstance(wit, str) and world is not None and options.interpreter is not None
        return _Made(_library(self._guest, wit, world, options.interpreter))

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        return ours.OurToolchain().link(libraries, options)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    settings = Settings(tmp_path_factory.mktemp("hostile"), Selection((Ours(),)), run_limits=LITTLE)
    return Workbench(settings, Steps())


LIMITS = ("a flood", "a flood of nothing")


@pytest.mark.parametrize("guest", GUESTS)
def test_whatever_a_guest_writes_is_its_tools_fault(bench: Workbench, guest: str) -> None:
    hostile = Hostile(guest)
    name = f"hostile-{guest}"  # a name of its own: what a toolchain has built is kept
    bench.toolchains[name] = replace(ours.toolchain(), name=name, generator=hostile, linker=hostile)
    plan = check_plan(WitText(WIT, "w.wit"), seed=0, calls=3)
    found = examine(bench, "w", plan, Options(artifacts=None, toolchains=(OURS, name))).verdict
    assert found.minority == alone(name)
    assert found.outcome is (Outcome.TIMED_OUT if guest in LIMITS else Outcome.FAIL)
    assert all("hostile" in judged for judged, _ in found.findings)
    assert any(finding.run == 1 for _, finding in found.findings), "it was linked and ran"


def test_a_run_with_such_a_tool_says_so(tmp_path: Path) -> None:
    """As a user meets it: a tool of others, the command, its exit code."""
    command = [sys.executable, hostile_guests.__file__, "commands, then a long line"]
    command += ["{wit}", "{world}", "{interpreter}", "{output}"]
    (tmp_path / "tool.toml").write_text(f'name = "hostile"\nversion = "1"\ngenerate = {command}\n')
    (tmp_path / "w.wit").write_text(WIT)
    words = ["check", "w.wit", "--calls", "3", "--toolchain", "tool.toml", "--toolchain", OURS, "-j", "1"]
    done = harness_here(*words, cwd=tmp_path)
    assert done.code == 1, done.said
    assert "in the minority: hostile" in done.said and "\\x1b[2J\\u202e" in done.said
    assert done.said.replace("\n", "").isprintable()
    assert len(done.said) < 4000
