"""Worlds from wit-smith."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText, surround
from harness.fuzz.smith import SmithError, smith_world
from harness.fuzz.worlds import Profile
from harness.process.children import ProcessLimits
from harness.process.steps import Steps
from harness.toolchains.reference_binary import Executable, NoReference, find
from harness.toolchains.selection import Ours, Reference, Selection
from tests.harness.fuzz.sources import seeded


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    try:
        return Workbench(Settings(tmp_path, Selection((Ours(), Reference(find())))), Steps())
    except NoReference:
        pytest.skip("wasm-tools does not run here")


def test_worlds_have_something_in_them(bench: Workbench, tmp_path: Path) -> None:
    for seed in range(10):
        world = smith_world(seeded(seed), bench)
        assert smith_world(seeded(seed), bench) == world
        parts = surround(WitText(world.wit, f"seed {seed}"), world.world, world.features).parts
        assert parts
    assert list(tmp_path.iterdir()) == []


def test_switches(bench: Workbench) -> None:
    plain = Profile(fixed_length_lists=False, error_contexts=False, labels=False, includes=False)
    for seed in range(6):
        assert "error-context" not in smith_world(seeded(seed), bench, plain).wit


def test_without_a_reference(tmp_path: Path) -> None:
    with pytest.raises(SmithError, match="there is none here"):
        smith_world(seeded(0), Workbench(Settings(tmp_path), Steps()))


@pytest.mark.parametrize("name", ["missing", "false"])
def test_a_tool_that_fails(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "false":
        path.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
        path.chmod(0o755)
    selection = Selection((Ours(), Reference(Executable(str(path), "0", "test"))))
    bench = Workbench(Settings(tmp_path, selection, tool_limits=ProcessLimits(5.0)), Steps())
    with pytest.raises(SmithError, match=r"the last one: .*(no|cannot be started)"):
        smith_world(seeded(0), bench)
