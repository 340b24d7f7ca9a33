"""The last two runs side by side, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.comparison import KINDS, Comparison, OutcomeChange, compare
from reports.inputs import Inputs
from reports.shown import one_line

MOST = 20
"""The number of cases of one kind that are listed."""
_WORDS = {"worse": "worse", "better": "better", "other": "otherwise different", "added": "new", "gone": "gone"}


@dataclass(frozen=True, slots=True)
class LastTwo:
    """`before`, `after`: the files, as their user calls them."""

    before: str
    after: str
    comparison: Comparison

    @property
    def summary(self) -> str:
        counts = {kind: len(self.comparison.of_kind(kind)) for kind in KINDS}
        return ", ".join(f"{count} {_WORDS[kind]}" for kind, count in counts.items() if count or kind == "worse")


def last_two(inputs: Inputs) -> LastTwo | None:
    """The last two runs; None if there is one only, or if they have no case in common, as runs of two folders."""
    if len(inputs.runs) < 2:
        return None
    (before, old), (after, new) = inputs.runs[-2:]
    comparison = compare(old, new)
    if all(change.kind in ("added", "gone") for change in comparison.changes) and not comparison.same:
        return None
    return LastTwo(before.file, after.file, comparison)


def kind_of(change: OutcomeChange) -> str:
    """The word for what happened to a case."""
    return _WORDS[change.kind]


def how(change: OutcomeChange) -> str:
    """The outcomes before and after, and those of the toolchains and cells that changed."""
    if not change.before or not change.after:
        return change.before or change.after
    whole = f"{change.before} -> {change.after}"
    parts = "; ".join(f"{one_line(name)}: {old} -> {new}" for name, old, new in change.opinions)
    return f"{whole} ({parts})" if parts else whole


def text(inputs: Inputs) -> Iterator[str]:
    """What changed between the last two runs, worst first; nothing if they cannot be compared."""
    found = last_two(inputs)
    if found is None:
        return
    comparison = found.comparison
    yield f"{one_line(found.after)} compared with {one_line(found.before)}: {found.summary}, {comparison.same} the same"
    for name, old, new in comparison.tools:
        if old != new:
            yield f"  {one_line(name)}: {one_line(old) or 'no part'} -> {one_line(new) or 'no part'}"
    for kind in KINDS:
        changes = comparison.of_kind(kind)
        yield from (f"{_WORDS[kind].upper()}  {one_line(change.name)}: {how(change)}" for change in changes[:MOST])
        if len(changes) > MOST:
            yield f"{_WORDS[kind].upper()}  and {len(changes) - MOST} more"
