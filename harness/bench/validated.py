"""Known faults that show only by the reference's own validation, in runs that turn it off (`--quick-reference`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.bench.workbench import Workbench
from harness.judge.party import toolchain_of
from harness.judge.verdict import Verdict, worst
from reports.outcomes import Outcome


def by_own_validation(
    verdict: Verdict, bench: Workbench, examine: Callable[[Workbench], Verdict]
) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict without the unexpected passes of faults that show as soon as the tool validates what it links, and
    the report's lines about them. Only a second examination can tell: `examine` gives the verdict by the tools of a
    workbench. Everything else in the verdict stays."""
    quick = bench.settings.selection.unvalidated
    passed = [
        judgement for judgement in verdict.judgements if judgement.demanded and toolchain_of(judgement.party) in quick
    ]
    if not passed:
        return verdict, ()
    judged = examine(bench.validating).judgements
    decided = {judgement.party for judgement in judged if judgement.outcome is Outcome.EXPECTED_FAILURE}
    shown = [judgement for judgement in passed if judgement.party in decided and judgement not in judged]
    judgements = tuple(judgement for judgement in verdict.judgements if judgement not in shown)
    undemanded = tuple(
        f"the known fault {judgement.demanded.id} of {judgement.party} is not demanded: it shows only by the "
        "tool's own validation, which --quick-reference turns off"
        for judgement in shown
        if judgement.demanded is not None
    )
    return replace(verdict, outcome=worst(judgements), judgements=judgements), undemanded
