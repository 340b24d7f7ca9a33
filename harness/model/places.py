"""Where in which call's values an event belongs: links while a model runs, written out only where it is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Protocol, overload


class Within(Protocol):
    """The places of several events in a row."""

    def text(self, shown: Sequence[str], number: int) -> str:
        """The place of one of the events that were `shown` at once, counted from 0."""


Place = str | tuple["Place", str | int]
"""A text, or a place and a step into a value there: `.field`, or the index of an element."""


def place_text(place: Place) -> str:
    """`call 3 a:b/c#f, result.field[2]`."""
    steps: list[str] = []
    while not isinstance(place, str):
        place, step = place
        steps.append(step if isinstance(step, str) else f"[{step}]")
    return place + "".join(reversed(steps))


Shown = tuple[str, Place] | tuple[list[str], Within]
"""An event, or several in a row, and where they belong."""


class Places(Sequence[str]):
    """Places of events as texts."""

    def __init__(self, shown: Sequence[Shown], events: range) -> None:
        """`events`: which ones of all that were shown."""
        self._shown = shown
        self._events = events

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Places: ...
    def __getitem__(self, index: int | slice) -> str | Places:
        if isinstance(index, slice):
            return Places(self._shown, self._events[index])
        event = self._events[index]
        at = bisect_right(self._starts, event) - 1
        lines, place = self._shown[at]
        if isinstance(place, str | tuple):
            return place_text(place)
        return place.text(lines, event - self._starts[at])

    def __len__(self) -> int:
        return len(self._events)

    @cached_property
    def _starts(self) -> list[int]:
        """The number of the first event of each that were shown at once."""
        lengths = [1 if isinstance(lines, str) else len(lines) for lines, _ in self._shown]
        return [0, *accumulate(lengths)][:-1]
