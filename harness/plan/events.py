"""Events that a plan expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:  # plans are known before their events are needed
    from harness.trace.event import Event

_LINE = 64
"""Characters of a line without data, at most."""


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event as it must be seen, handles renamed and NaNs canonical.

    Memory events, balances and `fail` are not among them. `path` says where inside which call's values the event
    belongs (`call 3 a:b/c#f, result.field[2]`); it is not compared.
    """

    event: Event
    path: str = field(default="", compare=False)

    @property
    def line(self) -> str:
        return str(self.event)


@dataclass(frozen=True)
class Events(Sequence[PlacedEvent]):
    """The events of one component in one run. They are kept apart from paths: only a difference asks for a path."""

    events: tuple[Event, ...]
    paths: Sequence[str] = field(compare=False)
    _seen: tuple[Event, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @overload
    def __getitem__(self, index: int) -> PlacedEvent: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> PlacedEvent | Events:
        if isinstance(index, slice):
            return Events(self.events[index], self.paths[index])
        return PlacedEvent(self.events[index], self.paths[index])

    def __len__(self) -> int:
        return len(self.events)

    @property
    def lines(self) -> tuple[str, ...]:
        """For people."""
        return tuple(map(str, self.events))

    @cached_property
    def size(self) -> int:
        """About how many characters the interpreter writes, which has indices in the place of names; rather more."""
        from harness.trace.event import DATA

        data = [getattr(event, DATA[event.__class__]) for event in self.events if event.__class__ in DATA]
        return _LINE * len(self.events) + 2 * sum(map(len, data))

    def same_as(self, actual: tuple[Event, ...]) -> bool:
        """Whether these events were seen. Toolchains show the same, and equal events of traces are one object: so what
        was the same before says it at once."""
        if actual == self._seen:
            return True
        same = self.events == actual
        if same:
            object.__setattr__(self, "_seen", actual)
        return same
