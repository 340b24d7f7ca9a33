"""The places of events in the values of calls: pairs while the model runs, texts only when they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import overload

Place = str | tuple["Place", str | int]
"""A text, or a place and a step into a value there: `.field`, or the index of an element."""


def place_text(place: Place) -> str:
    """`call 3 a:b/c#f, result.field[2]`."""
    steps: list[str] = []
    while not isinstance(place, str):
        place, step = place
        steps.append(step if isinstance(step, str) else f"[{step}]")
    return place + "".join(reversed(steps))


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

    def beginnings(self, chosen: Iterable[bool]) -> set[str]:
        """The texts, each once, that the chosen places begin with; their steps into values are left out."""
        found = set()
        for place in compress(self._places, chosen):
            while not isinstance(place, str):
                place = place[0]
            found.add(place)
        return found
