"""The summary of a fuzzing campaign, as data, as JSON (`fuzz.schema.json`) and as text."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.model import ADDED, Tool
from reports.schemas import load_schema
from reports.shown import lines_of, one_line
from reports.text import counted

FORMAT = 2
"""Incremented when a reader of older summaries would misunderstand newer ones."""

MAX_REFUSALS = 20
"""Maximum number of reasons shown; the JSON form has all."""


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """One difference between tools. `known`: the id of the expectation that explains it. `level` 1 to 3 (dylib,
    component, behaviour), 0 if nothing could be compared. `index`: the first world that showed it."""

    toolchain: str
    outcome: str
    level: int
    aspect: str
    kind: str
    minority: str
    message: str
    count: int
    index: int
    known: str
    file: str
    reduced: bool
    note: str
    repeat: str
    run: str
    """The command that runs the case in `file`."""
    same_as: str = field(default="", metadata=ADDED)
    """The case of an earlier finding that probably has the same cause."""
    same_why: str = field(default="", metadata=ADDED)
    title: str = field(default="", metadata=ADDED)
    """The finding in a line for people."""


@dataclass(frozen=True, slots=True)
class RefusedWorlds:
    """Worlds, or functions of worlds, that did not run: the tool, the reason, the number."""

    tool: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class FuzzRun:
    """`worlds` and `calls` are totals, including resumed runs; `seconds` is the time of this run. `next`: the index for
    a continuation. `stopped`: the reason for an end before its limits."""

    started: str
    seconds: float
    command: str
    tools: tuple[Tool, ...]
    engine: str
    seed: int
    source: str
    jobs: int
    worlds: int
    calls: int
    next: int
    outcomes: Mapping[str, int]
    findings: tuple[FuzzFinding, ...]
    refusals: tuple[RefusedWorlds, ...]
    errors: tuple[str, ...] = ()
    stopped: str = ""
    notes: tuple[str, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage, summed over workers."""
    initializer: str = field(default="", metadata=ADDED)
    """What pre-initialised every subject; empty: nothing."""

    @property
    def complete(self) -> bool:
        return not self.stopped

    @property
    def new(self) -> list[FuzzFinding]:
        """Findings that no expectation explains, one for each cause."""
        return [finding for finding in self.findings if not finding.known and not finding.same_as]

    @property
    def known(self) -> int:
        """The number of findings that an expectation explains."""
        return sum(bool(finding.known) for finding in self.findings)

    def like(self, finding: FuzzFinding) -> list[FuzzFinding]:
        """Later findings that probably have the same cause."""
        return [other for other in self.findings if finding.file and other.same_as == finding.file]


def to_json(run: FuzzRun) -> dict[str, Any]:
    """The results in the form of `fuzz.schema.json`."""
    plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(run)))
    return {"format": FORMAT, **plain}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a campaign's summary."""
    return load_schema("fuzz")


def head_text(run: FuzzRun, scope: str) -> str:
    """The first lines: the tools, important notes, and the worlds of the campaign."""
    tools = ", ".join(f"{tool.name} ({tool.tool} {tool.version})" for tool in run.tools)
    before = f"; subjects are pre-initialised by {run.initializer}" if run.initializer else ""
    lines = [*run.notes, one_line(f"toolchains: {tools}; engine: {run.engine}{before}")]
    return lines_of([*lines, f"seed {run.seed}, {run.source} worlds: {scope}; {counted(run.jobs, 'worker')}"])


def summary_text(run: FuzzRun) -> str:
    """The findings, the items that did not run, and the totals."""
    return lines_of(_summary(run))


def _summary(run: FuzzRun) -> Iterator[str]:
    yield from (f"HARNESS ERROR  {error}" for error in run.errors)
    shown = [finding for finding in run.findings if not finding.same_as]
    for finding in sorted(shown, key=lambda finding: (not finding.known, -finding.count)):
        yield from _finding(finding)
        yield from _also(run.like(finding))
    if run.refusals:
        yield "not run:"
        ordered = sorted(run.refusals, key=lambda refused: (-refused.count, refused.tool, refused.reason))
        yield from (f"  {refused.count:6}  {refused.tool}: {refused.reason}" for refused in ordered[:MAX_REFUSALS])
        if len(ordered) > MAX_REFUSALS:
            yield f"          and {len(ordered) - MAX_REFUSALS} more reasons"
    counts = ", ".join(f"{count} {outcome}" for outcome, count in run.outcomes.items()) or "none"
    if run.stopped:
        yield f"stopped: {run.stopped}"
    yield (
        f"{counted(run.worlds, 'world')} ({counts}), {counted(run.calls, 'call')}, "
        f"{counted(len(run.new), 'new finding')}, {run.known} known, "
        f"in {run.seconds:.1f} s"
    )


def _also(like: list[FuzzFinding]) -> Iterator[str]:
    """The other ways in which the cause of a finding shows."""
    if like:
        yield f"  probably the same cause, {counted(len(like), 'other difference')}:"
    for finding in like:
        yield f"    {finding.title or finding.kind}, {finding.count} times ({finding.same_why})"
        yield f"      case: {finding.run}"


def _finding(finding: FuzzFinding) -> Iterator[str]:
    head = f"KNOWN ({finding.known})" if finding.known else "NEW"
    place = f"level {finding.level} {finding.aspect}: " if finding.level else ""
    described = f"{finding.toolchain}: {finding.outcome}: {place}{finding.kind}"
    yield f"{head}  {finding.title or described}, {finding.count} times"
    if finding.known:
        return
    if finding.title:
        yield f"  {described}"
    yield from (f"  {line[:400]}" for line in finding.message.strip().splitlines()[:8])
    yield f"  in the minority: {finding.minority or 'no single opinion'}"
    if finding.file:
        yield f"  case: {finding.run}"
        if not finding.reduced:
            yield f"  not reduced: {finding.note or 'no time for it'}"
    yield f"  repeat with: {finding.repeat}"
