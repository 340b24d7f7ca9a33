"""Folders for temporary files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.process.temporary import fresh_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is swept there")

KILLED = (
    "import os; from harness.process.temporary import fresh_folder; f = fresh_folder(); "
    "print(f.path, flush=True); os._exit(9)"
)


def age(folder: Path) -> Path:
    os.utime(folder / "lock", (1, 1))
    return folder


def test_what_killed_processes_left_behind_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED]
    old, young = [
        Path(subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()) for _ in "ab"
    ]
    age(old)
    living = fresh_folder()
    age(living.path)
    foreign = tmp_path / "harness-foreign"
    foreign.mkdir()
    link = tmp_path / "harness-link"
    link.symlink_to(living.path)
    users = tmp_path / "harness-of-a-user"
    users.mkdir()
    (users / "lock").write_text("")
    age(users)
    made = fresh_folder()
    assert not old.exists()
    assert {young, living.path, foreign, link, users, made.path} == set(tmp_path.iterdir())
    for folder in (living, made):
        folder.remove()
        assert not folder.path.exists()
