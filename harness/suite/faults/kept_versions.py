"""The condition that a world has imports in compatible versions that must stay apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.suite.faults.condition import FaultCondition, Matched

_GROUPS = ("lower", "higher")


@dataclass(frozen=True, slots=True)
class KeptVersions(FaultCondition):
    """The groups `lower` and `higher` of `message`, if it has them, are one such pair."""

    reads: ClassVar = frozenset(_GROUPS)

    def matches(self, failure: Matched) -> bool:
        named = failure.named.groupdict()
        return failure.facts is not None and any(
            all(named.get(group) in (None, version) for group, version in zip(_GROUPS, pair, strict=True))
            for pair in failure.facts.kept
        )
