"""`harness fuzz`: random worlds, values and scripts; a difference is reduced to a case."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console

from harness.cli import exits, outputs
from harness.cli.chosen import as_argument
from harness.cli.exits import UsedWrongly
from harness.cli.fuzz_options import SWITCHES, profile_of, seconds_of, switches_of, worlds_of
from harness.cli.fuzz_results import head, report, scope
from harness.cli.guest_options import guest_options, interpreter_words
from harness.cli.initializing import INIT, take_subject
from harness.cli.options import JOBS, JSON, take_chosen, tool_options
from harness.cli.outputs import JsonFile
from harness.cli.terminal import echo
from harness.fuzz import state
from harness.fuzz.campaign import INTERRUPTED, Bounds, Campaign
from harness.fuzz.drawn import LINK, RANDOM, SOURCES
from harness.fuzz.findings import Ledger
from harness.fuzz.progress import TerminalProgress
from harness.fuzz.trial import DEFAULT_CALLS, Recipe
from harness.process.children import ProcessLimits
from harness.runs.pool import Patience
from harness.text import atomic
from harness.text.limits import MAX_CALLS
from harness.toolchains.cells import WIZER
from reports import fuzz as reports
from reports.model import NOT_ENDED

PATIENCE = Patience(step=20.0)
TOOL_LIMITS = ProcessLimits(seconds=15.0, memory=2 << 30)
DEFAULT_WORLDS = 100
DEFAULT_FINDINGS = Path("findings")
_COMMAND_LINE = ParameterSource.COMMANDLINE


@click.command()
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="World I depends on (seed, I).")
@click.option(
    "--worlds",
    callback=worlds_of,
    multiple=True,
    metavar="K|SOURCE",
    help=f"The number of worlds (with --resume: in all), or their source ({', '.join(SOURCES)}), or both. "
    f"Default: {DEFAULT_WORLDS} random worlds.",
)
@click.option("--time", "seconds", callback=seconds_of, metavar="TIME", help="Stop after this time: 90, 60s, 15m, 1h.")
@click.option(
    "--index",
    type=click.IntRange(0),
    help="Only this world, or K worlds from this one on with --worlds K. Does not change the campaign's state.",
)
@click.option(
    "--calls",
    type=click.IntRange(1, MAX_CALLS),
    default=DEFAULT_CALLS,
    show_default=True,
    help="Approximately, for each world.",
)
@click.option(
    "--kinds",
    multiple=True,
    help=f"The kinds of things that worlds may contain, comma separated: {', '.join(SWITCHES)}; `no-` excludes a kind, "
    "`always-` gives it to every world.",
)
@click.option("--features", "former_kinds", multiple=True, hidden=True, help="The former name of --kinds.")
@JOBS
@click.option(
    "--findings",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_FINDINGS,
    show_default=True,
    help="The folder for cases of findings and for the state of the campaign.",
)
@click.option("--resume", is_flag=True, help="Continue the campaign in the folder of findings.")
@click.option("--reduce/--no-reduce", "reducing", default=True, help="Whether to reduce findings.")
@JSON
@INIT
@guest_options
@tool_options
@click.pass_context
def fuzz(
    context: click.Context,
    /,
    seed: int,
    worlds: tuple[int | None, str],
    seconds: float | None,
    index: int | None,
    calls: int,
    kinds: tuple[str, ...],
    former_kinds: tuple[str, ...],
    jobs: int,
    directory: Path,
    resume: bool,
    reducing: bool,
    json_path: Path | None,
    **tools: Any,
) -> None:
    """Check random worlds, values and scripts against each other and against the specification.

    Every finding becomes a reduced case. Exit codes: 0 nothing new, 1 a finding that no expectation explains, 2 wrong
    usage, 3 the harness itself failed, 130 interrupted.
    """
    interpreter, initializing = take_subject(tools)
    chosen, json_file = replace(take_chosen(tools), quick_reference=False), JsonFile(json_path)
    quick = replace(chosen, quick_reference=True)
    count, source = worlds
    if interpreter is not None and source == LINK:
        raise UsedWrongly("--worlds link: a program of libraries has no interpreter that could be another")
    if initializing.tool == WIZER and source == LINK:
        raise UsedWrongly("--worlds link: a program of libraries has no function that `wasmtime wizer` could run")
    if former_kinds:
        echo("--features is deprecated: use --kinds", err=True)
    start = _Start(Recipe(seed, calls, source, profile_of(kinds + former_kinds)), Ledger(), index or 0, count)
    if resume and index is not None:
        raise UsedWrongly("--resume continues a campaign, --index repeats one world")
    subject = [*interpreter_words(interpreter), *initializing.words()]
    settings = [*subject, *chosen.words()]
    if resume:
        start = _resumed(context, directory, start, seconds, settings)
    elif start.worlds is None and (index is not None or seconds is None):
        start.worlds = 1 if index is not None else DEFAULT_WORLDS
    json_file.check()
    if index is None or context.get_parameter_source("directory") is _COMMAND_LINE:
        outputs.check_folder(directory)
    with (
        quick.open_run(jobs, TOOL_LIMITS, PATIENCE, interpreter, initializing.adapters) as run,
        TerminalProgress(Console(stderr=True)) as shown,
    ):
        campaign = Campaign(
            run=run,
            recipe=start.recipe,
            options=replace(chosen.options(run, artifacts=None), initializer=initializing.tool),
            bounds=Bounds(start.worlds, seconds, jobs),
            directory=directory,
            commands=_Commands(start.recipe, settings, [*subject, *quick.words()], directory),
            settings=settings,
            watcher=shown,
            ledger=start.ledger,
            first=start.first,
            reducing=reducing and interpreter is None,
            keeps_state=index is None,
        )
        shown.say(reports.head_text(head(campaign), scope(campaign)))
        json_file.begin(reports.to_json(replace(head(campaign), stopped=NOT_ENDED)))
        if index is None and not resume:
            _put_aside(directory, shown)
        campaign.go()
        summary = report(campaign)
    echo(reports.summary_text(summary), err=json_file.to_stdout)
    json_file.write(reports.to_json(summary))
    sys.exit(_exit_code(summary))


@dataclass(slots=True)
class _Start:
    """The beginning of a campaign. `worlds`: the number in all; None: until the time is over."""

    recipe: Recipe
    ledger: Ledger
    first: int
    worlds: int | None


def _exit_code(summary: reports.FuzzRun) -> int:
    if summary.stopped == INTERRUPTED:
        return exits.INTERRUPTED
    if summary.errors or summary.stopped:
        return exits.BROKEN
    return exits.DISAGREE if summary.new else exits.AGREE


def _put_aside(directory: Path, shown: TerminalProgress) -> None:
    """Keep an earlier campaign's state."""
    try:
        moved = state.put_aside(directory)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error
    if moved is not None:
        shown.say(f"the state of an earlier campaign is now {moved}; --resume would have continued it")


