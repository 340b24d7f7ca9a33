"""WIT that our front end refuses: other toolchains decide whose fault that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.judge.party import ByItself
from harness.judge.verdict import Finding, Judgement, Verdict, unusable
from harness.toolchains.builder import Builder
from harness.toolchains.cells import OURS
from harness.toolchains.protocol import Built, Refused, Toolchain
from reports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """`takers`: the toolchains that build a component from it. `remarks`: other reactions than a refusal."""

    takers: tuple[str, ...]
    remarks: tuple[str, ...]

    def verdict(self, refusal: str) -> Verdict:
        """Bad input if no toolchain accepts it; otherwise ours is in the minority."""
        if not self.takers:
            return unusable("\n".join([refusal, *self.remarks]))
        message = f"{', '.join(self.takers)} accepts this WIT, but our front end refuses it: {refusal}"
        finding = Finding(Outcome.FAIL, message)
        ours = ByItself(OURS)
        return Verdict(Outcome.FAIL, (Judgement(ours, Outcome.FAIL, (finding,)),), (ours,))


def second_opinion(
    toolchains: Mapping[str, Toolchain], builder: Builder, wit: str | Path, world: str | None, features: tuple[str, ...]
) -> SecondOpinion:
    """Asks every toolchain that does not use our front end itself."""
    takers, remarks = [], []
    for name, toolchain in toolchains.items():
        if toolchain.in_process:
            continue
        _, result = builder.attempt(toolchain, wit, world, features)
        if isinstance(result, Built):
            takers.append(name)
        elif not isinstance(result, Refused):
            remarks.append(f"{name}: {result}")
    return SecondOpinion(tuple(takers), tuple(remarks))
