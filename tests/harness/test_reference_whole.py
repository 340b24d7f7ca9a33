"""A broken reference, or one of an unknown version, is reported before anything runs."""

# ruff: noqa: E501 - a shell script
from __future__ import annotations

from pathlib import Path

import pytest

from harness.runs.runner import uncovered
from harness.suite.expectations import Expectation, Expectations
from harness.toolchains.wasm_tools import Executable, find, lacking_subcommands

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


@pytest.mark.parametrize(
    ("known", "files", "notes"),
    [(KNOWN, [Path("x.toml")], 0), (Expectations(), [Path("x.toml")], 1), (Expectations(), [], 0)],
)
def test_a_version_that_no_file_is_about(known: Expectations, files: list[Path], notes: int) -> None:
    found = uncovered("1.300.0", known, files)
    assert len(found) == notes
    assert all("wasm-tools 1.300.0" in note and "x.toml" in note for note in found)
