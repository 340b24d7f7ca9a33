"""A broken reference, or one of an unknown version, is reported before anything runs."""

# ruff: noqa: E501 - a shell script
from __future__ import annotations

from pathlib import Path

import pytest

from harness.runs.runner import uncovered
from harness.suite.expectations import Expectation, Expectations
from harness.toolchains import reference_binary
from harness.toolchains.reference_binary import Executable, find, lacking_subcommands
from tests.harness.command import harness_here

KNOWN = Expectations((Expectation("a", "wasm-tools", "fail", "r", "s"),))


def stand_in(path: Path, text: str) -> Executable:
    file = path / "wasm-tools"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return Executable(str(file), "1.262.0", "here")


def test_the_package_has_every_subcommand() -> None:
    assert lacking_subcommands(find()) == []


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("exit 1", 6),
        ("echo anything", 6),
        ('case "$1" in wit-dylib) exit 2;; component) echo "Usage: wasm-tools component $2 [OPTIONS]";; *) echo "$1 [X]";; esac', 1),
    ],
)  # fmt: skip
def test_a_stand_in_that_lacks_subcommands(tmp_path: Path, text: str, lacking: int) -> None:
    found = lacking_subcommands(stand_in(tmp_path, text))
    assert len(found) == lacking and "wit-dylib" in found


@pytest.mark.parametrize("command", [["check", "w.wit"], ["run", "cases"], ["fuzz", "--worlds", "1"], ["smoke"]])
@pytest.mark.parametrize("first", [True, False])
def test_a_run_does_not_begin_with_one(tmp_path: Path, command: list[str], first: bool) -> None:
    """A missing subcommand is no refusal of a world."""
    lacks = f'case "$1" in wit-dylib) echo "error: unrecognized subcommand" >&2; exit 2;; *) exec "{find().path}" "$@";; esac'
    tool = stand_in(tmp_path, lacks).path
    (tmp_path / "w.wit").write_text("package a:b; world w { export f: func(); }")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "x.toml").touch()
    references = [] if first else ["--reference", find().path]
    done = harness_here(*command, *references, "--reference", tool, cwd=tmp_path)
    assert done.code == 2
    assert done.said.splitlines()[-1] == (
        f"Error: {tool} (from option --reference) cannot be used as a reference: wasm-tools {find().version} without "
        "`wit-dylib` (an incomplete build, or a version without it); name a complete build by --reference PATH, or run "
        "with --no-reference"
    )


def test_a_slow_reference_is_judged_by_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_binary, "_HELP_SECONDS", 0.1)
    slow = stand_in(tmp_path, "sleep 5; exit 2")
    reference_binary.require_subcommands(slow)
    assert "wit-dylib" in lacking_subcommands(slow)


@pytest.mark.parametrize(
    ("known", "files", "notes"),
    [(KNOWN, [Path("x.toml")], 0), (Expectations(), [Path("x.toml")], 1), (Expectations(), [], 0)],
)
def test_a_version_that_no_file_is_about(known: Expectations, files: list[Path], notes: int) -> None:
    found = uncovered("1.300.0", known, files)
    assert len(found) == notes
    assert all("wasm-tools 1.300.0" in note and "x.toml" in note for note in found)
