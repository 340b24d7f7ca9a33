"""`harness smoke`: distinguishes a broken harness from a wrong tool."""

from __future__ import annotations

import shlex
import sys

import click

from harness.cli import exits
from harness.cli.options import Common, common
from harness.cli.session import NamedTask, execute
from harness.runs.tasks import Smoke


@click.command()
@common
def smoke(common: Common) -> None:
    """Run one tiny world in every cell.

    All of it is known to work. If it does not, or is skipped, this installation is broken, and the exit code is 3; or
    1, if --toolchain, --reference or --interpreter name what is under test. A toolchain from --toolchain is first tried
    alone; if it fails, nothing else runs.
    """
    with common.open_run(1) as run:
        repeat = shlex.join(["harness", "smoke", *common.words()])
        code = execute(run, [NamedTask(Smoke(common.options(run)), "smoke", repeat)], common, must_run=True)
    chosen = common.chosen
    named = bool(chosen.toolchains or chosen.references or common.interpreter)
    sys.exit(exits.BROKEN if code == exits.DISAGREE and not named else code)