@dataclass(frozen=True, slots=True)
class _Commands:
    """The commands that repeat a case or a world."""

    recipe: Recipe
    settings: Sequence[str]
    quick: Sequence[str]
    """The options of the worlds' runs, for `harness run`."""
    directory: Path

    def trial(self, index: int) -> str:
        recipe = self.recipe
        words = ["harness", "fuzz", "--seed", str(recipe.seed), "--index", str(index)]
        words += ["--worlds", recipe.worlds] if recipe.worlds != RANDOM else []
        words += ["--calls", str(recipe.calls)] if recipe.calls != DEFAULT_CALLS else []
        kinds = switches_of(recipe.profile)
        words += ["--kinds", kinds] if kinds else []
        words += ["--findings", str(self.directory)] if self.directory != DEFAULT_FINDINGS else []
        return shlex.join([*words, *self.settings])

    def case(self, file: Path) -> str:
        return shlex.join(["harness", "run", as_argument(file), *self.quick])


def _resumed(
    context: click.Context, directory: Path, start: _Start, seconds: float | None, settings: list[str]
) -> _Start:
    """The campaign to continue; the command line must not contradict it."""
    try:
        found = state.load(directory)
    except state.CannotResume as error:
        raise UsedWrongly(str(error)) from error
    recipe = start.recipe
    given = {
        name.removeprefix("former_")
        for name in ("seed", "calls", "kinds", "former_kinds")
        if context.get_parameter_source(name) is _COMMAND_LINE
    }
    contradictions = [
        name
        for name, same in (
            ("seed", found.recipe.seed == recipe.seed),
            ("calls", found.recipe.calls == recipe.calls),
            ("kinds", found.recipe.profile == recipe.profile),
        )
        if name in given and not same
    ]
    if recipe.worlds not in (RANDOM, found.recipe.worlds):
        contradictions.append("worlds")
    if list(found.settings) != settings:
        contradictions.append(
            "toolchain, --interpreter, --init, --reference, --expectations, --nearest-expectations, --engine or "
            "--matrix"
        )
    if contradictions:
        was = shlex.join(found.settings) or "none of these options"
        hint = f" (it began with {was})" if "toolchain" in contradictions[0] else ""
        raise UsedWrongly(f"the campaign in {directory} had another --{contradictions[0]}{hint}")
    worlds = start.worlds
    if worlds is None and seconds is None:
        worlds = found.wanted or found.ledger.worlds + DEFAULT_WORLDS
    return _Start(found.recipe, found.ledger, found.first, worlds)
