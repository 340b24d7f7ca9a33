"""`wit-dylib`: the dynamic library of a world, for a link with an interpreter."""

from __future__ import annotations

import argparse

from generator.cli.arguments.parser import Switch

_DESCRIPTION = (
    "Generate the dynamic library of a world. Its functions convert between the component's values and an interpreter "
    "that is linked to it (wit_dylib.h). It imports only the functions that the world needs."
)

ENCODINGS = ("utf8", "utf16", "compact-utf16")
"""`generator.component.canon.StringEncoding`, the default first."""

ABI_VERSIONS = (2, 3)
"""`generator.dylib.world.options.ABI_VERSIONS`, the default last."""

OPTIMIZE = ("speed", "size")
"""`generator.dylib.world.options.Optimize`, the default first."""

STACK_POINTERS = ("global", "task-context")
"""`generator.dylib.world.options.StackPointer`, the default first."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "wit-dylib", help="generate the dynamic library of a world", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument("wit", metavar="WIT", help="a .wit file, a folder of them, or a WIT package in binary form")
    parser.add_argument("input", nargs="?", metavar="INPUT", help="no effect")
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="output file for the library; stdout by default")
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
        "the first that matches decides, otherwise the declaration",
    )
    parser.add_argument(
        "--exclude-interface",
        action="append",
        default=[],
        metavar="FILTER",
        help="interfaces that the interpreter imports or exports itself, separated by commas: "
        "[import:|export:]ns:pkg/interface[@version] or [import:|export:]name, in all compatible versions; nothing is "
        "generated for them, and only types that others use stay in the component-type section",
    )
    parser.add_argument(
        "--exclude-world",
        action="append",
        default=[],
        metavar="FILTER",
        help="the same for everything that a world imports and exports: [import:|export:]ns:pkg/world[@version], or "
        "[import:|export:]world in the same package",
    )
    parser.add_argument(
        "--abi-version",
        type=int,
        choices=ABI_VERSIONS,
        default=ABI_VERSIONS[-1],
        help="version of the interpreter interface (default: %(default)s)",
    )
    parser.add_argument(
        "--several-worlds",
        action="store_true",
        help="for a link of several such libraries with one interpreter, which must know this extension: each of its "
        "functions gets the world that a call belongs to (wit_dylib.h)",
    )
    parser.add_argument(
        "--stack-pointer",
        choices=STACK_POINTERS,
        default=STACK_POINTERS[0],
        help="location of the shadow stack pointer (default: %(default)s)",
    )
    parser.add_argument(
        "--optimize",
        choices=OPTIMIZE,
        default=OPTIMIZE[0],
        help="speed: small conversions of types are inlined wherever they are used; size: they are written once if "
        "that is shorter (default: %(default)s)",
    )
    parser.add_argument(
        "--encoding", choices=ENCODINGS, default=ENCODINGS[0], help="encoding of strings; only utf8 is supported"
    )
    parser.add_argument("--validate", action=Switch, default=False, help="only false is supported")
    parser.add_argument(
        "--emit-canonical-names",
        action="store_true",
        help="split versions in the component-type section: a name and its suffix",
    )
    parser.add_argument("-t", "--wat", action="store_true", help="write the text format, by wasm-tools on PATH")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect")
