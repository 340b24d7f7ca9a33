"""The fuzzer compared with its floor, and the time to the first detection of each mutant: `python -m benchmarks.fuzz`.

For each number of calls per world, the fuzzer's trials (worlds, calls, runs with faults, verdict) and the floor
(the reference alone through the same composition and engine, same plans) go over the same worlds in turns, as in
`benchmarks.throughput`. A differential call is one call of a plan, counted once, that both toolchains have made.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.tasks import FuzzFloor, FuzzTrial
from benchmarks.throughput import Rate, environment, fair_rates, show
from harness.fuzz.trial import DEFAULT_CALLS, Recipe
from harness.fuzz.worlds import Profile
from harness.mutants.toolchain import MUTANTS
from harness.mutation.survey import MutantRow, Survey
from harness.runs.runner import Runner
from harness.toolchains.choose import Tools


def detections(seed: int, seconds: float, workers: int, only: tuple[str, ...]) -> list[MutantRow]:
    """Each mutant, fuzzed until it is noticed or for this many seconds."""
    chosen = [item for name, item in MUTANTS.items() if not only or any(word in name for word in only)]
    with Runner(Survey.tools(Tools(), chosen), workers) as run:
        survey = Survey(chosen, run, workers)
        survey.fuzz(Recipe(seed), seconds)
    return list(survey.rows.values())


def show_detections(rows: list[MutantRow], console: Console) -> None:
    """The slowest first."""
    table = Table("mutant", "seconds", "worlds", "level and kind")
    for row in sorted(rows, key=lambda row: -(row.fuzzed.seconds if row.fuzzed is not None else 0)):
        fuzzed = row.fuzzed
        seen = fuzzed.detection if fuzzed is not None else None
        time = f"{fuzzed.seconds:.2f}" if fuzzed is not None else "-"
        found = f"{seen.level} {seen.kind}" if seen is not None else "NOT NOTICED"
        table.add_row(row.mutant.name, time, str(fuzzed.worlds) if fuzzed is not None else "-", found)
    console.print(table)
    times = _times(rows)
    if times:
        middle = statistics.median(times)
        console.print(f"{len(times)} of {len(rows)} noticed; median {middle:.2f} s, slowest {max(times):.2f} s")
    for row in rows:
        for error in row.errors:
            console.print(f"the harness failed at {row.mutant.name}: {error}", markup=False)


def _times(rows: list[MutantRow]) -> list[float]:
    return [row.fuzzed.seconds for row in rows if row.fuzzed is not None and row.fuzzed.detection is not None]


@click.command()
@click.option("--worlds", default=40, show_default=True, type=click.IntRange(min=0), help="0: no rates.")
@click.option("--calls", default=f"{DEFAULT_CALLS},1000", show_default=True, help="Calls per world, comma separated.")
@click.option("--seed", default=0, show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=1))
@click.option("--seconds", default=60.0, show_default=True, help="Seconds for each mutant; 0: none is tried.")
@click.option("--only", multiple=True, metavar="NAME", help="Only mutants with this in their names.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="The results as JSON.")
def main(
    worlds: int, calls: str, seed: int, workers: int, seconds: float, only: tuple[str, ...], json_file: Path | None
) -> None:
    """Measure the fuzzer."""
    environment()
    console = Console(width=160)
    rates: list[Rate] = []
    for each in [int(word) for word in calls.split(",")] if worlds else []:
        # a world at which the reference panics has no floor
        recipe = Recipe(seed, each, profile=Profile(fixed_length_lists=False, error_contexts=False))
        floor = [FuzzFloor(recipe, index) for index in range(worlds)]
        trials = [FuzzTrial(recipe, index) for index in range(worlds)]
        warm = [FuzzTrial(recipe, worlds + index) for index in range(2 * workers)]
        found = fair_rates(f"fuzz, {each} calls", floor, trials, warm, workers, Tools())
        show(found, console)
        rates += found
    rows = detections(seed, seconds, workers, only) if seconds else []
    if rows:
        show_detections(rows, console)
    if json_file is not None:
        times = {
            row.mutant.name: row.fuzzed.seconds if row.fuzzed is not None and row.fuzzed.detection else None
            for row in rows
        }
        told = {"rates": [asdict(rate) for rate in rates], "seconds to detection": times}
        json_file.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
