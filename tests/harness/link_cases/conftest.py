"""The workbench of the tests of link cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import RunLimits
from harness.process.steps import Steps
from harness.runs.runner import Runner
from harness.toolchains.choose import Tools


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Both toolchains, where there is a reference. An endless loop ends soon: by default it takes seconds."""
    run = Runner(Tools(), 1)
    limits = RunLimits(fuel=20_000_000)
    settings = Settings(tmp_path_factory.mktemp("bench"), run.settings.selection, run_limits=limits)
    with run:
        yield Workbench(settings, Steps())
