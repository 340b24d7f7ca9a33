"""Sizes and throughput of several runs, as series of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.model import Run


@dataclass(frozen=True, slots=True)
class Series:
    """A number for each run; None if a run does not have it."""

    name: str
    values: tuple[float | None, ...]


def sizes(runs: Sequence[Run]) -> list[Series]:
    """Mean bytes of the subject's library by toolchain, over the cases that all runs have: else the choice of cases
    would look like a change of size."""
    of_runs = [
        {(case.name, made.toolchains): made.library for case in run.cases for made in case.made if made.library}
        for run in runs
    ]
    common = set(of_runs[0]).intersection(*of_runs[1:]) if of_runs else set()
    named = dict.fromkeys(tool.name for run in runs for tool in run.tools)
    built = dict.fromkeys(toolchain for found in of_runs for _, toolchain in found)
    toolchains = [*(name for name in named if name in built), *(name for name in built if name not in named)]
    series = []
    for toolchain in toolchains:
        keys = [key for key in common if key[1] == toolchain]
        values = tuple(sum(found[key] for key in keys) / len(keys) if keys else None for found in of_runs)
        series.append(Series(toolchain, values))
    return series


def throughput(runs: Sequence[Run]) -> list[Series]:
    """Cases and calls per second of the whole run. A run that broke off has none."""
    return [
        Series("cases per second", tuple(_per_second(run, len(run.cases)) for run in runs)),
        Series("calls per second", tuple(_per_second(run, sum(case.ran.calls for case in run.cases)) for run in runs)),
    ]


def _per_second(run: Run, count: int) -> float | None:
    return count / run.seconds if run.complete and run.seconds > 0 else None
