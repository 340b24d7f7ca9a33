"""Conditions on texts: the WIT of the world, the file of a link case, the calls of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.suite.faults.bounded import search
from harness.suite.faults.condition import FaultCondition, Matched, OfWorld, WorldFacts


@dataclass(frozen=True, slots=True)
class WitOfWorld(OfWorld):
    """The regular expression matches in the WIT of the world."""

    pattern: str
    place: str = field(default="", compare=False)

    def holds(self, facts: WorldFacts) -> bool:
        return search(self.pattern, facts.wit, self.place) is not None


@dataclass(frozen=True, slots=True)
class TextOfProgram(OfWorld):
    """The regular expression matches in the file of the link case; anything else has none."""

    pattern: str
    place: str = field(default="", compare=False)

    def holds(self, facts: WorldFacts) -> bool:
        return facts.program is not None and search(self.pattern, facts.program.text, self.place) is not None


@dataclass(frozen=True, slots=True)
class CallOfRun(FaultCondition):
    """The regular expression matches in a call of the run that shows the failure."""

    pattern: str
    place: str = field(default="", compare=False)

    def matches(self, failure: Matched) -> bool:
        return any(search(self.pattern, call, self.place) for call in failure.told.calls)
