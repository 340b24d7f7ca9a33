"""Stored findings: one for each bucket, with a count, a case file, and the command that repeats it."""

from __future__ import annotations

import itertools
import os
import stat
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import CaseParts, case_text
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.same_cause import Likeness, first_like
from harness.fuzz.trial import TrialResult
from harness.suite.provenance import Provenance, provenance_table
from harness.suite.toml_edits import with_table
from harness.text import atomic

_REPEAT = "# Repeat: "
"""The beginning of the line with the command that repeats a finding."""
_HEAD = 64 * 1024
"""The first bytes of a file, which show whether a campaign wrote it."""


@dataclass(slots=True)
class Found:
    """One finding. `index` is the trial that showed it first, `known` the expectation that explains it."""

    bucket: Bucket
    message: str
    known: str
    index: int
    repeat: str
    injected: bool = False
    """Shown in a run with an injected fault."""
    count: int = 0
    file: str = ""
    run: str = ""
    """The command that runs the case."""
    reduced: bool = False
    note: str = ""
    """Why it is not reduced."""
    likeness: Likeness | None = None
    """The likeness of the reduced case; None until the finding is reduced."""
    same_as: str = ""
    """The case of an earlier finding that probably has the same cause."""
    same_why: str = ""


@dataclass(slots=True)
class Ledger:
    """The results of a campaign so far. Results are added in the order of their indices, so the ledger is the same for
    any number of workers."""

    worlds: int = 0
    calls: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: dict[tuple[Bucket, str], Found] = field(default_factory=dict)
    """Findings by bucket and by the expectation that explains them: an expectation may explain a finding in one world
    and not in another."""
    stages: Counter[str] = field(default_factory=Counter)

    def add(self, result: TrialResult, repeat: str) -> list[Found]:
        """The findings that are new to the campaign."""
        self.worlds += 1
        self.calls += result.calls
        self.outcomes[result.outcome] += 1
        for refusal in result.refusals:
            self.refusals[refusal.tool, refusal.reason] += 1
        for stage, seconds in result.stages:
            self.stages[stage] += seconds  # type: ignore[assignment]  # a Counter adds floats as well
        fresh = []
        for hit in result.hits:
            key = hit.bucket, hit.known
            found = self.found.get(key)
            if found is None:
                found = Found(hit.bucket, hit.message, hit.known, result.index, repeat, hit.injected)
                self.found[key] = found
                fresh.append(found)
            found.count += 1
        return fresh

    @property
    def new(self) -> list[Found]:
        """Findings that no expectation explains."""
        return [found for found in self.found.values() if not found.known]

    def join(self, found: Found) -> None:
        """Say of a reduced finding which earlier one probably has the same cause."""
        found.same_as = found.same_why = ""
        others = [other for other in self.new if other is not found and not other.same_as]
        if found.likeness is not None and (like := first_like(found.likeness, [o.likeness for o in others])):
            found.same_as, found.same_why = others[like[0]].file, like[1]


def case_file(directory: Path, bucket: Bucket) -> Path:
    """The path of the case of a finding. It may replace a file that a campaign wrote, but no other file, and it follows
    no link."""
    path = directory / f"{bucket.slug}.toml"
    number = 1
    while os.path.lexists(path) and not _is_ours(path):
        number += 1
        path = directory / f"{bucket.slug}-{number}.toml"
    return path


def _is_ours(path: Path) -> bool:
    """Whether a campaign wrote a file: its first lines are comments, one of them the command that repeats it."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    comments = itertools.takewhile(lambda line: line.startswith(b"#"), head.splitlines())
    return any(line.startswith(_REPEAT.encode()) for line in comments)


def write_case(path: Path, found: Found, parts: CaseParts | LinkCaseText, tools: tuple[str, ...]) -> None:
    """Write the case, or the link case, of a finding; it replaces an earlier one. Raises `atomic.CannotWrite`.
    `tools`: those that take part, as `[made-by]` names them.

    The first lines describe the finding in the words of this world, not of the world in which it was found first.
    """
    comments = [found.message[:2000], f"Run: {found.run}", f"{_REPEAT[2:]}{found.repeat}"]
    made_by = Provenance(found.repeat, tools=tools)
    if isinstance(parts, LinkCaseText):
        text = with_table(parts.toml(comments), "made-by", provenance_table(made_by))
    else:
        text = case_text(replace(parts, made_by=made_by), comments)
    atomic.write(path, text)
    found.file = str(path)
