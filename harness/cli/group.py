"""All subcommands of `harness`. A subcommand is loaded when it is used; a list of them needs only their names."""

from __future__ import annotations

from copy import copy
from importlib import import_module

import click

SUBCOMMANDS = {
    "check": "Run the world in PATH, a WIT file or folder.",
    "doctor": "Show installed packages and missing features.",
    "explain": "Say in words what CASE tests, which rules are behind it, and what each tool does with it.",
    "fuzz": "Check random worlds, values and scripts against each other and against the specification.",
    "import": "Make cases of the WIT in FOLDER, laid out like the tests of wit-bindgen or wit-dylib.",
    "mutants": "Replace our tools with deliberately wrong ones, and report which checks notice them.",
    "reduce": "Make a case that disagrees as small as possible.",
    "report": "Draw RESULTS, files that `harness run|check|smoke|fuzz|mutants --json FILE` has written.",
    "run": "Run the cases at and under PATHS.",
    "schema": "Print the JSON Schema of a file that people write, or of results.",
    "smoke": "Run one tiny world in every cell.",
    "submit": "Make a case of SOURCE, or of a command that fails (-- COMMAND), ready to be handed in.",
    "upgrade": "Bring case files of older formats to the current one; comments stay.",
}
"""The first sentence of each one's help. `harness.cli.<name>` has the command, under its name."""

MODULES = {"import": "import_folder"}
"""Other names of modules and commands, where Python does not allow the name."""

FORMER = {"miniatures": "mutants"}
"""Old names, which work for one release."""


class LazyGroup(click.Group):
    """Loads a subcommand on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = FORMER.get(cmd_name, cmd_name)
        if name not in SUBCOMMANDS:
            return None
        module = MODULES.get(name, name)
        command: click.Command = getattr(import_module(f"harness.cli.{module}"), module)
        if name != cmd_name:
            command = copy(command)
            command.name = cmd_name
            command.deprecated = f"use `harness {name}`"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


@click.group(cls=LazyGroup, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wit-dylib-harness", prog_name="harness")
def commands() -> None:
    """Differential tests for wit-dylib generators, linkers and their interpreters.

    Exit codes: 0 all agree, 1 something disagrees, 2 wrong usage, 3 the harness itself is broken, 130 interrupted.
    """
