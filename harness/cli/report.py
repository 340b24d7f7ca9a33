"""`harness report`: result files drawn for people and for other programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli import outputs, site_folder
from harness.cli.exits import UsedWrongly
from harness.cli.terminal import echo
from harness.text import atomic
from harness.text.files import UnreadableFile, read_text_file

if TYPE_CHECKING:
    from reports.inputs import Inputs

MAX_BYTES = 256 << 20
"""The most bytes of a result file: about ten thousand cases."""
SITE = "site"
WRITERS: Mapping[str, tuple[str, str]] = {
    "text": ("reports.plain", "text"),
    "junit": ("reports.junit", "junit"),
    "markdown": ("reports.markdown", "markdown"),
    "badge": ("reports.badge", "badge"),
}
"""Formats of one file: the module and the function that writes it."""


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--format",
    "kind",
    type=click.Choice([SITE, *WRITERS]),
    help="site: pages in a folder. text: for the terminal. junit: XML. markdown: for a pull request. badge: an SVG. "
    f"Default: {SITE} with -o, else text.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="The folder of the site; the file of another format, which else goes to standard output.",
)
def report(results: tuple[Path, ...], kind: str | None, output: Path | None) -> None:
    """Draw RESULTS, files that `harness run|check|smoke|fuzz|mutants --json FILE` has written.

    A site shows the last run that is named, compares it with the one before, and has charts over all. Exit code 0,
    for any results; 2 for files that cannot be read or written.
    """
    kind = kind or (SITE if output is not None else "text")
    if kind == SITE:
        if output is None:
            raise UsedWrongly("--format site needs -o DIR: the folder of the site")
        site_folder.check(output)
    elif output is not None:
        outputs.check_file(output)
    inputs = _read(results)
    if kind == SITE and output is not None:
        from reports.site.build import Site

        count = site_folder.write(output, Site(inputs).pages())
        echo(f"{count} files: open {output / 'index.html'}")
        return
    module, function = WRITERS[kind]
    write: Callable[[Inputs], str] = getattr(import_module(module), function)
    if output is None:
        echo(write(inputs), nl=False)
        return
    try:
        atomic.write(output, write(inputs))
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error


def _read(paths: tuple[Path, ...]) -> Inputs:
    """Raises `UsedWrongly`."""
    from reports.inputs import Inputs, ResultFile
    from reports.reading import UnreadableResults, read

    found = []
    for path in paths:
        try:
            found.append(ResultFile(str(path), read(str(path), read_text_file(path, MAX_BYTES))))
        except UnreadableFile as error:
            raise UsedWrongly(f"{path} {error}") from error
        except UnreadableResults as error:
            raise UsedWrongly(str(error)) from error
    return Inputs(tuple(found))
