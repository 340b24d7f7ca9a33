"""The `harness` command.

Exit codes: 0 all agree, 1 something disagrees, 2 used wrongly, 3 the harness itself is broken, 130 interrupted.
"""

from __future__ import annotations

import sys

import click

from harness.cli import check, doctor, fuzz, miniatures, run, schema, smoke
from harness.cli.exits import BROKEN, INTERRUPTED


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wit-dylib-harness", prog_name="harness")
def commands() -> None:
    """Differential tests for wit-dylib generators, linkers and their interpreters."""


for _command in (run.run, check.check, fuzz.fuzz, miniatures.miniatures, schema.schema, doctor.doctor, smoke.smoke):
    commands.add_command(_command)


def main() -> None:
    """Run the command; never a traceback for what a user does."""
    try:
        code = commands.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except Exception as error:
        click.echo(f"harness is broken: {type(error).__name__}: {error} (`harness smoke` tells more)", err=True)
        sys.exit(BROKEN)
    sys.exit(code if isinstance(code, int) else 0)
