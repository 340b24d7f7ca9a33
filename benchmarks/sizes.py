"""Sizes of the libraries of the cases' worlds by ours and by the reference: `python -m benchmarks.sizes [CASES]`.

The largest share of the reference's size comes first. The last table is about WIT whose types double level by level.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.libraries import Measure, Sizes, doubling
from harness.runs.runner import Runner
from harness.runs.suite_files import find
from harness.toolchains.choose import Tools

LEVELS = 16
"""The number of doublings of the example's type."""


def _environment() -> None:
    """Workers also import this module."""
    root = str(Path(__file__).resolve().parent.parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


def show(sizes: list[Sizes], console: Console) -> None:
    table = Table("world", "ours", "reference", "of the reference")
    for row in sorted(sizes, key=lambda row: -row.ratio):
        ours, reference = (str(size) if size is not None else "-" for size in (row.ours, row.reference))
        table.add_row(row.name, ours, reference, f"{row.ratio:.2f}" if row.ratio else "-")
    console.print(table)


@click.command()
@click.argument("cases", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--rows", default=40, show_default=True, help="The maximum number of rows of the table.")
@click.option("--workers", default=2, show_default=True)
def main(cases: tuple[Path, ...], rows: int, workers: int) -> None:
    """Measure the sizes of libraries."""
    _environment()
    console = Console()
    example = doubling(LEVELS)
    with Runner(Tools(), workers) as run:
        tasks = [Measure(file.name, file.path) for file in find(cases or (Path("cases"),))]
        tasks.append(Measure(f"{len(example)} bytes of WIT, {LEVELS} levels of doubling", example))
        measured: list[Sizes] = []
        for result in run.in_order(tasks):
            if not isinstance(result, list):
                raise click.ClickException(str(result))
            measured += result
    example_sizes = measured.pop()
    both = [row for row in measured if row.ratio]
    show(sorted(both, key=lambda row: -row.ratio)[:rows], console)
    ours, reference = sum(row.ours or 0 for row in both), sum(row.reference or 0 for row in both)
    console.print(f"{len(both)} of {len(measured)} libraries by both: ours {ours} bytes, reference {reference} bytes")
    show([example_sizes], console)


if __name__ == "__main__":
    main()
