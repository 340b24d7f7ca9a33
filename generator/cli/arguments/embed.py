"""Put the description of a world into a core module, where `component new` looks for it."""

from __future__ import annotations

import argparse

from generator.cli.arguments.parser import add_dwarf

ENCODINGS = ("utf8", "utf16", "compact-utf16")
"""`generator.component.canon.StringEncoding`, the default first."""

DUMMY_NAMES = ("legacy", "standard32")
"""`generator.dummy.schemes.SCHEMES`."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "embed", help="put a world into a core module", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("wit", metavar="WIT", help="a .wit file, a folder of them, or a WIT package in binary form")
    parser.add_argument("input", nargs="?", metavar="INPUT", help="core module, binary or text; - or nothing is stdin")
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="output file; stdout by default")
    parser.add_argument("-w", "--world", metavar="WORLD", help="name of a world in WIT, or its full name")
    parser.add_argument(
        "--encoding",
        choices=ENCODINGS,
        default=ENCODINGS[0],
        help="how strings are encoded in the core module",
    )
    parser.add_argument("--features", action="append", default=[], metavar="NAMES", help="features to enable")
    parser.add_argument("--all-features", action="store_true", help="enable all features")
    parser.add_argument("--dummy", action="store_true", help="make a core module instead of reading one")
    parser.add_argument("--dummy-names", choices=DUMMY_NAMES, help="the same, with core names in this scheme")
    parser.add_argument("--only-custom", action="store_true", help="write only the contents of the custom section")
    parser.add_argument("--emit-canonical-names", action="store_true", help="split versions: a name and its suffix")
    with_async = parser.add_mutually_exclusive_group()
    for flag, how in (("--async-callback", "with a callback"), ("--async-stackful", "without a callback")):
        with_async.add_argument(
            flag,
            action="store_true",
            help=f"with `--dummy-names legacy`: async functions have the asynchronous ABI, exports {how}",
        )
    parser.add_argument("-t", "--wat", action="store_true", help="write the text format, by wasm-tools on PATH")
    add_dwarf(parser)
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect: output has no colors")
