"""The `generator` command. Its subcommands and flags are those of wasm-tools, so that it can replace it."""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from generator.cli.arguments.parser import CommandParser
from generator.cli.standard_streams import replace_closed_streams
from generator.cli.visible import visible
from generator.errors import GeneratorError, UsageError, WitError

EXIT_OK = 0
EXIT_BAD_INPUT = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

_RARE_COLLECTIONS = (50_000, 20, 100)
"""Thresholds of the garbage collector: with the defaults it takes a quarter of the time of a large link."""


_ARGUMENTS = "generator.cli.arguments"


class Subcommand(NamedTuple):
    """A subcommand. `generator.cli.arguments.<module>` has its `add_parser(subparsers)`, which a help text needs, and
    `generator.cli.<module>` its `run(args) -> int`, which does the work."""

    path: tuple[str, ...]
    module: str
    help: str


SUBCOMMANDS = (
    Subcommand(("component", "wit"), "wit", "print WIT, or convert it"),
    Subcommand(("component", "embed"), "embed", "put a world into a core module"),
    Subcommand(("component", "new"), "new", "make a component of a core module"),
    Subcommand(("component", "link"), "link", "make a component of dynamic libraries"),
    Subcommand(("component", "init"), "init", "run a component's initialisation and keep the state"),
    Subcommand(("wit-dylib",), "wit_dylib", "generate the dynamic library of a world"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0, 1 for bad input (reported on stderr), 2 for wrong usage, 130 after Ctrl-C."""
    try:
        code = _main(argv)
    except MemoryError:
        code = None
    except KeyboardInterrupt:
        if argv is not None:  # it is for the caller
            raise
        _tell("interrupted")
        return EXIT_INTERRUPTED
    # Outside the clause, because the exception keeps all frames and so all input alive.
    if code is None:
        gc.collect()
        _tell("error: memory ran out: the input is too large for what `ulimit` or this machine allows")
        return EXIT_BAD_INPUT
    return code


def _main(argv: Sequence[str] | None) -> int | None:
    """None if memory ran out."""
    replace_closed_streams()
    if argv is None:  # a separate process, which allocates much and frees little
        gc.set_threshold(*_RARE_COLLECTIONS)
    arguments = list(sys.argv[1:] if argv is None else argv)
    chosen = _chosen(arguments)
    try:
        parser = _build_parser(chosen)
    except ModuleNotFoundError as error:
        if chosen is None or error.name != f"{_ARGUMENTS}.{chosen.module}":
            raise
        print(f"error: `{' '.join(chosen.path)}` is not part of this installation", file=sys.stderr)
        return EXIT_USAGE
    try:
        args = parser.parse_args(arguments)
    except SystemExit as stop:
        # argparse ends the process by itself, after help or a report of wrong usage.
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    if args.version:
        print(f"generator {_version()}")
        return EXIT_OK
    if chosen is None:
        parser.print_help(sys.stderr)
        return EXIT_USAGE
    return _run(importlib.import_module(f"generator.cli.{chosen.module}"), args)


def _run(module: ModuleType, args: argparse.Namespace) -> int | None:
    """None if memory ran out."""
    try:
        code: int = module.run(args)
        sys.stdout.flush()
    except MemoryError:
        # The first clause: to raise an exception again that no clause takes, CPython 3.11 needs memory for a number,
        # and tries for ever where there is none.
        return None
    except UsageError as error:
        _tell(f"error: {error}")
        return EXIT_USAGE
    except WitError as error:
        _tell(str(error))
        return EXIT_BAD_INPUT
    except GeneratorError as error:
        _tell(f"error: {error}")
        return EXIT_BAD_INPUT
    except RecursionError:
        # WIT text has a limit on nesting; binaries, which may be hostile, have none.
        print("error: the input nests too deeply", file=sys.stderr)
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # The reader of the output is gone. A closed descriptor prevents an error message at exit.
        sys.stderr.close()
        return EXIT_BAD_INPUT
    except OSError as error:
        _tell(f"error: {error.filename or 'input or output'}: {error.strerror or error}")
        return EXIT_BAD_INPUT
    return code


def _tell(message: str) -> None:
    print(visible(message), file=sys.stderr)


def _version() -> str:
    from importlib import metadata  # this import takes a fifth of the start-up time

    try:
        return metadata.version("wit-dylib-harness")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _chosen(arguments: Sequence[str]) -> Subcommand | None:
    """The subcommand at the start of the arguments; only its module is imported, which keeps the start-up short."""
    for subcommand in SUBCOMMANDS:
        if tuple(arguments[: len(subcommand.path)]) == subcommand.path:
            return subcommand
    return None


def _build_parser(chosen: Subcommand | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="generator", description=__doc__, allow_abbrev=False)
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    top = parser.add_subparsers(metavar="COMMAND", parser_class=CommandParser)
    component_help = "components and their WIT"
    component = top.add_parser("component", help=component_help, description=component_help, allow_abbrev=False)
    inner = component.add_subparsers(metavar="COMMAND", required=True)
    for subcommand in SUBCOMMANDS:
        group = inner if len(subcommand.path) > 1 else top
        if subcommand is chosen:
            importlib.import_module(f"{_ARGUMENTS}.{chosen.module}").add_parser(group)
        else:
            group.add_parser(subcommand.path[-1], help=subcommand.help)
    return parser
