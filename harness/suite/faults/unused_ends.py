"""The condition that a world has a stream or future type that no function uses."""

from __future__ import annotations

from dataclasses import dataclass

from harness.suite.faults.condition import OfWorld, WorldFacts


@dataclass(frozen=True, slots=True)
class UnusedEnd(OfWorld):
    def holds(self, facts: WorldFacts) -> bool:
        return facts.unused_end
