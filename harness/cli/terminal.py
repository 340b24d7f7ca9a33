"""The commands' output. All output passes through here, so that no file, tool or guest can send commands to a
terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.text.visible import visible

if TYPE_CHECKING:  # a help text does not need it
    from rich.console import Console


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Write text to standard output or, with `err`, standard error."""
    click.echo(visible(text), err=err, nl=nl)


def show_error(error: click.ClickException) -> None:
    """The message of an error and, if it is about the command line, the usage of the command."""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        echo(error.ctx.get_usage(), err=True)
        echo(f"Try '{error.ctx.command_path} --help' for help.\n", err=True)
    echo(f"Error: {error.format_message()}", err=True)


def say(console: Console, text: str) -> None:
    """A line above a progress bar."""
    console.print(visible(text), markup=False, highlight=False, soft_wrap=True)
