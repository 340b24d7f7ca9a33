"""`harness import`: other people's tests as cases."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli import exits, outputs
from harness.cli.chosen import Chosen, as_argument
from harness.cli.exits import UsedWrongly
from harness.cli.options import JOBS
from harness.cli.terminal import echo
from harness.runs.pool import PoolClosed
from harness.text import atomic
from reports.shown import one_line

if TYPE_CHECKING:
    from harness.submission.importing import Imported, WitSource


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder for the cases; a file in it is never replaced.",
)
@click.option("--origin", default="", metavar="URL", help="A link to FOLDER; cases name the files below it.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The seed of drawn calls.")
@JOBS
def import_folder(folder: Path, output: Path, origin: str, seed: int, jobs: int) -> None:
    """Make cases of the WIT in FOLDER, laid out like the tests of wit-bindgen or wit-dylib.

    Each world becomes a case: calls drawn from a seed, or only its instantiation if it has nothing to call. What is
    left out is listed with the reason. Exit codes: 0 cases are written, 1 there is nothing to write, 2 wrong usage.
    """
    from harness.submission.importing import sources  # loads much that a help text does not need

    if origin and not origin.startswith("https://"):
        raise UsedWrongly(f"--origin {origin}: a link begins with https://")
    found = list(sources(folder))
    if not found:
        raise UsedWrongly(f"{folder} contains no WIT (no .wit file)")
    outputs.check_folder(output)
    imported = list(_imported(found, origin, seed, min(jobs, len(found))))
    count = _written(imported, output)
    if count:
        echo(f"run them: {shlex.join(['harness', 'run', as_argument(output)])}")
    sys.exit(exits.AGREE if count else exits.DISAGREE)


def _imported(found: list[WitSource], origin: str, seed: int, jobs: int) -> Iterator[Imported]:
    """No tool runs: all of it is planning."""
    from harness.submission.importing import Imported, ImportSource

    with Chosen(no_reference=True).open_run(jobs) as run:
        results = run.in_order([ImportSource(source, origin, seed) for source in found])
        for source, result in zip(found, results, strict=True):
            if isinstance(result, PoolClosed):
                raise KeyboardInterrupt
            if isinstance(result, Exception):
                yield Imported(source.name, why_not=str(result))
            else:
                yield from result


def _written(imported: list[Imported], output: Path) -> int:
    """Write the cases and say what was left out; returns the number of cases that are new."""
    counts: Counter[str] = Counter()
    first: dict[object, str] = {}
    for item in imported:
        path = output / f"{item.name}.toml"
        if item.text and first.setdefault(item.shape, item.name) != item.name:
            why_not = f"the same as {one_line(first[item.shape])}, up to its names"
        elif item.text and path.exists():
            why_not = f"{path} already exists"
        else:
            why_not = item.why_not
        if why_not:
            counts["left out"] += 1
            echo(f"left out: {one_line(item.name)}: {why_not}")
            continue
        _write(path, item.text)
        counts["new"] += 1
        if item.note:
            echo(f"in part: {one_line(item.name)}: {item.note}")
    echo(f"{counts['new']} case{'' if counts['new'] == 1 else 's'} in {output}, {counts['left out']} left out")
    return counts["new"]


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, text)
    except (OSError, atomic.CannotWrite) as error:
        raise UsedWrongly(str(error)) from error
