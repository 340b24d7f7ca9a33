"""`harness check`: any world, with what is missing around it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from harness.cli.chosen import as_argument, features_of
from harness.cli.options import Common, common
from harness.cli.session import Job, execute
from harness.limits import MAX_CALLS
from harness.tasks import CheckWorld


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--world", "-w", help="Which world, where there are several.")
@click.option("--features", multiple=True, help="Gated features to turn on; comma separated.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="For the values.")
@click.option(
    "--calls", type=click.IntRange(1, MAX_CALLS), default=50, show_default=True, help="How many calls, about."
)
@common
def check(common: Common, path: Path, world: str | None, features: tuple[str, ...], seed: int, calls: int) -> None:
    """Run the world in PATH, a WIT file or folder.

    A driver that calls what it exports and a provider of what it imports are built around it; values come from the
    seed.
    """
    names = features_of(features)
    words = ["harness", "check", as_argument(path), *(["--world", world] if world else [])]
    words += ["--features", ",".join(names)] if names else []
    words += ["--seed", str(seed), "--calls", str(calls), *common.words()]
    with common.open_run(1) as run:
        task = CheckWorld(path, world, names, seed, calls, common.options(run))
        sys.exit(execute(run, [Job(task, str(path), shlex.join(words))], common))
