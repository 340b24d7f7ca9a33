"""`harness run`: cases, each judged by three opinions."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from harness.cli.chosen import as_argument
from harness.cli.exits import UsedWrongly
from harness.cli.options import Common, common
from harness.cli.session import NamedTask, execute
from harness.runs.suite_files import NoCases, find


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("-k", "words", default="", metavar="SUBSTRING", help="Only cases with this in their names.")
@common
def run(common: Common, paths: tuple[Path, ...], words: str) -> None:
    """Run the cases at and under PATHS."""
    try:
        files = find(paths, words)
    except NoCases as error:
        raise UsedWrongly(str(error)) from error
    if not files:
        raise UsedWrongly(f"no case has {words!r} in its name")
    with common.open_run(len(files)) as run:
        options = common.options(run)
        jobs = [
            NamedTask(
                file.task(options),
                file.name,
                shlex.join(["harness", "run", as_argument(file.path), *common.words()]),
                file.path,
            )
            for file in files
        ]
        sys.exit(execute(run, jobs, common))
