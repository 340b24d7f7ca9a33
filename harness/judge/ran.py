"""The part of a case or world that ran: the number of calls of each function, and the cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.world.types import qualified

_WORLD = qualified(None, "")
"""The prefix of canonical names of functions of the world itself."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A call counts once, regardless of the number of `cells`. A case that only instantiates its world has cells and no
    calls."""

    calls: int = 0
    functions: tuple[tuple[str, int], ...] = ()
    """Names in the order of their first calls, with the number of calls of each."""
    cells: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()
    """The calls of each run as text, if requested."""
    refusals: int = 0
    """The number of negative cases that the tools got."""


def called(names: Sequence[str], cells: Sequence[str], runs: tuple[tuple[str, ...], ...] = ()) -> Ran:
    """`names`: the canonical name of each call's function."""
    counts = Counter(name.removeprefix(_WORLD) for name in names)
    return Ran(len(names), tuple(counts.items()), tuple(cells), runs)
