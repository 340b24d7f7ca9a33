"""Worlds and calls per second of the differential run beside the floor, in one run: `python -m benchmarks.throughput`.

The floor is the reference alone through the same composition and engine. Both go over the same random worlds in turns,
so that a noisy machine is equally noisy to both; what counts is the ratio. Half of all worlds lie between the two
visits to one world, so that neither finds what the other has built or compiled. Worlds that the reference cannot build
or that the engine does not take from it are left out on both sides: they would have no floor.
"""

from __future__ import annotations

import json
import os
import statistics
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.tasks import FAILED, Differential, Floor, Spent
from harness.run import Run, Tools
from harness.worker import Task


@dataclass(frozen=True, slots=True)
class Rate:
    """What one kind of run reached with some number of workers. `stages`: share of the time of its workers."""

    what: str
    workers: int
    worlds_per_second: float
    calls_per_second: float
    median_ms: float
    cpu_ms: float
    """Of a processor for one world, tools and all."""
    stages: dict[str, float]
    outcomes: dict[str, int]


def measure(run: Run, tasks: list[Task]) -> list[Spent]:
    """What each task spent."""
    spent: list[Spent] = []
    for result in run.in_order(tasks):
        if not isinstance(result, Spent):
            raise click.ClickException(str(result))
        spent.append(result)
    return spent


def in_turns(run: Run, worlds: int, seed: int, functions: int, calls: int) -> tuple[list[Spent], list[Spent]]:
    """What the floor and the differential run spent, both in the order of the worlds."""
    turns: list[Task] = []
    others = [(number + worlds // 2) % worlds for number in range(worlds)]
    for number, other in enumerate(others):
        turns += [Floor(seed + number, functions, calls), Differential(seed + other, functions, calls)]
    spent = measure(run, turns)
    by_world = dict(zip(others, spent[1::2], strict=True))
    return spent[::2], [by_world[number] for number in range(worlds)]


def rate_of(what: str, workers: int, spent: list[Spent]) -> Rate:
    """The rate by the tasks' own clocks: planning is no part of the floor."""
    outcomes = Counter(result.outcome for result in spent)
    stages: dict[str, float] = {}
    for result in spent:
        for stage, seconds in result.seconds.items():
            stages[stage] = stages.get(stage, 0.0) + seconds
    total = sum(result.total for result in spent)
    stages["other"] = total - sum(stages.values())
    busy = total / workers
    return Rate(
        what,
        workers,
        len(spent) / busy,
        sum(result.calls for result in spent) / busy,
        statistics.median(result.total for result in spent) * 1000,
        sum(result.cpu for result in spent) / len(spent) * 1000,
        {stage: share / total for stage, share in stages.items()},
        dict(outcomes),
    )


def show(rates: list[Rate], console: Console) -> None:
    table = Table(
        "run", "workers", "worlds/s", "calls/s", "median ms", "CPU ms", "of the floor", "by CPU", "stages", "outcomes"
    )
    for rate in rates:
        floor = next(other for other in rates if other.what == "floor" and other.workers == rate.workers)
        stages = sorted(rate.stages.items(), key=lambda stage: -stage[1])
        table.add_row(
            rate.what,
            str(rate.workers),
            f"{rate.worlds_per_second:.1f}",
            f"{rate.calls_per_second:.0f}",
            f"{rate.median_ms:.1f}",
            f"{rate.cpu_ms:.1f}",
            f"{rate.worlds_per_second / floor.worlds_per_second:.2f}",
            f"{floor.cpu_ms / rate.cpu_ms:.2f}",
            " ".join(f"{name} {share:.0%}" for name, share in stages),
            " ".join(f"{name} {count}" for name, count in rate.outcomes.items()),
        )
    console.print(table)


@click.command()
@click.option(
    "--worlds",
    default=60,
    show_default=True,
    type=click.IntRange(min=32),
    help="Random worlds in each measurement; enough for what a worker remembers to be forgotten between two visits.",
)
@click.option("--functions", default=5, show_default=True, help="About how many functions a world has.")
@click.option("--calls", default=200, show_default=True, help="Calls for each world.")
@click.option("--seed", default=1, show_default=True)
@click.option("--workers", default="1,2", show_default=True, help="Numbers of workers, comma separated.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="The rates as JSON.")
def main(worlds: int, functions: int, calls: int, seed: int, workers: str, json_file: Path | None) -> None:
    """Measure the differential run and its floor."""
    root = str(Path(__file__).resolve().parent.parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    rates = []
    for count in [int(word) for word in workers.split(",")]:
        with Run(Tools(), count) as run:
            warm: list[Task] = [Differential(seed + worlds + index, functions, calls) for index in range(2 * count)]
            measure(run, warm)
            floors, differentials = in_turns(run, worlds, seed, functions, calls)
        fair = [number for number, spent in enumerate(floors) if spent.outcome != FAILED]
        for what, spent in (("floor", floors), ("differential", differentials)):
            rates.append(rate_of(what, count, [spent[number] for number in fair]))
        if len(fair) < worlds:
            click.echo(f"{count} workers: {worlds - len(fair)} of {worlds} worlds left out: {FAILED}")
    show(rates, Console(width=160))
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(rate) for rate in rates], indent=2) + "\n")


if __name__ == "__main__":
    main()
