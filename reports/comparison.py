"""The differences between two runs: tools, outcomes, sizes."""

from __future__ import annotations

from dataclasses import dataclass

from reports.columns import column_of, opinions_by_column
from reports.model import CaseResult, Run
from reports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """A case with another outcome. `opinions`: for each toolchain or cell that changed its name, before, after; what
    is only in one run is empty in the other."""

    name: str
    before: str
    after: str
    opinions: tuple[tuple[str, str, str], ...]

    @property
    def kind(self) -> str:
        if not self.before or not self.after:
            return "added" if self.after else "gone"
        before, after = Outcome(self.before).good, Outcome(self.after).good
        if before and not after:
            return "worse"
        return "better" if after and not before else "other"


KINDS = ("worse", "better", "other", "added", "gone")


@dataclass(frozen=True, slots=True)
class SizeChange:
    """Bytes of the subject's library, summed over the cases that both runs have."""

    toolchain: str
    cases: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`tools`: name, version before, version after."""

    tools: tuple[tuple[str, str, str], ...]
    outcomes: tuple[tuple[str, int, int], ...]
    changes: tuple[OutcomeChange, ...]
    same: int
    sizes: tuple[SizeChange, ...]

    def of_kind(self, kind: str) -> list[OutcomeChange]:
        return [change for change in self.changes if change.kind == kind]


def compare(before: Run, after: Run) -> Comparison:
    """Cases by name; of several with one name, the last counts."""
    old = {case.name: case for case in before.cases}
    new = {case.name: case for case in after.cases}
    changes = []
    for name in sorted(old.keys() | new.keys()):
        change = _change(name, old.get(name), new.get(name))
        if change is not None:
            changes.append(change)
    counts = before.counts(), after.counts()
    outcomes = tuple((o, counts[0].get(o, 0), counts[1].get(o, 0)) for o in Outcome if any(o in c for c in counts))
    same = len(old.keys() | new.keys()) - len(changes)
    return Comparison(_tools(before, after), outcomes, tuple(changes), same, _sizes(old, new))


def _change(name: str, before: CaseResult | None, after: CaseResult | None) -> OutcomeChange | None:
    if before is None or after is None:
        outcomes = before.outcome if before else "", after.outcome if after else ""
        return OutcomeChange(name, *outcomes, ())
    old, new = opinions_by_column(before), opinions_by_column(after)
    differing = []
    for key in {**old, **new}:
        left = old[key].outcome if key in old else ""
        right = new[key].outcome if key in new else ""
        if left and right and left != right:  # which mixed cells are run depends on what went wrong
            differing.append((column_of(new[key]).label, left, right))
    if before.outcome == after.outcome and not differing:
        return None
    return OutcomeChange(name, before.outcome, after.outcome, tuple(differing))


def _tools(before: Run, after: Run) -> tuple[tuple[str, str, str], ...]:
    old = {tool.name: f"{tool.tool} {tool.version}" for tool in before.tools}
    new = {tool.name: f"{tool.tool} {tool.version}" for tool in after.tools}
    return tuple((name, old.get(name, ""), new.get(name, "")) for name in {**old, **new})


def _sizes(old: dict[str, CaseResult], new: dict[str, CaseResult]) -> tuple[SizeChange, ...]:
    found: dict[str, list[tuple[int, int]]] = {}
    for name in old.keys() & new.keys():
        left = {made.toolchains: made.library for made in old[name].made}
        right = {made.toolchains: made.library for made in new[name].made}
        for toolchain in left.keys() & right.keys():
            if left[toolchain] and right[toolchain]:
                found.setdefault(toolchain, []).append((left[toolchain], right[toolchain]))
    return tuple(
        SizeChange(name, len(pairs), sum(a for a, _ in pairs), sum(b for _, b in pairs))
        for name, pairs in sorted(found.items())
    )
