"""`generator component init`: the arguments."""

from __future__ import annotations

import argparse

_DESCRIPTION = (
    "Run a function of a component once, by the Python package wasmtime, and write a component that begins with the "
    "state that the function leaves: memories and globals. Start functions do not run again. Everything else stays "
    "byte for byte. State that cannot be kept is refused."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "init", help="run a component's initialisation and keep the state", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument("input", nargs="?", metavar="INPUT", help="component, binary or text; - or nothing is stdin")
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="output file; stdout by default")
    parser.add_argument(
        "--init-func",
        required=True,
        metavar="NAME",
        help="exported function without parameters, NAME or INTERFACE#NAME",
    )
    parser.add_argument(
        "--env", action="append", default=[], metavar="NAME=VALUE", help="environment variable of the initialisation"
    )
    parser.add_argument(
        "--dir",
        action="append",
        default=[],
        metavar="HOST[::GUEST]",
        help="folder that the initialisation may read and write",
    )
    parser.add_argument(
        "--seconds", type=_positive, default=300, metavar="N", help="limit on the time of the initialisation (300)"
    )
    parser.add_argument("-t", "--wat", action="store_true", help="write the text format, by wasm-tools on PATH")


def _positive(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a positive number of seconds")
    return value
