"""All subcommands of `harness`."""

from __future__ import annotations

from copy import copy

import click

from harness.cli import check, doctor, fuzz, mutants, run, schema, smoke


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wit-dylib-harness", prog_name="harness")
def commands() -> None:
    """Differential tests for wit-dylib generators, linkers and their interpreters.

    Exit codes: 0 all agree, 1 something disagrees, 2 used wrongly, 3 the harness itself is broken, 130 interrupted.
    """


_former = copy(mutants.mutants)
_former.name, _former.hidden, _former.deprecated = "miniatures", True, "use `harness mutants`"
"""The old name works for one release."""

for _command in (_former, run.run, check.check, fuzz.fuzz, mutants.mutants, schema.schema, doctor.doctor, smoke.smoke):
    commands.add_command(_command)
