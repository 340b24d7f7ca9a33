"""`component new`: a component of a core module that contains its world."""

from __future__ import annotations

import argparse

from generator.cli.arguments.component_output import add_component_output
from generator.cli.arguments.parser import add_dwarf

STANDARD_STREAM = "-"

_DESCRIPTION = (
    "Make a component of a core module that contains its world in `component-type` sections, as `component embed` and "
    "compilers write it. Unused imports of the world are left out."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "new", help="make a component of a core module", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument(
        "input", nargs="?", default=STANDARD_STREAM, metavar="INPUT", help="core module, binary or text; - is stdin"
    )
    add_component_output(parser)
    parser.add_argument(
        "--import-name", action="append", default=[], metavar="OLD=NEW", help="rename an imported interface"
    )
    parser.add_argument(
        "--realloc-via-memory-grow",
        action="store_true",
        help="adapters allocate with memory.grow instead of the module's cabi_realloc",
    )
    add_dwarf(parser)
    parser.add_argument(
        "--reject-legacy-names",
        action="store_true",
        help="core imports and exports need the names of the standard scheme (cm32p2)",
    )
    parser.add_argument(
        "--adapt",
        action="append",
        default=[],
        metavar="[NAME=]MODULE",
        help="provides what the module imports from the module NAME (else the file's name up to its first dot)",
    )
