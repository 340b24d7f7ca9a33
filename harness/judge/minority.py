"""The minority of a plan: the votes (`votes.py`) by what toolchains showed in their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.judge.cell_findings import Against
from harness.judge.observation import CellRun
from harness.judge.party import ByItself, InCell, Minority
from harness.judge.structure import Structure
from harness.judge.verdict import Finding, Judgement
from harness.judge.votes import minority, shared_fault
from harness.plan.roles import Role
from harness.toolchains.protocol import Refused


def minority_of(
    cells: Sequence[CellRun],
    judgements: Sequence[Judgement],
    structure: Structure,
    further: Mapping[str, Sequence[Finding]],
    against: Against,
) -> Minority:
    """The minority (`harness/judge/votes.py`). If every toolchain is right by itself, the toolchain whose ends share a
    fault; else the first wrong cell."""
    if any(judgement.outcome.undecided for judgement in judgements):
        return ()
    found = {judgement.party: judgement for judgement in judgements}
    names = toolchains_in(cells)
    wrong = [name for name in names if found[ByItself(name)].findings]
    if wrong:
        return minority(names, wrong, lambda one, other: _agree(cells, structure, further, against, one, other))
    mixed = [(run.cell, not found[InCell(run.cell)].findings) for run in cells if InCell(run.cell) in found]
    shared = shared_fault(mixed)
    if shared is not None:
        return (ByItself(shared),)
    return tuple([judgement.party for judgement in judgements if judgement.findings][:1])


def toolchains_in(cells: Sequence[CellRun]) -> list[str]:
    """The toolchains that made whole components, each once."""
    found = [build.toolchain for run in cells for _, build in run.cell.builds]
    return [name for name in dict.fromkeys(found) if name is not None]


def _agree(
    cells: Sequence[CellRun],
    structure: Structure,
    further: Mapping[str, Sequence[Finding]],
    against: Against,
    one: str,
    other: str,
) -> bool:
    """Whether two toolchains that the model contradicts showed the same, or refused the same."""
    if list(further.get(one, ())) != list(further.get(other, ())):
        return False
    alone = {run.cell.toolchain: run for run in reversed(cells) if run.cell.toolchain is not None}
    first, second = alone.get(one), alone.get(other)
    if first is None or second is None or structure.from_model.get(one) != structure.from_model.get(other):
        return False
    if not first.observations or not second.observations:
        refusals = [_refused_stages(run) for run in (first, second)]
        return refusals[0] == refusals[1] and bool(refusals[0])
    pairs = zip(first.observations, second.observations, strict=True)
    return all(against.same(number, *pair) for number, pair in enumerate(pairs))


def _refused_stages(run: CellRun) -> list[tuple[Role, str]]:
    """The items of a plan that a toolchain refused; none if it failed in any other way."""
    failures = [(role, build.failure) for role, build in run.builds.items() if build.failure is not None]
    if not all(isinstance(failure, Refused) for _, failure in failures):
        return []
    return [(role, failure.stage) for role, failure in failures]
