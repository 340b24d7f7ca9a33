"""`harness upgrade`: case files of older formats in the current one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli import exits
from harness.cli.exits import UsedWrongly
from harness.cli.terminal import echo
from harness.runs.suite_files import FileKind, NoCases, SuiteFile, find
from harness.text import atomic
from harness.text.files import UnreadableFile, read_text_file
from reports.shown import one_line

if TYPE_CHECKING:
    from harness.suite.upgrading import Upgraded


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if a file has an older format.")
def upgrade(paths: tuple[Path, ...], check: bool) -> None:
    """Bring case files of older formats to the current one; comments stay.

    PATHS are files and folders with cases, link cases and tables of negative cases. A file is replaced only if it has
    an older format and is right afterwards. Exit codes: 0 all files have the current format, 1 with --check: some do
    not, 2 wrong usage, or a file that is no case.
    """
    try:
        files = find(paths)
    except NoCases as error:
        raise UsedWrongly(str(error)) from error
    changed = failed = 0
    for file in files:
        try:
            changed += _upgrade(file, check)
        except (ValueError, atomic.CannotWrite) as error:
            failed += 1
            echo(f"Error: {error}", err=True)
    done = "to be upgraded (without --check they are)" if check else "upgraded"
    refused = f", {failed} not usable" if failed else ""
    echo(f"{len(files)} files: {len(files) - changed - failed} have the current format, {changed} {done}{refused}")
    sys.exit(exits.USED_WRONGLY if failed else exits.DISAGREE if check and changed else exits.AGREE)


def _upgrade(file: SuiteFile, check: bool) -> bool:
    """Whether the file has an older format. Raises `ValueError` and `CannotWrite`, whose messages name the file."""
    from harness.suite.upgrading import upgraded  # a help text does not need it

    try:
        text = read_text_file(file.path)
    except UnreadableFile as error:
        raise ValueError(f"{file.path}: {error}") from error
    result = upgraded(text, str(file.path), file.path.parent)
    _check_format(file, result)
    if not result.changes:
        return False
    if not check:
        ends = "\r\n" if b"\r\n" in file.path.read_bytes() else "\n"
        atomic.write(file.path, result.text.replace("\n", ends))
    for change in result.changes:
        echo(f"{one_line(str(file.path))}: {change}")
    return True


def _check_format(file: SuiteFile, result: Upgraded) -> None:
    """Raises `FileError` if the file in its new form is no case."""
    from harness.suite.case import parse_case
    from harness.suite.link_case import parse_link_case
    from harness.suite.negative_cases import parse_negative_cases

    name = str(file.path)
    match file.kind:
        case FileKind.CASE:
            parse_case(result.text, name, file.path.parent)
        case FileKind.LINK_CASE:
            parse_link_case(result.text, name)
        case FileKind.NEGATIVE_CASES:
            parse_negative_cases(result.text, name)
