"""A full disk, with every amount of room between none and enough: one line reports it, and no tool is blamed."""

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
    """`harness run` of a case; see `on_a_disk`."""
    (folder / "case.toml").write_text(CASE)
    return on_a_disk(folder, kilobytes, temporary, "ls -A disk", "run", "case.toml", "-j", "1", *words)


def on_a_disk(
    folder: Path, kilobytes: int, temporary: Path, look: str, *command: str, fill: str = "true"
) -> subprocess.CompletedProcess[str]:
    """`harness` in `folder` with a disk of this size at `folder`/disk, that nobody else sees. `fill`, `look`: what the
    shell does before and after."""
    (folder / "disk").mkdir()
    python = shlex.join([sys.executable, "-c", "from harness.cli import main; main()", *command])
    mount = f"mount -t tmpfs -o size={kilobytes}k none disk"
    script = f"{mount} && {fill} && {python}; code=$?; {look}; exit $code"
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


FUZZ = ["fuzz", "--seed", "0", "--index", "3", "-j", "1", "--no-reference", "--calls", "20", "--no-reduce"]
WRONG = ["--toolchain", "mutant:no-post-return"]
"""Random worlds show it wherever a function returns memory: nearly all, whatever is drawn."""


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (["run", "case.toml", "-j", "1", "--no-reference", "--json", "disk/old"], 2, "1 case: 1 pass"),
        ([*FUZZ, "--findings", "findings", "--json", "disk/old"], 2, "1 world (1 pass)"),
    ],
    ids=["run", "fuzz"],
)
def test_no_room_for_results(tmp_path: Path, command: list[str], code: int, told: str) -> None:
    """The file still has its earlier contents, and the findings are reported all the same."""
    (tmp_path / "case.toml").write_text(CASE)
    done = on_a_disk(tmp_path, 4, tmp_path, "ls -A disk; cat disk/old", *command, fill="echo [0] > disk/old")
    assert done.returncode == code, done.stdout + done.stderr
    assert told in done.stdout
    assert done.stderr.splitlines()[-1] == "Error: disk/old cannot be written: No space left on device"
    assert done.stdout.splitlines()[-2:] == ["old", "[0]"]


def test_no_room_for_a_finding(tmp_path: Path) -> None:
    done = on_a_disk(tmp_path, 4, tmp_path, "ls -A disk", *FUZZ, *WRONG, "--findings", "disk", fill="echo 0 > disk/old")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "in the minority: ours" in done.stdout, "it is told all the same"
    assert "toml cannot be written: No space left on device" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "old", "nothing by halves"


@pytest.mark.parametrize("fill", ["true", "echo 0 > disk/old"], ids=["later", "at once"])
def test_no_room_for_the_state_of_a_campaign(tmp_path: Path, fill: str) -> None:
    words = [word if word != "--index" else "--worlds" for word in FUZZ]
    look = f"{sys.executable} -m json.tool disk/campaign.json >whole.json; ls -A disk"
    done = on_a_disk(tmp_path, 4, tmp_path, look, *words, "--findings", "disk", fill=fill)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "disk/campaign.json cannot be written: No space left on device" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    if fill == "true":
        assert '"seed": 0' in (tmp_path / "whole.json").read_text(), "the first state is whole: --resume goes on"
        assert done.stdout.splitlines()[-1] == "campaign.json"
