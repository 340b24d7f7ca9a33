"""Conditions on texts: the WIT of the world, the file of a link case, the calls of a run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.suite.faults.condition import FaultCondition, Matched, OfWorld, WorldFacts


@dataclass(frozen=True, slots=True)
class WitOfWorld(OfWorld):
    """The regular expression matches in the WIT of the world."""

    pattern: str

    def holds(self, facts: WorldFacts) -> bool:
        return re.search(self.pattern, facts.wit) is not None


@dataclass(frozen=True, slots=True)
class TextOfProgram(OfWorld):
    """The regular expression matches in the file of the link case; anything else has none."""

    pattern: str

    def holds(self, facts: WorldFacts) -> bool:
        return facts.program is not None and re.search(self.pattern, facts.program.text) is not None


@dataclass(frozen=True, slots=True)
class CallOfRun(FaultCondition):
    """The regular expression matches in a call of the run that shows the failure."""

    pattern: str

    def matches(self, failure: Matched) -> bool:
        return any(re.search(self.pattern, call) for call in failure.told.calls)
