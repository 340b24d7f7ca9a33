"""Conditions on the names in a message: its groups are the same up to a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.suite.faults.condition import FaultCondition, Matched
from harness.suite.faults.labels import same_but_for_labels

_EXPORTED = "[export]"
"""Stands before the canonical names of exported resources."""


@dataclass(frozen=True, slots=True)
class OneName(FaultCondition):
    """The groups of `message` are one name for the specification: neither letter case nor hyphens distinguish them
    (Explainer.md, "Name Uniqueness")."""

    compares_groups: ClassVar = True

    def matches(self, failure: Matched) -> bool:
        return len({name.lower().replace("-", "") for name in failure.named.groups("")}) <= 1


@dataclass(frozen=True, slots=True)
class SidesOnly(FaultCondition):
    """The groups of `message` are types that differ only in the side of their resources, imported or exported. If the
    world has the interface under a label on one side, the labels differ too."""

    compares_groups: ClassVar = True

    def matches(self, failure: Matched) -> bool:
        first, *others = [name.replace(_EXPORTED, "") for name in failure.named.groups("")]
        labels = () if failure.facts is None else failure.facts.shape.labels
        return all(other == first or same_but_for_labels(first, other, labels) for other in others)
