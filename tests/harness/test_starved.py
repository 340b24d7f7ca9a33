"""Limits on wall time on a busy machine: a process that gets no processor has more time."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from harness.process import warden
from harness.process.starved import STRETCH, is_starved
from harness.runs import pool
from harness.runs.pool import _Watch
from tests.harness.processes import PATIENCE

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="told by /proc")


def tool(seconds: float) -> warden.StartedTool:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return warden.StartedTool(process, warden.Request([], {}, seconds, 60, 1 << 20, ""))


@pytest.mark.parametrize(
    ("passed", "starved", "over"),
    [
        (9.0, False, False),
        (9.0, True, False),
        (11.0, False, True),
        (11.0, True, False),
        (10.0 * STRETCH - 1, True, False),
        (10.0 * STRETCH + 1, True, True),
    ],
)
def test_bounds_stretch_for_the_starved(
    monkeypatch: pytest.MonkeyPatch, passed: float, starved: bool, over: bool
) -> None:
    for module in (warden, pool):
        monkeypatch.setattr(module, "is_starved", lambda *_: starved)
    assert _Watch(100.0, 10.0, 0.0).is_over(100.0 + passed, 1) is over
    waiting = tool(10.0)
    assert waiting.may_go_on(waiting.started + passed) is not over
    assert waiting.late is over


@on_linux
def test_one_that_runs_and_has_not_had_its_time_is_starved() -> None:
    assert _becomes_starved("while True: pass")
    assert not is_starved(os.getpid(), 0.0, 0.0), "it has had no less than nothing"


@on_linux
def test_one_that_sleeps_is_not_starved() -> None:
    child = subprocess.Popen([sys.executable, "-c", "print(1, flush=True); import time; time.sleep(600)"], stdout=-1)
    try:
        assert child.stdout is not None
        child.stdout.readline()
        deadline = time.monotonic() + PATIENCE
        while is_starved(child.pid, 0.0, 1e9):  # on its way to sleep
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        child.kill()
        child.communicate()


def _becomes_starved(code: str) -> bool:
    child = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if is_starved(child.pid, 0.0, 1e9):
                return True
            time.sleep(0.02)
        return False
    finally:
        child.kill()
        child.wait()


def test_of_a_process_that_is_gone_nothing_is_told() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    assert not is_starved(child.pid, 0.0, 1e9)
