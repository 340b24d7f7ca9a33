"""Events that a plan expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import overload


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a trace with indices replaced by canonical names (`harness/world/types.py`), as it must stand there.

    Memory events, balances and `fail` are not among them. `path` says where inside which call's values the event
    belongs (`call 3 a:b/c#f, result.field[2]`); it is not compared.
    """

    line: str
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Events(Sequence[Event]):
    """The events of one component in one run. Lines are kept apart from paths: only a difference asks for a path."""

    lines: tuple[str, ...]
    paths: Sequence[str] = field(compare=False)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> Event | Events:
        if isinstance(index, slice):
            return Events(self.lines[index], self.paths[index])
        return Event(self.lines[index], self.paths[index])

    def __len__(self) -> int:
        return len(self.lines)
