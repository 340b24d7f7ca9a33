"""What was carried out of a case or a world: how many calls of which functions, in which cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.engine.results import Rejected
from harness.judge.observation import CellRun, Observation
from harness.plan.plan import Plan
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


def carried_out(plan: Plan, cells: Sequence[CellRun], list_calls: bool) -> Ran:
    """Of a plan. A run counts if it was begun in some cell; what an unexpected trap cut off counts as well."""
    begun = [run for run in cells if any(map(_ran, run.observations))]
    runs = [
        run
        for number, run in enumerate(plan.runs)
        if any(number < len(cell.observations) and _ran(cell.observations[number]) for cell in begun)
    ]
    names = [name for run in runs for name in run.functions]
    listed = tuple(tuple(run.calls) for run in runs) if list_calls else ()
    return called(names, [str(run.cell) for run in begun], listed)


def called(names: Sequence[str], cells: Sequence[str], runs: tuple[tuple[str, ...], ...] = ()) -> Ran:
    """`names`: the canonical name of each call's function."""
    counts = Counter(name.removeprefix(_WORLD) for name in names)
    return Ran(len(names), tuple(counts.items()), tuple(cells), runs)


def _ran(observation: Observation) -> bool:
    return not isinstance(observation.result, Rejected)
