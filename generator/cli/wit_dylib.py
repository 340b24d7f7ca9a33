"""`wit-dylib`: the dynamic library of a world, to be linked with an interpreter."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.parser import Switch
from generator.dylib.generate import generate
from generator.dylib.world.async_filter import AsyncFilters
from generator.dylib.world.options import ABI_VERSIONS, DylibOptions, StackPointer
from generator.errors import UsageError
from generator.sources.load import load, select_world

_STANDARD_STREAM = "-"
_DESCRIPTION = (
    "Generate the dynamic library of a world. Its functions convert between the component's values and an interpreter "
    "that is linked to it (wit_dylib.h). Only the functions that the world needs are imported."
)

_ENCODINGS = ("utf8", "utf16", "compact-utf16")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "wit-dylib", help="generate the dynamic library of a world", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument("wit", metavar="WIT", help="a .wit file, a folder of them, or a WIT package in binary form")
    parser.add_argument("input", nargs="?", metavar="INPUT", help="no effect")
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="where to write the library; stdout if not given")
    parser.add_argument("-w", "--world", metavar="WORLD", help="the world, if the package has more than one")
    parser.add_argument("--interpreter", metavar="NAME", help="name of the library that it needs (dylink.0)")
    parser.add_argument("--features", action="append", default=[], metavar="NAMES", help="features to enable")
    parser.add_argument("--all-features", action="store_true", help="enable all features")
    parser.add_argument(
        "--async",
        dest="async_filters",
        action="append",
        default=[],
        metavar="FILTER",
        help="which functions are async, separated by commas: [-]all or [-][import:|export:]ns:pkg/interface#function; "
        "the first that matches decides, otherwise the declaration (async functions are not supported yet)",
    )
    parser.add_argument(
        "--abi-version",
        type=int,
        choices=ABI_VERSIONS,
        default=ABI_VERSIONS[-1],
        help="version of the interpreter interface (default: %(default)s)",
    )
    parser.add_argument(
        "--stack-pointer",
        choices=[place.value for place in StackPointer],
        default=StackPointer.GLOBAL.value,
        help="where the pointer of the shadow stack is (default: %(default)s)",
    )
    parser.add_argument("--encoding", choices=_ENCODINGS, default="utf8", help="of strings; only utf8 is supported")
    parser.add_argument("--validate", action=Switch, default=False, help="only false is supported")
    parser.add_argument(
        "--emit-canonical-names",
        action="store_true",
        help="split versions in the component-type section: a name and its suffix",
    )
    parser.add_argument("-t", "--wat", action="store_true", help="not supported")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect")


def run(args: argparse.Namespace) -> int:
    """Raises WitError for bad WIT, UnsupportedError for functions that are not supported, UsageError for options."""
    _refuse_unsupported(args)
    resolve, package = load(Path(args.wit), args.features, args.all_features)
    options = DylibOptions(
        interpreter=args.interpreter,
        async_filters=AsyncFilters.parse(args.async_filters),
        abi_version=args.abi_version,
        stack_pointer=StackPointer(args.stack_pointer),
        canonical_names=args.emit_canonical_names,
    )
    library = generate(resolve, select_world(resolve, package, args.world), options)
    if args.output is None or args.output == _STANDARD_STREAM:
        sys.stdout.buffer.write(library)
    else:
        Path(args.output).write_bytes(library)
    return 0


def _refuse_unsupported(args: argparse.Namespace) -> None:
    if args.encoding != "utf8":
        # The interpreter's functions have no notion of an encoding: bytes in UTF-16 would be taken for UTF-8.
        raise UsageError(f"--encoding {args.encoding} is not supported: interpreters expect UTF-8")
    for flag, given in (
        ("--validate", args.validate),
        ("--wat", args.wat),
    ):
        if given:
            raise UsageError(f"{flag} is not supported")
    if args.output is None and sys.stdout.isatty():
        raise UsageError("binary output does not go to a terminal; say where with --output")
