"""The places of events in the values of calls: pairs while the model runs, texts only for people."""

from __future__ import annotations

from dataclasses import dataclass

from harness.records.unguarded import unguarded


@unguarded
@dataclass(frozen=True, slots=True)
class OfCall:
    """A call of an import. `number`: counted from 1 in its run; `function`: its canonical name."""

    number: int
    function: str

    def __str__(self) -> str:
        return f"call {self.number} {self.function}"


@unguarded
@dataclass(frozen=True, slots=True)
class OfEnd:
    """The elements that go through a stream or a future. `type`: its canonical name."""

    type: str

    def __str__(self) -> str:
        return f"an element of {self.type}"


Root = str | OfCall | OfEnd
"""A call, the elements of an end, or a text; empty: no place."""
Place = Root | tuple["Place", str | int]
"""A root, or a place and a step into a value there: `.field`, or the index of an element."""


def place_text(place: Place) -> str:
    """`call 3 a:b/c#f, result.field[2]`."""
    steps: list[str] = []
    while isinstance(place, tuple):
        place, step = place
        steps.append(step if isinstance(step, str) else f"[{step}]")
    return str(place) + "".join(reversed(steps))


def root_of(place: Place) -> Root:
    """Where the place begins."""
    while isinstance(place, tuple):
        place, _ = place
    return place


def call_of(place: Place) -> int:
    """The number of the call; 0 if the place is in none."""
    root = root_of(place)
    return root.number if isinstance(root, OfCall) else 0
