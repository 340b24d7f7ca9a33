"""The code checks for Linux's own functions before it uses them: it loads and runs where they are missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.elsewhere import pretend
from tests.harness.test_interrupts import CASE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other platforms are played on Linux")

ROOT = Path(__file__).resolve().parents[2]

LOAD_ALL = """
import importlib, pkgutil, sys
import harness, generator, reports
for package in (harness, generator, reports):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
from harness.process.launching import why_unbounded
print(sys.platform, why_unbounded())
"""


def run(folder: Path, platform: str, *words: str) -> subprocess.CompletedProcess[str]:
    pretend(folder, platform)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    return subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("platform", "told"),
    [
        ("win32", "win32 only the time of children is limited"),
        ("darwin", "darwin processes that leave a child's group"),
    ],
)
def test_every_module_loads(tmp_path: Path, platform: str, told: str) -> None:
    done = run(tmp_path, platform, "-c", LOAD_ALL)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(told)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_a_case_runs(tmp_path: Path, platform: str) -> None:
    """It runs with the reference, which is a separate tool, and with a tool that does not end."""
    (tmp_path / "case.toml").write_text(CASE)
    code = "from harness.cli import main; main()"
    done = run(tmp_path, platform, "-c", code, "run", "case.toml", "-j", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 pass" in done.stdout and "reference (wasm-tools" in done.stdout


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_a_tool_that_does_not_end_is_ended(tmp_path: Path, platform: str) -> None:
    code = (
        "import sys; from harness.process.children import *\n"
        "print(run([sys.executable, '-c', 'import time; time.sleep(600)'], ProcessLimits(0.5)).timed_out)\n"
        "print(run([sys.executable, '-c', 'print(1)'], ProcessLimits(60)).stdout)\n"
    )
    done = run(tmp_path, platform, "-c", code)
    assert done.stdout.split("\n")[:2] == ["True", "b'1\\n'"], done.stderr
