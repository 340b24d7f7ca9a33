"""`harness smoke` with a toolchain that does not work: which step fails, soon, and no word of a broken installation."""

# ruff: noqa: E501 - shell commands
from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.process.steps import Steps
from harness.runs.tasks import Smoke
from harness.toolchains.cells import OURS
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import FromFile, Ours, Selection
from interpreters import boxed
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.command import harness_here
from tests.harness.minorities import alone


@pytest.mark.parametrize(
    ("generate", "outcome", "words"),
    [
        ('["sh", "-c", "echo no world >&2; exit 1", "{wit}", "{output}"]', Outcome.FAIL, "refused to generate: no world"),
        ('["sh", "-c", "exit 9", "{wit}", "{output}"]', Outcome.TOOL_PANICKED, "generate panicked (exit code 9)"),
        ('["cp", "{wit}", "{output}"]', Outcome.INVALID_OUTPUT, "generate gave an invalid output"),
    ],
)  # fmt: skip
def test_the_step_that_fails_is_told(tmp_path: Path, generate: str, outcome: Outcome, words: str) -> None:
    file = tmp_path / "tool.toml"
    file.write_text(f'name = "mine"\ngenerate = {generate}\nlink = ["true", "{{libraries}}", "{{output}}"]\n')
    bench = Workbench(Settings(tmp_path, Selection((Ours(), FromFile(file)))), Steps())
    examination = Smoke(Options(artifacts=None)).perform(bench)
    assert examination.verdict.outcome is outcome
    subjects = {subject for subject, _ in examination.verdict.findings}
    assert OURS not in subjects and examination.verdict.minority == alone("mine")
    assert any(words in finding.message for _, finding in examination.verdict.findings)


PANICS = """#!/bin/sh
case "$1 $2" in
*" --help" | "--version "*) exec {tool} "$@" ;;
wit-dylib*) echo "thread 'main' panicked at src/lib.rs:1:2" >&2; exit 101 ;;
esac
exec {tool} "$@"
"""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--interpreter", "echo.so"], 0, "1 pass"),
        (["--interpreter", "echo.so", "--abi-version", "2"], 1, "1 skip"),
        (["--interpreter", "without.so"], 1, "1 skip"),
        (["--interpreter", "wrong.so"], 1, "1 fail"),
        (["--reference", "{folder}/panics"], 1, "1 tool panicked"),
    ],
)
def test_what_is_named_is_to_blame(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    """Exit code 3 would say that the harness is broken. What did not run at all is no success."""
    data = echo().read_bytes()
    (tmp_path / "echo.so").write_bytes(data)
    (tmp_path / "without.so").write_bytes(data.replace(b"wit_dylib_push_string", b"wit_dylib_push_strinG"))
    (tmp_path / "wrong.so").write_bytes(boxed().read_bytes())  # it has no script, and traps
    tool = tmp_path / "panics"
    tool.write_text(PANICS.format(tool=find().path))
    tool.chmod(0o755)
    done = harness_here("smoke", "-j", "1", *(word.format(folder=tmp_path) for word in words), cwd=tmp_path)
    assert (done.code, said in done.said) == (code, True), done.said
