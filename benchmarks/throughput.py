"""Worlds and calls per second of the differential run and of the floor, in one run: `python -m benchmarks.throughput`.

The floor is the reference alone in the same composition and engine. Both visit the same random worlds in turns, so that
noise of the machine affects both equally; the ratio is the result. Half of all worlds lie between the two visits to one
world, so that neither uses the other's builds or compiled code. Worlds that the reference cannot build or that the
engine refuses from it are left out on both sides: they would have no floor.
"""

from __future__ import annotations

import json
import os
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.tasks import FAILED, Differential, Floor, Spent
from harness.runs.messages import WorkerTask
from harness.runs.runner import Runner
from harness.toolchains.choose import Tools
from reports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate of one kind of run with some number of workers. `stages`: shares of the time of its workers."""

    what: str
    workers: int
    worlds_per_second: float
    calls_per_second: float
    median_ms: float
    cpu_ms: float
    """Processor seconds for one world, including tools."""
    stages: dict[str, float]
    outcomes: dict[str, int]


def measure(run: Runner, tasks: Sequence[WorkerTask]) -> list[Spent]:
    """The time of each task."""
    spent: list[Spent] = []
    for result in run.in_order(tasks):
        if not isinstance(result, Spent):
            raise click.ClickException(str(result))
        spent.append(result)
    return spent


def in_turns(
    run: Runner, floors: Sequence[WorkerTask], others: Sequence[WorkerTask]
) -> tuple[list[Spent], list[Spent]]:
    """The times of the floors and of the other tasks, both in the order of the worlds."""
    worlds = len(floors)
    turns: list[WorkerTask] = []
    order = [(number + worlds // 2) % worlds for number in range(worlds)]
    for number, other in enumerate(order):
        turns += [floors[number], others[other]]
    spent = measure(run, turns)
    by_world = dict(zip(order, spent[1::2], strict=True))
    return spent[::2], [by_world[number] for number in range(worlds)]


def fair_rates(
    what: str,
    floors: Sequence[WorkerTask],
    others: Sequence[WorkerTask],
    warm: Sequence[WorkerTask],
    workers: int,
    tools: Tools,
) -> list[Rate]:
    """The rates of a floor and of the run compared with it, over the worlds that have a floor."""
    with Runner(tools, workers) as run:
        measure(run, warm)
        below, above = in_turns(run, floors, others)
    pairs = list(zip(below, above, strict=True))
    reasons = Counter(reason for pair in pairs if (reason := _unfair(*pair)))
    fair = [number for number, pair in enumerate(pairs) if not _unfair(*pair)]
    for reason, count in reasons.items():
        click.echo(f"{what}, {workers} workers: {count} of {len(floors)} worlds left out: {reason}")
    names = (f"floor of {what}", what)
    kinds = zip(names, (below, above), strict=True)
    return [rate_of(name, workers, [spent[number] for number in fair]) for name, spent in kinds]


def _unfair(floor: Spent, other: Spent) -> str:
    """Why a world has no floor, or no run to compare with it."""
    if floor.outcome == FAILED:
        return FAILED
    return "nothing was run" if other.outcome == Outcome.SKIP else ""


def environment() -> None:
    """Make this package available to workers."""
    root = str(Path(__file__).resolve().parent.parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


def rate_of(what: str, workers: int, spent: list[Spent]) -> Rate:
    """The rate by the tasks' own clocks: planning is not a part of the floor."""
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
        floor = _floor_of(rate, rates)
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


def _floor_of(rate: Rate, rates: list[Rate]) -> Rate:
    below = [other for other in rates if other.what == f"floor of {rate.what}" and other.workers == rate.workers]
    return below[0] if below else rate


@click.command()
@click.option(
    "--worlds",
    default=60,
    show_default=True,
    type=click.IntRange(min=32),
    help="Random worlds in each measurement; enough to expire a worker's caches between two visits.",
)
@click.option("--functions", default=5, show_default=True, help="The approximate number of functions of a world.")
@click.option("--calls", default=200, show_default=True, help="Calls for each world.")
@click.option("--seed", default=1, show_default=True)
@click.option("--workers", default="1,2", show_default=True, help="Numbers of workers, comma separated.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="The rates as JSON.")
@click.option("--async", "asynchronous", is_flag=True, help="Worlds with asynchronous functions, streams and futures.")
@click.option(
    "--quick-reference", is_flag=True, help="The reference links without validation and debug names, as in `fuzz`."
)
def main(
    worlds: int,
    functions: int,
    calls: int,
    seed: int,
    workers: str,
    json_file: Path | None,
    asynchronous: bool,
    quick_reference: bool,
) -> None:
    """Measure the differential run and its floor."""
    environment()
    rates: list[Rate] = []
    seeds = range(seed, seed + worlds)
    for count in [int(word) for word in workers.split(",")]:
        warm = [Differential(seed + worlds + index, functions, calls, asynchronous) for index in range(2 * count)]
        floors = [Floor(each, functions, calls, asynchronous) for each in seeds]
        differentials = [Differential(each, functions, calls, asynchronous) for each in seeds]
        rates += fair_rates(
            "async differential" if asynchronous else "differential",
            floors,
            differentials,
            warm,
            count,
            Tools(quick=quick_reference),
        )
    show(rates, Console(width=160))
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(rate) for rate in rates], indent=2) + "\n")


if __name__ == "__main__":
    main()
