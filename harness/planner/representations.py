"""The representations of new resources."""

from __future__ import annotations

from random import Random

FIRST_REP = 1000
EDGE_REPS = (0, 1, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFF, 0xFFFF, 0x1_0000)
"""A representation is any i32 (CanonicalABI.md, `canon resource.new`): the ends, and where a sign or a half begins."""


class Representations:
    """Draws representations of which no two of a run are equal."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._last = FIRST_REP
        self._edges = list(EDGE_REPS)

    def next(self) -> int:
        """One of the edges now and then, while there are any."""
        if self._edges and self._random.randrange(6) == 5:
            return self._edges.pop(self._random.randrange(len(self._edges)))
        self._last += 1
        return self._last
