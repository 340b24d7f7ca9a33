"""`component link`: a component of dynamic libraries and their worlds."""

from __future__ import annotations

import argparse

from generator.cli.arguments.component_output import add_component_output

_DESCRIPTION = (
    "Link dynamic libraries (tool-conventions, DynamicLinking.md) into a component whose world is the union of theirs. "
    "If several libraries export a symbol, the first of them defines it. Libraries that are not reachable from an "
    "export of the world are left out, with a warning if their own world imports something. At most one library may "
    "be one of wit-dylib, except with --several-worlds."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "link", help="make a component of dynamic libraries", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument(
        "libraries",
        nargs="*",
        metavar="[NAME=]MODULE",
        help="library, with the name that others need if it is not the file's name",
    )
    add_component_output(parser)
    parser.add_argument("--stack-size", type=_size, metavar="BYTES", help="size of the stack that all libraries share")
    parser.add_argument(
        "--stub-missing-functions", action="store_true", help="functions that no library exports trap when called"
    )
    parser.add_argument(
        "--realloc-via-memory-grow",
        action="store_true",
        help="adapters allocate with memory.grow, not with the libraries' cabi_realloc",
    )
    parser.add_argument(
        "--dl-openable",
        action="append",
        default=[],
        metavar="[NAME=]MODULE",
        help="library that dlopen finds; it has the lowest priority",
    )
    parser.add_argument("--use-built-in-libdl", action="store_true", help="add a library with dlopen, dlsym and so on")
    parser.add_argument(
        "--reject-legacy-names",
        action="store_true",
        help="imports from WIT and exports of the world need the names of the standard scheme (cm32p2)",
    )
    parser.add_argument(
        "--several-worlds",
        action="store_true",
        help="link several libraries of wit-dylib, all generated with this flag",
    )
    parser.add_argument(
        "--adapt",
        action="append",
        default=[],
        metavar="[NAME=]MODULE",
        help="implements the libraries' imports from the module NAME (default: the file's name up to its first dot)",
    )


def _size(text: str) -> int:
    try:
        size = int(text)
    except ValueError:
        size = -1
    if not 0 <= size < 1 << 32:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of bytes from 0 to {(1 << 32) - 1}")
    return size
