"""Three opinions (ours, the reference, the model) into a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.judge.cell_findings import Against, cell_findings
from harness.judge.endless import RunsThatEnd
from harness.judge.explained import Judging, about
from harness.judge.findings import findings_of
from harness.judge.minority import minority_of, toolchains_in
from harness.judge.observation import CellRun
from harness.judge.party import BesideFirst, ByItself, InCell
from harness.judge.structure import Structure
from harness.judge.verdict import Finding, Judgement, Verdict, worst
from harness.judge.votes import minority
from harness.plan.plan import Plan
from harness.suite.expectations import Expectations
from reports.outcomes import Outcome


def judge(
    case: str,
    plan: Plan,
    cells: Sequence[CellRun],
    structure: Structure,
    tools: Mapping[str, str],
    expectations: Expectations,
    further: Mapping[str, Sequence[Finding]] | None = None,
) -> Verdict:
    """`structure`: differences of levels 1 and 2. `tools`: the tool behind each toolchain's name, by its name in
    expectations. `further`: other findings about a toolchain's output for the world, by toolchain."""
    further = further or {}
    judging = Judging(case, tools, about(plan, expectations), plan.calls_of)
    against = Against(plan)
    ends = RunsThatEnd(cells)
    alone = [run.cell.toolchain for run in cells]
    behaviour = []
    for name in toolchains_in(cells):
        findings = [*findings_of(structure.from_model.get(name, ())), *further.get(name, ())]
        if name in alone:
            findings += map(ends.decided, cell_findings(cells[alone.index(name)], against))
        behaviour.append(judging.judgement(ByItself(name), findings))
    for number, run in enumerate(cells):
        if run.cell.toolchain is None or alone.index(run.cell.toolchain) < number:
            judgement = judging.judgement(InCell(run.cell), [*map(ends.decided, cell_findings(run, against))])
            behaviour.append(_excused(judging, judgement, run, behaviour))
    judgements = behaviour + _beside(judging, structure)
    judged = {judgement.party for judgement in behaviour}
    judgements += judging.demanded(judgements, [name for name in tools if ByItself(name) in judged])
    wrong = minority_of(cells, behaviour, structure, further, against)
    if not wrong and all(judgement.outcome is Outcome.PASS for judgement in behaviour):
        wrong = tuple(map(ByItself, structure.outvoted))
    return Verdict(worst(judgements), tuple(judgements), wrong, notes=against.other_orders())


def judge_alone(judging: Judging, findings: Mapping[str, Sequence[Finding]]) -> Verdict:
    """The verdict on toolchains that are compared with the expected behaviour, each by itself; `findings` by
    toolchain."""
    judgements = [judging.judgement(ByItself(name), found) for name, found in findings.items()]
    judgements += judging.demanded(judgements, findings)
    if any(judgement.outcome.undecided for judgement in judgements):
        return Verdict(worst(judgements), tuple(judgements))
    wrong = [name for name, found in findings.items() if found]
    alone = minority(list(findings), wrong, lambda one, other: list(findings[one]) == list(findings[other]))
    return Verdict(worst(judgements), tuple(judgements), alone)


def _beside(judging: Judging, structure: Structure) -> list[Judgement]:
    """Judge the outputs of toolchains by each other, where the model has no opinion."""
    judgements = []
    for name, differences in structure.from_first.items():
        findings = findings_of(differences)
        if findings:
            judgements.append(judging.judgement(BesideFirst(name), findings))
    return judgements


def _excused(judging: Judging, judgement: Judgement, run: CellRun, judgements: Sequence[Judgement]) -> Judgement:
    """A mixed cell with a toolchain that is known to fail here proves nothing, if it shows what this toolchain shows by
    itself, or what its known faults explain beside that."""
    if judgement.outcome.good or judgement.outcome.undecided:
        return judgement
    makers = {maker for _, build in run.cell.builds for maker in (build.generator, build.linker)}
    for other in judgements:
        maker = other.party.toolchain if isinstance(other.party, ByItself) else None
        if maker in makers and other.outcome is Outcome.EXPECTED_FAILURE:
            reasons = judging.reasons(maker, [*judgement.findings, *other.findings])
            alone = {_shown(finding) for finding in other.findings}
            pairs = zip(judgement.findings, reasons, strict=False)
            if all(reason is not None or _shown(finding) in alone for finding, reason in pairs):
                return Judgement(judgement.party, Outcome.EXPECTED_FAILURE, judgement.findings, other.expectation)
    return judgement


def _shown(finding: Finding) -> tuple[object, ...]:
    """What a finding shows, in whatever cell."""
    difference = finding.difference
    if difference is None:
        return finding.outcome, finding.run, finding.text
    return finding.outcome, finding.run, difference.aspect, difference.role, difference.expected, difference.actual
