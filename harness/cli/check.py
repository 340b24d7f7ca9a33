"""`harness check`: any world, with the missing components around it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli import exits, outputs
from harness.cli.chosen import as_argument, features_of
from harness.cli.exits import UsedWrongly
from harness.cli.finding_option import finding, listed, none_written
from harness.cli.options import Common, common
from harness.cli.session import NamedTask, execute
from harness.cli.sources import check_source
from harness.cli.terminal import echo
from harness.fuzz.wanted import Wanted
from harness.process.interrupts import result_of
from harness.runs.runner import Runner
from harness.runs.tasks import CheckWorld
from harness.text import atomic
from harness.text.limits import MAX_CALLS

if TYPE_CHECKING:
    from harness.fuzz.check_case import CaseMade, CaseOfCheck


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--world", "-w", help="The world, if there are several.")
@click.option("--features", multiple=True, help="Gated features to enable; comma separated.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The seed of the values.")
@click.option(
    "--calls", type=click.IntRange(1, MAX_CALLS), default=50, show_default=True, help="The approximate number of calls."
)
@click.option(
    "--write-case",
    "case_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a case file: a failure with its steps, a pass with its seed.",
)
@click.option("--reduce", "reducing", is_flag=True, help="Make the failure as small as possible; with --write-case.")
@finding("With --write-case: the finding of the case, by its number in the list of all, or the first with this text.")
@common
def check(
    common: Common,
    path: Path,
    world: str | None,
    features: tuple[str, ...],
    seed: int,
    calls: int,
    case_path: Path | None,
    reducing: bool,
    wanted: Wanted,
) -> None:
    """Run the world in PATH, a WIT file or folder.

    The harness builds a driver that calls its exports and a provider of its imports; values come from the seed.
    """
    names = features_of(features)
    check_source(path)
    if reducing and case_path is None:
        raise UsedWrongly("--reduce needs --write-case FILE, the file for the case")
    if wanted.given and case_path is None:
        raise UsedWrongly("--finding needs --write-case FILE, the file for the case")
    if case_path is not None:
        if case_path.exists():
            raise UsedWrongly(f"--write-case {case_path}: this file already exists")
        outputs.check_file(case_path)
    words = ["harness", "check", as_argument(path), *(["--world", world] if world else [])]
    words += ["--features", ",".join(names)] if names else []
    words += ["--seed", str(seed), "--calls", str(calls), *common.words()]
    with common.open_run(1) as run:
        task = CheckWorld(path, world, names, seed, calls, common.options(run))
        drawn = {"seed": str(seed), "calls": str(calls), "features": ",".join(names), "world": world or ""}
        code = execute(run, [NamedTask(task, str(path), shlex.join(words))], common, drawn)
        if case_path is not None and code in (exits.AGREE, exits.DISAGREE):
            from harness.fuzz.check_case import CaseOfCheck  # loads much that nothing else here needs

            _write_case(run, CaseOfCheck(task, reducing, shlex.join(words), wanted), case_path, common)
    sys.exit(code)


def _write_case(run: Runner, task: CaseOfCheck, path: Path, common: Common) -> None:
    made: CaseMade = result_of(run.submit(task))
    if task.wanted.given and not made.findings.chosen:
        raise none_written(made.findings, task.wanted)
    if made.findings.others:
        for line in listed(made.findings):
            echo(line, err=True)
    if made.text is None:
        echo(made.note, err=common.json.to_stdout)
        return
    try:
        atomic.write(path, made.text)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error
    command = shlex.join(["harness", "run", as_argument(path), *common.words()])
    echo(f"case ({made.note}): {command}", err=common.json.to_stdout)
