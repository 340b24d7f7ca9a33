"""Conditions on the shape of a world (`harness/frontend/world_shape.py`): on what its WIT means, not on its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.suite.faults.condition import FaultCondition, Matched, OfWorld, WorldFacts

if TYPE_CHECKING:
    from harness.frontend.world_shape import InterfaceOfWorld

_LABEL, _EXPORT = "label", "export"


@dataclass(frozen=True, slots=True)
class HasFixedLengthList(OfWorld):
    """A type of the world is, or has within it, a fixed-length list."""

    def holds(self, facts: WorldFacts) -> bool:
        return facts.shape.fixed_length_lists


@dataclass(frozen=True, slots=True)
class HasErrorContext(OfWorld):
    def holds(self, facts: WorldFacts) -> bool:
        return facts.shape.error_contexts


@dataclass(frozen=True, slots=True)
class HasResource(OfWorld):
    """The world, or an interface that it imports or exports, defines a resource."""

    def holds(self, facts: WorldFacts) -> bool:
        return facts.shape.resources > 0


@dataclass(frozen=True, slots=True)
class ExportHasTwoResources(OfWorld):
    """An exported interface defines two resources or more."""

    def holds(self, facts: WorldFacts) -> bool:
        return any(held.exported and held.resources > 1 for held in facts.shape.interfaces)


@dataclass(frozen=True, slots=True)
class LabelledResource(OfWorld):
    """An interface that defines a resource is in the world under several names, and one of them is a label."""

    def holds(self, facts: WorldFacts) -> bool:
        found = facts.shape.interfaces
        labelled = [held.id for held in found if held.label and held.resources]
        return any(sum(held.id == id for held in found) > 1 for id in labelled)


@dataclass(frozen=True, slots=True)
class ImportedAs(OfWorld):
    """The world imports an interface under this plain name: a label, or the name of an interface within the world."""

    name: str

    def holds(self, facts: WorldFacts) -> bool:
        return any(held.key == self.name and not held.exported for held in facts.shape.interfaces)


@dataclass(frozen=True, slots=True)
class SeveralVersions(OfWorld):
    """The world has interfaces of several versions of a package."""

    def holds(self, facts: WorldFacts) -> bool:
        versions = {held.package for held in facts.shape.interfaces if held.package[1] is not None}
        return len({name for name, _ in versions}) < len(versions)


@dataclass(frozen=True, slots=True)
class VersionUsesAnother(OfWorld):
    """An interface of the world uses, directly or through others, types of another version of its own package."""

    def holds(self, facts: WorldFacts) -> bool:
        return any(
            None not in (held.package[1], other[1]) and other[0] == held.package[0] and other[1] != held.package[1]
            for held in facts.shape.interfaces
            for other in held.used_packages
        )


@dataclass(frozen=True, slots=True)
class LabelledInterface(FaultCondition):
    """The world has an interface under a label: under that in the group `label` of `message`, if it has the group."""

    reads: ClassVar = frozenset({_LABEL})

    def possible(self, facts: WorldFacts) -> bool:
        return bool(facts.shape.labels)

    def matches(self, failure: Matched) -> bool:
        return failure.facts is not None and _named(failure, _LABEL, {label for label, _ in failure.facts.shape.labels})


@dataclass(frozen=True, slots=True)
class NeededExport(FaultCondition):
    """The world exports an interface that another of its exports uses, directly or through others: that in the group
    `export` of `message`, if it has the group. `lost`: whether the two exports show the fault of such interfaces."""

    lost: Callable[[InterfaceOfWorld, InterfaceOfWorld], bool]
    reads: ClassVar = frozenset({_EXPORT})

    def possible(self, facts: WorldFacts) -> bool:
        return bool(self._found(facts))

    def matches(self, failure: Matched) -> bool:
        return failure.facts is not None and _named(failure, _EXPORT, self._found(failure.facts))

    def _found(self, facts: WorldFacts) -> set[str]:
        """The ids of such interfaces."""
        exports = [held for held in facts.shape.interfaces if held.exported]
        return {
            needed.id
            for needed in exports
            for other in exports
            if not needed.label and needed.id in other.uses and self.lost(needed, other)
        }


def its_docs(needed: InterfaceOfWorld, other: InterfaceOfWorld) -> bool:
    """The export has documentation of its own."""
    return needed.has_docs


def its_gates(needed: InterfaceOfWorld, other: InterfaceOfWorld) -> bool:
    """The two exports have different gates."""
    return needed.gates != other.gates


def _named(failure: Matched, group: str, names: set[str]) -> bool:
    named = failure.named.groupdict().get(group)
    return bool(names) if named is None else named in names
