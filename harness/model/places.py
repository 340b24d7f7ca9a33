"""The places of events in the values of calls: pairs while the model runs, texts only when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True, slots=True)
class OfEnd:
    """The elements that go through a stream or a future. `type`: its canonical name."""

    type: str

    def __str__(self) -> str:
        return f"an element of {self.type}"


Place = str | OfEnd | tuple["Place", str | int]
"""A text, an end, or a place and a step into a value there: `.field`, or the index of an element."""


def place_text(place: Place) -> str:
    """`call 3 a:b/c#f, result.field[2]`."""
    steps: list[str] = []
    while isinstance(place, tuple):
        place, step = place
        steps.append(step if isinstance(step, str) else f"[{step}]")
    return str(place) + "".join(reversed(steps))


def in_element(place: Place) -> bool:
    """Whether the place is in an element of a stream or a future."""
    while isinstance(place, tuple):
        place, _ = place
    return isinstance(place, OfEnd)


class Places(Sequence[str]):
    """The places of events, as texts."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Places: ...
    def __getitem__(self, index: int | slice) -> str | Places:
        if isinstance(index, slice):
            return Places(self._places[index])
        return place_text(self._places[index])

    def __len__(self) -> int:
        return len(self._places)
