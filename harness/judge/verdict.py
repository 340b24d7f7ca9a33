"""What is said about a plan: outcomes, findings, who is in the minority; as data, which travels between processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.judge.difference import Difference
from harness.judge.votes import FRONT_END
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
    Outcome.LIMIT_REACHED,
    Outcome.EXPECTED_FAILURE,
    Outcome.PASS,
    Outcome.SKIP,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with what a toolchain made, and in which run it showed (0: not in a run)."""

    outcome: Outcome
    message: str
    difference: Difference | None = None
    run: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one toolchain (its builds, and its pure cell if that ran) or on one cell.

    `toolchain`: its name (`ours`, `front end`, `ours, beside the first`), or the name of a mixed cell.
    """

    toolchain: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    expectation: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """About a whole plan. `minority` names who most opinions contradict (`ours`, `model`, `ours, mine`, a cell), None
    where all agree or no side has most of them."""

    outcome: Outcome
    judgements: tuple[Judgement, ...] = ()
    minority: str | None = None
    reason: str = ""
    """Why it was skipped, or what is not good about the case."""

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """What is wrong, the toolchain that it is about first."""
        return [(judgement.toolchain, finding) for judgement in self.judgements for finding in judgement.findings]


def skipped(reason: str) -> Verdict:
    return Verdict(Outcome.SKIP, reason=reason)


def broken(reason: str) -> Verdict:
    """The harness itself failed."""
    return Verdict(Outcome.HARNESS_ERROR, reason=reason)


def unusable(reason: str) -> Verdict:
    """The case or the WIT itself is not good: no tool was asked."""
    return Verdict(Outcome.BAD_INPUT, reason=reason)


def misread(verdict: Verdict, difference: str) -> Verdict:
    """The WIT may have been misread: then all that stands on our front end is wrong before any tool is."""
    message = f"the WIT may have been misread, which all else here stands on: {difference}"
    suspect = Judgement(FRONT_END, Outcome.FAIL, (Finding(Outcome.FAIL, message),))
    judgements = (suspect, *verdict.judgements)
    return Verdict(worst(judgements), judgements, FRONT_END)


def worst(judgements: Sequence[Judgement]) -> Outcome:
    return min((judgement.outcome for judgement in judgements), key=SEVERITY.index, default=Outcome.SKIP)
