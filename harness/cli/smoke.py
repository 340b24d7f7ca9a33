"""`harness smoke`: tells a broken harness from a wrong tool."""

from __future__ import annotations

import shlex
import sys

import click

from harness.cli import exits
from harness.cli.options import Common, common
from harness.cli.session import Job, execute
from harness.runs.tasks import Smoke


@click.command()
@common
def smoke(common: Common) -> None:
    """Run one tiny world through every cell.

    All of it is known to work: where it does not, this installation is broken, not a tool wrong. Exit code 3 then.
    A toolchain that is plugged in is tried alone first, and nothing more where it fails: exit code 1.
    """
    with common.open_run(1) as run:
        repeat = shlex.join(["harness", "smoke", *common.words()])
        code = execute(run, [Job(Smoke(common.options(run)), "smoke", repeat)], common)
    sys.exit(exits.BROKEN if code == exits.DISAGREE and not common.chosen.toolchains else code)
