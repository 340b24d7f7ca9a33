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
from harness.toolchains.selection import FromFile, Ours, Selection
from reports.outcomes import Outcome


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
    assert OURS not in subjects and examination.verdict.minority == "mine"
    assert any(words in finding.message for _, finding in examination.verdict.findings)
