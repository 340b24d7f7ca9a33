"""Options of all commands that make a component of modules: about the component, and the common ones without effect."""

from __future__ import annotations

import argparse

from generator.cli.arguments.parser import Switch


def add_component_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="output file for the component; stdout by default")
    parser.add_argument("-t", "--wat", action="store_true", help="write the text format, by wasm-tools on PATH")
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
        "--validate", action=Switch, default=False, help="check that the parts fit, and say what is not checked"
    )
    parser.add_argument(
        "--return-call-ref", action=Switch, default=False, help="shims call function references, by tail calls"
    )
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect")
