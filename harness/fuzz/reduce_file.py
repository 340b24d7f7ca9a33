"""The common parts of the tasks that reduce a file of a suite: their fields, their answer, the choice of a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.bench.conditional import under_conditions
from harness.bench.examination import Options
from harness.bench.made_here import made_here
from harness.bench.workbench import Workbench
from harness.fuzz.bucket import Hit
from harness.fuzz.wanted import NO_FINDINGS, Findings, Wanted
from harness.judge.verdict import Verdict
from harness.suite.conditions import Conditions
from harness.suite.provenance import Provenance

MAX_MESSAGE = 2000
"""Characters of a finding at the head of a reduced file."""


@dataclass(frozen=True, slots=True)
class FileReduced:
    """`verdict`: that of the unchanged file; `findings`: its findings. `text`: the reduced file; None if the file
    cannot be reduced, and `note` gives the reason."""

    verdict: Verdict
    findings: Findings = NO_FINDINGS
    text: str | None = None
    note: str = ""
    before: str = ""
    size: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ChosenFinding:
    """The finding to reduce, among all. `verdict`: that of the unchanged file; `before`: its size."""

    verdict: Verdict
    findings: Findings
    before: str

    def reduced(self, text: str, size: str, attempts: int, note: str = "") -> FileReduced:
        return FileReduced(self.verdict, self.findings, text, note, self.before, size, attempts)

    def not_again(self, attempts: int) -> FileReduced:
        note = "it did not show again in the same way"
        return FileReduced(self.verdict, self.findings, None, note, self.before, "", attempts)


@dataclass(frozen=True, slots=True)
class ReduceFile:
    """The task of a worker. `wanted`: the finding to reduce. `smallest`: the file for the smallest result so far.
    `repeat`: the command, for the head of the reduced file. `known`: whether to reduce a known fault. `choosing`:
    whether to choose the finding alone, and to reduce nothing."""

    path: Path
    name: str
    options: Options
    wanted: Wanted
    smallest: Path
    repeat: str
    known: bool = False
    choosing: bool = False

    def options_of(self, bench: Workbench, conditions: Conditions) -> Options:
        """The options for attempts: no artifacts, only the toolchains that the file asks, and its known faults."""
        options, _ = under_conditions(bench, replace(self.options, artifacts=None), conditions, self.name)
        return replace(options, expectations=options.expectations.within(self.name))

    def choose(self, found: Sequence[Hit]) -> tuple[Hit | None, Findings]:
        """The finding to reduce, and all of them in words."""
        described = [description(hit) for hit in found]
        findings = self.wanted.among(described, [bool(hit.known) == self.known for hit in found])
        return found[findings.chosen - 1] if findings.chosen else None, findings

    def made_by(self, bench: Workbench, source: str = "") -> Provenance:
        """`source`: the first source of a file that was itself made from another."""
        return made_here(bench, self.repeat, source or str(self.path))


def description(hit: Hit) -> str:
    """A finding in a line."""
    return f"{hit.bucket}{f' (known: {hit.known})' if hit.known else ''}"


def head_of(message: str, known: str) -> list[str]:
    """The comments at the head of a reduced file."""
    return [message[:MAX_MESSAGE], *([f"Known: {known}"] if known else [])]
