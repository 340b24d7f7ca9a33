"""How much the values of a case are, all together: `repeat` makes much of little text."""

from __future__ import annotations

from collections.abc import Callable

from harness.values.values import Value, VariantValue
from harness.values.wave_lexer import WaveError
from harness.world import types as t

MOST = 1 << 25
"""Maximum of the amounts of all values in all runs of a case. At most 4 million elements (measured: scripts, expected
events and traces take about 550 bytes of a worker for each) or 33 million characters: a case stays within the memory of
a worker (`harness/process/memory.py`)."""
_ELEMENT = 8
"""An element, in characters."""


def amount(value: Value) -> int:
    """Its characters, and `_ELEMENT` for each element, with those inside elements. What is one object is looked at
    once."""
    known: dict[int, int] = {}

    def of(part: Value) -> int:
        match part:
            case str():
                return len(part)
            case tuple():
                if id(part) not in known:
                    known[id(part)] = _ELEMENT * len(part) + sum(map(of, part))
                return known[id(part)]
            case VariantValue():
                return 0 if part.payload is None else of(part.payload)
        return 0

    return of(value)


class Bounded:
    """Reads the values of a case by `read`, up to `MOST`. Each run of a case reads its values anew, and all count."""

    def __init__(self, read: Callable[[str, t.Type], Value]) -> None:
        self._read = read
        self._left = MOST

    def __call__(self, text: str, type: t.Type) -> Value:
        """Raises `WaveError` if `read` does, or if the case has more than `MOST`."""
        value = self._read(text, type)
        self._left -= amount(value)
        if self._left < 0:
            told = f"the case has too much: its values in all runs have more than {MOST:,} characters"
            raise WaveError(f"{told} (an element counts as {_ELEMENT}); use fewer or shorter ones", text, 0)
        return value
