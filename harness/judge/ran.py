"""What was carried out of a case or a world: how many calls of which functions, in which cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.world.types import qualified

_WORLD = qualified(None, "")
"""Stands before the canonical name of a function of the world itself."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A call counts once, in however many `cells` it was made. A case that only instantiates its world has cells and
    no calls."""

    calls: int = 0
    functions: tuple[tuple[str, int], ...] = ()
    """Names in the order of their first calls, and how many calls each had."""
    cells: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()
    """The calls of each run as text, where they were asked for."""
    refusals: int = 0
    """Rows of a table of refusals that were put to the tools."""


def called(names: Sequence[str], cells: Sequence[str], runs: tuple[tuple[str, ...], ...] = ()) -> Ran:
    """`names`: the canonical name of each call's function."""
    counts = Counter(name.removeprefix(_WORLD) for name in names)
    return Ran(len(names), tuple(counts.items()), tuple(cells), runs)
