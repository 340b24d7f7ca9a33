"""The option `--init` with the adapter that initialisation may use, as what a run needs (docs/preinit.md)."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

import click

from harness.cli.exits import UsedWrongly
from harness.cli.guest_options import named_files, take_interpreter
from harness.composition.initial_wasi import PREVIEW1
from harness.toolchains.cells import OURS, WIZER
from harness.toolchains.interpreter import BadInterpreter, Interpreter, NamedFile, read_adapters
from harness.toolchains.wizer import NO_WIZER, command

INIT = click.option(
    "--init",
    "initializer",
    is_flag=False,
    flag_value=OURS,
    type=click.Choice([OURS, WIZER]),
    metavar="[wizer]",
    help="Pre-initialise each subject by `generator component init`, or by `wasmtime wizer`, before it is composed "
    "(docs/preinit.md).",
)
"""For `take_subject`."""
NO_INTERPRETER = "--init needs the harness's own interpreter: leave out --interpreter"
NO_WASI = (
    "--init wizer: `wasmtime wizer` stands in for what subjects import, and then for WASI as well, so --adapt is for "
    "`component init` (--init)"
)
NO_LIBRARY = "--init: --library is for another interpreter than the harness's own, which --init needs"
ONE_ADAPTER = f"--init: initialisation uses one adapter, that of WASI 0.1: --adapt {PREVIEW1}=FILE"


@dataclass(frozen=True, slots=True)
class Initializing:
    """`tool`: which tool pre-initialises every subject; empty: none. `adapters`: as in `Settings`."""

    tool: str = ""
    adapters: tuple[NamedFile, ...] = ()

    def words(self) -> list[str]:
        """The options in a command that repeats a run."""
        if not self.tool:
            return []
        words = ["--init", WIZER] if self.tool == WIZER else ["--init"]
        return words + [word for item in self.adapters for word in ("--adapt", f"{item.name}={item.path}")]

    def told(self) -> str:
        """For a reader of results."""
        if not self.tool:
            return "no"
        return shlex.join([self.tool, *[f"{item.name}={item.path}" for item in self.adapters]])


NOT_INITIALIZED = Initializing()


def take_subject(given: dict[str, Any]) -> tuple[Interpreter | None, Initializing]:
    """An interpreter under test, or what pre-initialises subjects with ours; their options are removed from a command's
    parameters. Raises `UsedWrongly`."""
    tool = given.pop("initializer") or ""
    if not tool:
        return take_interpreter(given), NOT_INITIALIZED
    if tool == WIZER and command() is None:
        raise UsedWrongly(NO_WIZER)
    if given["interpreter"] is not None:
        raise UsedWrongly(NO_INTERPRETER)
    if given["libraries"]:
        raise UsedWrongly(NO_LIBRARY)
    adapters = named_files("--adapt", given["adapters"])
    if adapters and tool == WIZER:
        raise UsedWrongly(NO_WASI)
    given["adapters"] = ()
    if adapters and [item.name for item in adapters] != [PREVIEW1]:
        raise UsedWrongly(ONE_ADAPTER)
    try:
        read_adapters(adapters)
    except BadInterpreter as error:
        raise UsedWrongly(str(error)) from error
    return take_interpreter(given), Initializing(tool, adapters)
