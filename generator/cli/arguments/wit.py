"""Read WIT as text or in binary form, and write it in another form."""

from __future__ import annotations

import argparse

STANDARD_STREAM = "-"

_Subparsers = argparse._SubParsersAction


def add_parser(subparsers: _Subparsers[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("wit", help="print WIT, or convert it", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "input",
        nargs="?",
        default=STANDARD_STREAM,
        metavar="INPUT",
        help="a .wit file, a folder of them, or a .wasm or .wat file (WIT package, component, or core module that "
        "contains a world); - or nothing is stdin",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="output file; stdout by default")
    parser.add_argument("--out-dir", metavar="DIR", help="write each package to its own file in this folder")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("-w", "--wasm", action="store_true", help="write the binary form of the package")
    form.add_argument("-j", "--json", action="store_true", help="write JSON")
    form.add_argument("-t", "--wat", action="store_true", help="write the text format, by wasm-tools on PATH")
    parser.add_argument("--no-docs", action="store_true", help="omit documentation from WIT text")
    parser.add_argument("--features", action="append", default=[], metavar="NAMES", help="features to enable")
    parser.add_argument("--all-features", action="store_true", help="enable all features")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--importize", action="store_true", help="the world that imports the component in INPUT")
    change.add_argument("--importize-world", metavar="WORLD", help="the world that imports the exports of WORLD")
    change.add_argument("--exportize", action="store_true", help="the world that exports the imports of the component")
    change.add_argument("--exportize-world", metavar="WORLD", help="the world that exports the imports of WORLD")
    change.add_argument(
        "--merge-world-imports-based-on-semver",
        metavar="WORLD",
        help="import only the highest of compatible versions of an interface",
    )
    change.add_argument("--generate-nominal-type-ids", metavar="WORLD", help="not supported")
    parser.add_argument("--importize-out-world-name", metavar="NAME", help="name of the importized world")
    parser.add_argument("--exportize-out-world-name", metavar="NAME", help="name of the exportized world")
    parser.add_argument(
        "--exportize-import", action="append", default=[], metavar="IMPORT", help="move only these imports"
    )
    parser.add_argument(
        "--skip-validation", action="store_true", help="write binary output even if it is too large for any engine"
    )
    parser.add_argument("--emit-canonical-names", action="store_true", help="split versions in binary output")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect: output has no colors")
