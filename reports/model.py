"""A run's results as data. `reports/result.schema.json` says the same for readers of the JSON form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from reports.outcomes import Outcome

FORMAT = 1
"""Raised when a reader of older results would misunderstand newer ones."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A toolchain that took part. `name` is what cells call it."""

    name: str
    tool: str
    version: str
    path: str = ""
    commands: tuple[str, ...] = ()
    """What was run of it, with every flag."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `level` 1 to 3 (dylib, component, behaviour), 0 where nothing could be compared.

    `call`: the number of the call in the run where it shows, counted from 1; 0 where there is none. `before`: what came
    before an unexpected trap, and what should have come next.
    """

    outcome: Outcome
    message: str
    level: int = 0
    aspect: str = ""
    role: str = ""
    path: str = ""
    expected: str = ""
    actual: str = ""
    run: int = 0
    call: int = 0
    before: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was found about one toolchain or mixed cell. `expectation` is the id of the known fault that explains it."""

    subject: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    expectation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """How many calls a function had."""

    function: str
    calls: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What was carried out of a case. A call counts once, in however many `cells` it was made. `runs`: the calls of
    each run as text, in JSON and where the user asks for them. `refusals`: rows that were put to the tools."""

    calls: int = 0
    functions: tuple[Called, ...] = ()
    cells: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A case or world and its verdict. `calls` are all of the run that failed, which `failed_run` counts from 1, in the
    order in which findings count them. `repeat` is a command."""

    name: str
    title: str
    outcome: Outcome
    opinions: tuple[Opinion, ...] = ()
    minority: str = ""
    reason: str = ""
    unsupported: tuple[str, ...] = ()
    wit: str = ""
    calls: tuple[str, ...] = ()
    failed_run: int = 0
    repeat: str = ""
    artifacts: str = ""
    seconds: float = 0.0
    ran: Ran = field(default_factory=Ran)

    @property
    def good(self) -> bool:
        return self.outcome.good

    @property
    def whole(self) -> bool:
        """Whether all of it was carried out: neither skipped nor with parts that are not supported."""
        return self.outcome is not Outcome.SKIP and not self.unsupported


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
    strict: bool = False
    """Whether what is not carried out in whole counts as a failure."""

    def counts(self) -> dict[Outcome, int]:
        """Cases by outcome, in the order of `Outcome`, without those that did not occur."""
        counter = Counter(case.outcome for case in self.cases)
        return {outcome: counter[outcome] for outcome in Outcome if counter[outcome]}

    @property
    def good(self) -> bool:
        return not self.failed

    @property
    def failed(self) -> list[Case]:
        """What the exit code is about."""
        return [case for case in self.cases if not case.good or (self.strict and not case.whole)]
