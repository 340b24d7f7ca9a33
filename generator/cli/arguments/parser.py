"""Command lines in the syntax of the reference: inputs anywhere between options, switches as `--flag[=true|false]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any


class Switch(argparse.Action):
    """A truth value after `=`: `--flag lib.so` is the flag alone and an input."""

    def __init__(self, option_strings: Sequence[str], dest: str, default: bool, help: str) -> None:
        super().__init__(
            option_strings, dest, nargs="?", const=True, default=default, type=_truth, help=help, metavar="true|false"
        )

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, values)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"`{text}` is neither true nor false")
    return text == "true"


def add_dwarf(parser: argparse.ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--generate-dwarf",
        choices=("lines", "full"),
        help="debugging information about text input, by wasm-tools on PATH",
    )
    either.add_argument(
        "-g",
        dest="generate_dwarf",
        action="store_const",
        const="full",
        help="the same as --generate-dwarf full",
    )


class CommandParser(argparse.ArgumentParser):
    """argparse takes inputs from only one place, and takes the word after a switch as its value; this parser does
    not."""

    _inside = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        # `parse_known_intermixed_args` calls this for each of its two passes; groups of subcommands cannot use it.
        if self._inside or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        switches = {word for action in self._actions if isinstance(action, Switch) for word in action.option_strings}
        words = [f"{word}=true" if word in switches else word for word in args or ()]
        self._inside = True
        try:
            return self.parse_known_intermixed_args(words, namespace)
        finally:
            self._inside = False
