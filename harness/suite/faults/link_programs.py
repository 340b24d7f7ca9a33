"""Conditions on the program of a link case. Nothing else meets them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.suite.faults.condition import OfWorld, WorldFacts


@dataclass(frozen=True, slots=True)
class StackSizes(OfWorld):
    """It is linked with one of these sizes of the stack, in bytes."""

    sizes: tuple[int, ...]

    def holds(self, facts: WorldFacts) -> bool:
        return facts.program is not None and facts.program.stack_size in self.sizes


@dataclass(frozen=True, slots=True)
class BoundedMemory(OfWorld):
    """A library imports a memory that has a maximum, or two pages or more at the beginning."""

    def holds(self, facts: WorldFacts) -> bool:
        if facts.program is None:
            return False
        limits = [library.memory for library in facts.program.libraries if library.memory is not None]
        return any(minimum > 1 or maximum is not None for minimum, maximum in limits)


@dataclass(frozen=True, slots=True)
class TwoTypesOfOneFunction(OfWorld):
    """Two libraries export a function of one name with different types."""

    def holds(self, facts: WorldFacts) -> bool:
        if facts.program is None:
            return False
        functions = {
            (name, type)
            for library in facts.program.libraries
            for name, type in library.exports.items()
            if type.startswith("func(")
        }
        return len({name for name, _ in functions}) < len(functions)
