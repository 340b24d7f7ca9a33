"""A whole run that is ended from outside: no child and no folder stays, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.harness.processes import ends, wait_for_number

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, and what leaves its group")

ROOT = Path(__file__).resolve().parents[2]

TOOL = """#!{python}
import os, subprocess, sys, time
own = subprocess.Popen(["sleep", "600"], start_new_session=True)
with open({note!r} + ".new", "w") as file:
    file.write(f"{{os.getpid()}} {{own.pid}}")
os.rename({note!r} + ".new", {note!r})
time.sleep(600)
"""

TOOLCHAIN = """name = "hanging"
generate = ["{tool}", "{{wit}}", "{{output}}"]
link = ["{tool}", "{{libraries}}", "{{output}}"]
"""

CASE = """title = "a byte"
why = "It comes back."
origin = "own"
wit = "package a:b; interface x { f: func(a: u8) -> u8; } world w { export x; }"

[[step]]
call = "a:b/x#f"
args = ["1"]
result = "1"
"""


class HangingRun:
    """`harness run` with a tool that hangs, caught in the act."""

    def __init__(self, folder: Path) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        note = folder / "pids"
        tool = folder / "tool"
        tool.write_text(TOOL.format(python=sys.executable, note=str(note)))
        tool.chmod(0o755)
        (folder / "tool.toml").write_text(TOOLCHAIN.format(tool=tool))
        (folder / "case.toml").write_text(CASE)
        words = ["run", "case.toml", "--no-reference", "--toolchain", "tool.toml", "-j", "1"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from harness.cli import main; main()", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_for_number(note)
        self.tool, self.background = map(int, note.read_text().split())

    def leaves_nothing(self) -> bool:
        deadline = time.monotonic() + 60
        while os.listdir(self.temporary):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return ends(self.tool) and ends(self.background)


@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ([signal.SIGINT], 130),
        ([signal.SIGINT, signal.SIGINT, signal.SIGINT], 130),
        ([signal.SIGTERM], 130),
        ([signal.SIGHUP], 130),
        ([signal.SIGQUIT], 130),
        ([signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP], 130),
        ([signal.SIGKILL], -signal.SIGKILL),
    ],
    ids=lambda value: "+".join(item.name for item in value) if isinstance(value, list) else "",
)
def test_a_run_that_is_ended_leaves_nothing(tmp_path: Path, signals: list[signal.Signals], code: int) -> None:
    run = HangingRun(tmp_path)
    for number in signals:
        run.process.send_signal(number)
    said, _ = run.process.communicate(timeout=120)
    assert run.process.returncode == code, said
    assert "Traceback" not in said
    assert run.leaves_nothing()
