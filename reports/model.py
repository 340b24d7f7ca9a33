"""A run's results as data. `reports/result.schema.json` says the same for readers of the JSON form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

FORMAT = 1
"""Raised when a reader of older results would misunderstand newer ones."""

OUTCOMES = (
    "pass",
    "fail",
    "skip",
    "expected failure",
    "unexpected pass",
    "tool panicked",
    "invalid output",
    "timed out",
    "limit reached",
    "bad input",
    "harness error",
)
GOOD = frozenset({"pass", "skip", "expected failure"})


@dataclass(frozen=True, slots=True)
class Tool:
    """A toolchain that took part. `name` is what cells call it."""

    name: str
    tool: str
    version: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `level` 1 to 3 (dylib, component, behaviour), 0 where nothing could be compared."""

    outcome: str
    message: str
    level: int = 0
    aspect: str = ""
    role: str = ""
    path: str = ""
    expected: str = ""
    actual: str = ""
    run: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was found about one toolchain or mixed cell. `expectation` is the id of the known fault that explains it."""

    subject: str
    outcome: str
    findings: tuple[Finding, ...] = ()
    expectation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case or world and its verdict. `calls` are those of the run that failed, `repeat` a command."""

    name: str
    title: str
    outcome: str
    opinions: tuple[Opinion, ...] = ()
    minority: str = ""
    reason: str = ""
    unsupported: tuple[str, ...] = ()
    wit: str = ""
    calls: tuple[str, ...] = ()
    repeat: str = ""
    artifacts: str = ""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return self.outcome in GOOD


@dataclass(frozen=True, slots=True)
class Run:
    """`started` is ISO 8601 in UTC. `notes` are what a reader must know first (no reference, features missing)."""

    started: str
    seconds: float
    command: str
    tools: tuple[Tool, ...]
    engine: str
    notes: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds by stage, summed over workers."""

    def counts(self) -> dict[str, int]:
        """Cases by outcome, in the order of `OUTCOMES`, without those that did not occur."""
        counter = Counter(case.outcome for case in self.cases)
        return {outcome: counter[outcome] for outcome in OUTCOMES if counter[outcome]}

    @property
    def good(self) -> bool:
        return all(case.good for case in self.cases)
