"""The size of the smallest value of a type: nested doubling makes values of 2^n parts out of n lines of WIT."""

from __future__ import annotations

import math
from collections.abc import Callable

from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Scalar, Sequence, Sum, despecialize

MAX_PARTS = 10_000
"""Values with more parts than this are not drawn; a script, its model and its trace would take minutes."""
HANDLE_PARTS = 50
"""A handle or an error context counts as this many parts: a script has few registers for them
(interpreters/PROTOCOL.md)."""
NEVER = math.inf
"""No value can be made."""
LARGEST = 1 << 40
"""Sums end here: 2^n as a number has n bits."""


class Smallest:
    """Parts of the smallest value of types, computed once for each type. `cannot`: unavailable handles."""

    def __init__(self, cannot: Callable[[t.Handle], bool]) -> None:
        self._cannot = cannot
        self._found: dict[t.Type, float] = {}

    def parts(self, type: t.Type | None) -> float:
        """1 for a value without parts, 0 for no type, `NEVER` if there is no value."""
        if type is None:
            return 0
        found = self._found.get(type)
        if found is None:
            parts = self._parts(type)
            found = self._found[type] = parts if parts == NEVER else min(LARGEST, parts)
        return found

    def possible(self, type: t.Type | None) -> bool:
        """Whether it is possible to make a value of the type that is not too large."""
        return self.parts(type) <= MAX_PARTS

    def why_not(self, type: t.Type) -> str:
        """For a type that is not `possible`: the text after `the subject has`."""
        parts = self.parts(type)
        if parts == NEVER:
            return f"no {type.canonical}"
        count = f"{parts}" if parts < LARGEST else f"{LARGEST} or more"
        return f"no {type.canonical} small enough (the smallest has {count} parts, the limit is {MAX_PARTS})"

    def _parts(self, type: t.Type) -> float:
        match despecialize(type):
            case Scalar() | Bits() | Sequence():
                return 1
            case Product(types, times):
                return 1 + (times * sum(map(self.parts, types)) if times else 0)
            case Sum(cases):
                return 1 + min(map(self.parts, cases))
            case Handle():
                return NEVER if self._unavailable(type) else HANDLE_PARTS

    def _unavailable(self, type: t.Type) -> bool:
        return isinstance(type, t.Handle) and self._cannot(type)
