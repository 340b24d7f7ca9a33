"""The verdict on a plan: outcomes, findings, the minority; as data, which travels between processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.judge.difference import Difference
from harness.judge.ended import EndOfRun
from harness.judge.party import Minority, OurFrontEnd, Party
from harness.judge.topic import OfPackage, Topic
from harness.suite.expectations import Expectation
from reports.outcomes import Outcome

SEVERITY = (
    Outcome.HARNESS_ERROR,
    Outcome.BAD_INPUT,
    Outcome.FAIL,
    Outcome.UNEXPECTED_PASS,
    Outcome.TOOL_PANICKED,
    Outcome.INVALID_OUTPUT,
    Outcome.TIMED_OUT,
    Outcome.ENGINE_FAULT,
    Outcome.UNPREDICTABLE,
    Outcome.LIMIT_REACHED,
    Outcome.EXPECTED_FAILURE,
    Outcome.PASS,
    Outcome.SKIP,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in a toolchain's output, and the run that showed it (0: not in a run).

    `text`: what is said of the topic; without a topic, the whole message. `ended`: where a limit ended the run. It is
    no part of the message, which is the same wherever that was.
    """

    outcome: Outcome
    text: str
    difference: Difference | None = None
    run: int = 0
    ended: EndOfRun | None = None
    topic: Topic | None = None

    @property
    def message(self) -> str:
        """The topic and the text, for people, and for the expectations that people write."""
        if self.topic is None:
            return self.text
        return f"{self.topic}{f', run {self.run}' if self.run else ''}: {self.text}"

    @property
    def form(self) -> str:
        """The form of a printed package (`PACKAGE_FORMS`) that it is about; empty if it is about anything else."""
        if self.difference is not None:
            return self.difference.form
        return self.topic.form if isinstance(self.topic, OfPackage) else ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one toolchain (its builds, and its pure cell if that ran), one cell, or another party."""

    party: Party
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    expectation: Expectation | None = None
    demanded: Expectation | None = None
    """In an unexpected pass: the known fault that should show."""


@dataclass(frozen=True, slots=True)
class NotInitialized:
    """`what` was linked, but cannot be pre-initialised, so it did not run. `said`: the initializer's own words."""

    what: str
    said: str

    def __str__(self) -> str:
        return f"{self.what} cannot be pre-initialised: {self.said}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a whole plan."""

    outcome: Outcome
    judgements: tuple[Judgement, ...] = ()
    minority: Minority = ()
    reason: str = ""
    """Why it was skipped, or why the case is bad."""
    notes: tuple[str, ...] = ()
    """What a reader may want to know although it is no fault: runs in another order that is allowed, too."""
    not_initialized: tuple[NotInitialized, ...] = ()
    """Why it was skipped, if the initializer refused everything; `reason` has their texts."""

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """All findings, each after the name of the party that it is about."""
        return [(str(judgement.party), finding) for judgement in self.judgements for finding in judgement.findings]


def skipped(reason: str) -> Verdict:
    return Verdict(Outcome.SKIP, reason=reason)


def none_initialized(refused: Iterable[NotInitialized]) -> Verdict:
    """A skip: nothing could be pre-initialised."""
    found = tuple(dict.fromkeys(refused))
    return Verdict(Outcome.SKIP, reason="; ".join(map(str, found)), not_initialized=found)


def broken(reason: str) -> Verdict:
    """The harness itself failed."""
    return Verdict(Outcome.HARNESS_ERROR, reason=reason)


def unusable(reason: str) -> Verdict:
    """The case or the WIT itself is bad: no tool ran."""
    return Verdict(Outcome.BAD_INPUT, reason=reason)


def misread(verdict: Verdict, difference: str) -> Verdict:
    """The WIT may have been misread: then everything that uses our front end is wrong before any tool is."""
    message = f"the WIT may have been misread, and everything else here depends on it: {difference}"
    suspect = Judgement(OurFrontEnd(), Outcome.FAIL, (Finding(Outcome.FAIL, message),))
    judgements = (suspect, *verdict.judgements)
    return Verdict(worst(judgements), judgements, (suspect.party,), notes=verdict.notes)


def worst(judgements: Sequence[Judgement]) -> Outcome:
    return min((judgement.outcome for judgement in judgements), key=SEVERITY.index, default=Outcome.SKIP)
