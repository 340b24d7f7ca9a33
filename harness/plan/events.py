"""Events that a plan expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, overload

from harness.plan.places import Place, place_text
from harness.records.unguarded import unguarded

if TYPE_CHECKING:  # plans exist before their events are needed
    from harness.trace.event import Event

_LINE = 64
"""Maximum characters of a line without data."""


@unguarded
@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An expected event, with renamed handles and canonical NaNs.

    Memory events, balances and `fail` are not included. `place` is the event's place in the values of a call; it is not
    compared.
    """

    event: Event
    place: Place = field(default="", compare=False)

    @property
    def path(self) -> str:
        """The place as a text: `call 3 a:b/c#f, result.field[2]`."""
        return place_text(self.place)

    @property
    def line(self) -> str:
        return str(self.event)


@dataclass(frozen=True)
class Events(Sequence[PlacedEvent]):
    """The events of one component in one run. They are separate from places, because only a difference needs one."""

    events: tuple[Event, ...]
    places: Sequence[Place] = field(compare=False)
    _seen: tuple[Event, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @overload
    def __getitem__(self, index: int) -> PlacedEvent: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> PlacedEvent | Events:
        if isinstance(index, slice):
            return Events(self.events[index], self.places[index])
        return PlacedEvent(self.events[index], self.places[index])

    def __len__(self) -> int:
        return len(self.events)

    @property
    def lines(self) -> tuple[str, ...]:
        """The events as lines of text."""
        return tuple(map(str, self.events))

    @property
    def paths(self) -> tuple[str, ...]:
        """The places as texts."""
        return tuple(map(place_text, self.places))

    @cached_property
    def size(self) -> int:
        """The approximate number of characters that the interpreter writes, with indices instead of names; rather too
        many."""
        from harness.trace.event import DATA

        data = [getattr(event, DATA[event.__class__]) for event in self.events if event.__class__ in DATA]
        return _LINE * len(self.events) + 2 * sum(map(len, data))

    def same_as(self, actual: tuple[Event, ...]) -> bool:
        """Whether these events were observed. Toolchains show the same, and equal events of traces are one object, so
        repeated comparisons are fast."""
        if actual == self._seen:
            return True
        same = self.events == actual
        if same:
            object.__setattr__(self, "_seen", actual)
        return same
