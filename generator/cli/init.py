"""`generator component init`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.named_modules import read_input
from generator.cli.outputs import check_output, write_output
from generator.cli.visible import visible
from generator.errors import UsageError
from generator.preinit.errors import PreinitError
from generator.preinit.initialize import initialize
from generator.preinit.snapshot import InitOptions


def run(args: argparse.Namespace) -> int:
    """Raises PreinitError for a component that cannot be initialised, UsageError for options."""
    check_output(args)
    options = InitOptions(
        args.init_func,
        tuple([_variable(word) for word in args.env]),
        tuple([_folder(word) for word in args.dir]),
        args.seconds,
    )
    binary, name = read_input(args)
    try:
        component, snapshot = initialize(binary, options)
    except PreinitError as error:
        raise PreinitError(f"{name}: {error}") from error
    if snapshot.printed:
        print(visible(snapshot.printed.removesuffix("\n")), file=sys.stderr)
    write_output(args, component)
    return 0


def _variable(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise UsageError(f"--env `{word}`: expected NAME=VALUE")
    return name, value


def _folder(word: str) -> tuple[str, str]:
    host, separator, guest = word.partition("::")
    if not Path(host).is_dir():
        raise UsageError(f"--dir `{word}`: there is no folder `{host}`")
    return host, guest if separator else host
