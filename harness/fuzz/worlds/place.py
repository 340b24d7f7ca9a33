"""A place for a type, and the types that may stand there."""

from __future__ import annotations

from dataclasses import dataclass

from harness.fuzz.worlds.ast import Container


@dataclass(frozen=True, slots=True)
class Place:
    """A place for a type. `borrow`: a borrow may stand here."""

    container: Container
    depth: int
    borrow: bool
    handles: bool = False
    """The parts of the type must be handles."""

    def deeper(self, borrow: bool | None = None) -> Place:
        return Place(self.container, self.depth - 1, self.borrow if borrow is None else borrow, self.handles)

    def shallow(self) -> Place:
        """The place of one of many parts, which together must not be too many."""
        return Place(self.container, min(self.depth, 1), self.borrow, self.handles)
