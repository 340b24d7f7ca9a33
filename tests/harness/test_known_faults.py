"""Known faults of a version, as a run finds them: the nearest ones, those of a toolchain's file, no two versions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.toolchains.reference_binary import find

CASE = """title = "Four bytes"
why = "The reference has no code for lists of fixed length."
origin = "own"
instantiate-only = true
wit = "package a:b; world w { import f: func(x: list<u8, 4>); }"
"""
MINE = """name = "mine"
generate = ["{tool}", "wit-dylib", "{{wit}}", "-w", "{{world}}", "--interpreter", "{{interpreter}}", "-o", "{{output}}"]
link = ["{tool}", "component", "link", "{{libraries}}", "-o", "{{output}}"]
"""
KNOWN = 'expectations = "wasm-tools"\nversion = "{version}"\n'
NEWER = "1.262.99"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no shell")


def run(*words: str) -> Result:
    return CliRunner().invoke(commands, ["run", "case.toml", "-j", "1", *words])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text(CASE)
    return tmp_path


def stand_in(folder: Path, version: str) -> str:
    """The reference under another version."""
    path = folder / "wasm-tools"
    case = f'case "$1" in --version) echo "wasm-tools {version}";; *) exec "{find().path}" "$@";; esac'
    path.write_text(f"#!/bin/sh\n{case}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("version", "words", "code", "said"),
    [
        ("1.263.4", [], 1, "no file of known faults matches wasm-tools 1.263.4 (files: "),
        ("1.263.4", ["--nearest-expectations"], 0, "it is judged by those of 1.262.0 (--nearest-expectations)"),
        (NEWER, [], 0, ""),
        (NEWER, ["--nearest-expectations"], 0, ""),
    ],
)
def test_the_nearest_known_faults(folder: Path, version: str, words: list[str], code: int, said: str) -> None:
    result = run("--reference", stand_in(folder, version), *words)
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert ("no file of known faults" in result.output) is bool(said)


@pytest.mark.parametrize(("version", "code", "said"), [(None, 1, "1 tool panicked"), ("here", 0, "1 expected failure")])
def test_known_faults_of_a_toolchain_by_a_file(folder: Path, version: str | None, code: int, said: str) -> None:
    tool = find()
    known = "" if version is None else KNOWN.format(version=tool.version)
    (folder / "mine.toml").write_text(MINE.format(tool=tool.path) + known)
    result = run("--toolchain", "mine.toml")
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_two_versions_in_one_run(folder: Path) -> None:
    tool = find()
    (folder / "mine.toml").write_text(MINE.format(tool=tool.path) + KNOWN.format(version="1.200.0"))
    result = run("--toolchain", "mine.toml")
    assert result.exit_code == 2
    assert f"reference is wasm-tools {tool.version} and mine is 1.200.0" in result.output
