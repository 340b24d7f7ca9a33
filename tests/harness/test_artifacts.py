"""Artifacts of failures: each source has a folder of its own, and no file of a user is removed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.bench import artifacts
from harness.bench.examine import keep_or_say_why
from harness.judge.observation import Observed
from harness.plan.plan import Plan
from harness.runs.suite_files import name_of

PLAN = Plan("t", (), (), (), ())

CASE = """title = "a byte"
why = "It comes back."
origin = "own"
wit = "package a:b; interface x { f: func(a: u8) -> u8; } world w { export x; }"

[[step]]
call = "a:b/x#f"
args = ["1"]
result = "1"
"""

BROKEN_TOOL = """name = "broken"
generate = ["false", "{wit}", "{output}"]
link = ["false", "{libraries}", "{output}"]
"""


def keep(directory: Path, file: Path) -> Path:
    return artifacts.keep(directory, name_of(file), artifacts.source_of(file), PLAN, [])


def files_below(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["repro.toml", "..toml", "...toml", "a/../..toml", "-.toml", "sub/x.toml"])
def test_a_users_folders_stay(tmp_path: Path, name: str) -> None:
    for folder in ("repro", "unnamed", "sub", "x", "."):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "precious").write_text("kept")
    before = files_below(tmp_path)
    for _ in range(2):
        kept = keep(tmp_path, tmp_path / name)
        assert kept.parent == tmp_path and kept.is_dir()
    assert before.items() <= files_below(tmp_path).items()


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_through_a_link_only_new_folders_are_made(tmp_path: Path) -> None:
    """`--artifacts` may be a link that the user made; nothing of the user goes through it."""
    home = tmp_path / "home"
    (home / "x").mkdir(parents=True)
    (home / "x" / "precious").write_text("kept")
    (tmp_path / "artifacts").symlink_to(home)
    before = files_below(home)
    for _ in range(2):
        assert keep(tmp_path / "artifacts", tmp_path / "x.toml").name == "x-2"
    assert before.items() <= files_below(home).items()
    assert {path.name for path in home.iterdir()} == {"x", "x-2"}


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_in_the_place_of_a_cases_folder_is_not_followed(tmp_path: Path) -> None:
    """Not even to a folder of the same name that carries a mark."""
    kept = keep(tmp_path / "home", tmp_path / "x.toml")
    before = files_below(kept)
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "x").symlink_to(kept)
    assert keep(tmp_path / "artifacts", tmp_path / "x.toml").name == "x-2"
    assert files_below(kept) == before and (tmp_path / "artifacts" / "x").is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_to_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "artifacts").symlink_to(tmp_path / "nowhere")
    told = keep_or_say_why(tmp_path / "artifacts", "x", "x", PLAN, Observed([]))
    assert told.startswith("none: ") and "--artifacts" in told
    assert not (tmp_path / "nowhere").exists()


def test_cases_share_no_folder(tmp_path: Path) -> None:
    names = ["cases/foo.toml", "cases/foo/bar.toml", "cases/foo.bar.toml", "one/x.toml", "two/x.toml"]
    folders = [keep(tmp_path / "kept", tmp_path / name) for name in names]
    assert len(set(folders)) == len(names)
    assert all(folder.is_dir() for folder in folders)
    assert [keep(tmp_path / "kept", tmp_path / name) for name in names] == folders, "each finds its own again"


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that not even root can write to")
def test_a_folder_that_takes_no_files_is_told(tmp_path: Path) -> None:
    told = keep_or_say_why(Path("/proc/self"), "x", "x", PLAN, Observed([]))
    assert told.startswith("none: /proc/self cannot be written to (") and "--artifacts" in told


def test_a_failing_case_beside_a_users_folder(tmp_path: Path) -> None:
    (tmp_path / "repro").mkdir()
    (tmp_path / "repro" / "precious").write_text("kept")
    (tmp_path / "repro.toml").write_text(CASE)
    (tmp_path / "tool.toml").write_text(BROKEN_TOOL)
    command = [sys.executable, "-c", "from harness.cli import main; main()"]
    command += ["run", "repro.toml", "--no-reference", "--toolchain", "tool.toml", "-j", "1", "--artifacts", "."]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "artifacts: repro-2" in done.stdout
    assert (tmp_path / "repro" / "precious").read_text() == "kept"
    assert (tmp_path / "repro-2" / "subject.wit").is_file()
