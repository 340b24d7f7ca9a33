"""Findings that known faults explain, and known faults that do not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.judge.party import ByItself, Party, toolchain_of
from harness.judge.verdict import SEVERITY, Finding, Judgement
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.suite.expectations import Expectation, Expectations
from harness.suite.faults.condition import Told, WorldFacts
from harness.world.merging import merging
from harness.world.unused_ends import has_unused_end
from reports.outcomes import Outcome


def about(plan: Plan, expectations: Expectations) -> Expectations:
    """The expectations about a plan's world, and about the components around it."""

    def unused_end() -> bool:
        return any(has_unused_end(plan.worlds[part.role], part.world) for part in plan.components)

    def kept() -> list[tuple[str, str]]:
        subjects = [plan.worlds[part.role] for part in plan.components if part.role is Role.SUBJECT]
        return [pair for world in subjects for pair in merging(world).kept.items()]

    subject = next((part for part in plan.components if part.role is Role.SUBJECT), None)
    world, features = (None, ()) if subject is None else (subject.world, subject.features)
    return expectations.about(WorldFacts(plan.subject_wit, world, features, unused_end, kept))


def told(finding: Finding, calls_of: Callable[[int], Sequence[str]]) -> Told:
    """A finding as expectations see it. `calls_of`: the calls of a run."""
    return Told(finding.outcome, finding.message, calls_of(finding.run), finding.difference)


@dataclass(frozen=True, slots=True)
class Judging:
    """The known facts about a case before it is judged. `tools`: the tool behind each toolchain's name, by its name in
    expectations. `expectations`: about its world. `calls_of`: the calls of a run."""

    case: str
    tools: Mapping[str, str]
    expectations: Expectations
    calls_of: Callable[[int], Sequence[str]] = lambda _: ()

    def judgement(self, party: Party, findings: Sequence[Finding]) -> Judgement:
        if not findings:
            return Judgement(party, Outcome.PASS)
        worst = min((finding.outcome for finding in findings), key=SEVERITY.index)
        reasons = self.reasons(toolchain_of(party), findings)
        if all(reason is not None for reason in reasons):
            return Judgement(party, Outcome.EXPECTED_FAILURE, tuple(findings), reasons[0])
        return Judgement(party, worst, tuple(findings))

    def reasons(self, toolchain: str | None, findings: Sequence[Finding]) -> Sequence[Expectation | None]:
        """For each finding the known fault of the toolchain that explains it; None if there is none."""
        tool = self.tools.get(toolchain) if toolchain is not None else None
        if tool is None:
            return [None] * len(findings)
        return self.expectations.explain(tool, self.case, [told(finding, self.calls_of) for finding in findings])

    def demanded(self, judgements: Sequence[Judgement], asked: Iterable[str]) -> list[Judgement]:
        """Faults of the toolchains `asked` that should show in this very case, but do not."""
        seen = {judgement.expectation for judgement in judgements}
        undecided = {judgement.party for judgement in judgements if judgement.outcome.undecided}
        return [
            _unexpected(name, demanded)
            for name in asked
            for demanded in self.expectations.demanded(self.tools.get(name, name), self.case)
            if demanded not in seen and ByItself(name) not in undecided
        ]


def _unexpected(toolchain: str, demanded: Expectation) -> Judgement:
    """A fault that should show in this very case, but does not."""
    message = f"passes, but {demanded.id} expects: {demanded.outcome} ({demanded.reason})"
    findings = (Finding(Outcome.UNEXPECTED_PASS, message),)
    return Judgement(ByItself(toolchain), Outcome.UNEXPECTED_PASS, findings, demanded=demanded)
