"""`component new`: a component of a core module that contains its world."""

from __future__ import annotations

import argparse

from generator.cli.arguments.parser import Switch, add_dwarf

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
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="output file for the component; stdout by default")
    parser.add_argument(
        "--import-name", action="append", default=[], metavar="OLD=NEW", help="rename an imported interface"
    )
    parser.add_argument(
        "--merge-imports-based-on-semver",
        action=Switch,
        default=True,
        help="import only the highest of compatible versions",
    )
    parser.add_argument(
        "--emit-canonical-names", action="store_true", help="names have only the common part of compatible versions"
    )
    parser.add_argument("--debug-names", action=Switch, default=True, help="name the added modules and functions")
    parser.add_argument(
        "--realloc-via-memory-grow",
        action="store_true",
        help="adapters allocate with memory.grow instead of the module's cabi_realloc",
    )
    add_dwarf(parser)
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect")
    parser.add_argument(
        "--validate", action=Switch, default=False, help="check that the parts fit, and say what is not checked"
    )
    parser.add_argument(
        "--return-call-ref", action=Switch, default=False, help="shims call function references, by tail calls"
    )
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
    parser.add_argument("-t", "--wat", action="store_true", help="write the text format, by wasm-tools on PATH")
