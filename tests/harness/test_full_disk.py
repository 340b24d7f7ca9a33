"""A disk that is full, at every size between nothing and enough: told in a line, never as a tool's fault."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.test_interrupts import CASE

ROOT = Path(__file__).resolve().parents[2]
UNSHARE = ["unshare", "--mount", "sh", "-c"]


def may_mount() -> bool:
    try:
        done = subprocess.run([*UNSHARE, "mount -t tmpfs -o size=16k none /mnt"], capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


pytestmark = pytest.mark.skipif(not may_mount(), reason="no small disk can be mounted here")


def run_on_a_disk(folder: Path, kilobytes: int, temporary: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`harness run` in `folder` with a disk of this size at `folder`/disk, that nobody else sees."""
    (folder / "disk").mkdir()
    (folder / "case.toml").write_text(CASE)
    command = ["run", "case.toml", "-j", "1", *words]
    python = shlex.join([sys.executable, "-c", "from harness.cli import main; main()", *command])
    script = f"mount -t tmpfs -o size={kilobytes}k none disk && {python}; code=$?; ls -A disk; exit $code"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    return subprocess.run([*UNSHARE, script], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("kilobytes", [16, 64, 180])
def test_no_room_for_temporary_files(tmp_path: Path, kilobytes: int) -> None:
    done = run_on_a_disk(tmp_path, kilobytes, tmp_path / "disk")
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"No space left on device: {tmp_path / 'disk'}" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("1 case: 1 harness error"), "nothing stays on the disk"


def test_no_room_for_artifacts(tmp_path: Path) -> None:
    (tmp_path / "tool.toml").write_text(
        'name = "broken"\ngenerate = ["false", "{wit}", "{output}"]\nlink = ["false", "{libraries}", "{output}"]\n'
    )
    words = ["--no-reference", "--toolchain", "tool.toml", "--artifacts", "disk/kept"]
    done = run_on_a_disk(tmp_path, 8, tmp_path, *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "artifacts: none: disk/kept cannot be written to (No space left on device)" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
