"""`harness reduce`: a case that disagrees, as small as possible."""

from __future__ import annotations

import contextlib
import shlex
import sys
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from harness.bench.examination import Options
from harness.cli import exits, outputs
from harness.cli.chosen import as_argument
from harness.cli.exits import UsedWrongly
from harness.cli.finding_option import FINDING, listed, none_chosen
from harness.cli.guest_options import guest_options, interpreter_words
from harness.cli.initializing import INIT, take_subject
from harness.cli.live import Live
from harness.cli.options import take_chosen, tool_options
from harness.cli.terminal import echo
from harness.fuzz.wanted import FIRST, NO_FINDINGS, Findings, Wanted
from harness.process.interrupts import result_of
from harness.runs.pool import PoolClosed, TaskFailed
from harness.runs.runner import Runner
from harness.runs.suite_files import FileKind, NoCases, SuiteFile, find
from harness.text import atomic

if TYPE_CHECKING:
    from harness.fuzz.reduce_case import ReduceCase
    from harness.fuzz.reduce_file import FileReduced
    from harness.fuzz.reduce_guest_case import ReduceGuestCase
    from harness.fuzz.reduce_link_case import ReduceLinkCase
    from harness.fuzz.reduce_table import ReduceTable

    Reducing: TypeAlias = ReduceCase | ReduceGuestCase | ReduceLinkCase | ReduceTable

_LOOK_EVERY = 0.25
"""Seconds."""
WITHOUT_WORLD = {FileKind.NEGATIVE_CASES: "a table of negative cases", FileKind.LINK_CASE: "a link case"}


@dataclass(frozen=True, slots=True)
class ReducedCase:
    """`code`: an exit code. `text`: a case, if there is one. `findings`: those of the unchanged file."""

    code: int
    text: str | None = None
    findings: Findings = NO_FINDINGS


@click.command()
@click.argument("case", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output", "-o", type=outputs.FILE, default=outputs.STDOUT, metavar="FILE", help="Instead of standard output."
)
@click.option("--force", is_flag=True, help="Replace the file of --output if it exists; it may be CASE itself.")
@click.option("--known", is_flag=True, help="Reduce a known fault, one that `expectations/` explains.")
@FINDING
@INIT
@guest_options
@tool_options
def reduce(case: Path, output: Path, force: bool, known: bool, wanted: Wanted, **tools: Any) -> None:
    """Make a case that disagrees as small as possible.

    CASE is a case, a link case or a table of negative cases. What remains shows the same finding: the same toolchain,
    level and kind. Ctrl-C writes the smallest case so far.
    Exit codes: 0 a reduced case is written, 1 the case disagrees but cannot be reduced, 2 nothing to reduce or wrong
    usage, 3 the harness itself failed, 130 interrupted.
    """
    try:
        (file,) = find([case])
    except NoCases as error:
        raise UsedWrongly(str(error)) from error
    interpreter, initializing = take_subject(tools)
    if interpreter is not None:
        if file.kind in WITHOUT_WORLD:
            raise UsedWrongly(f"{case} is {WITHOUT_WORLD[file.kind]}, which has no interpreter that could be another")
        if known:
            raise UsedWrongly("--known: there are no known faults of interpreters")
    if known and file.kind is FileKind.NEGATIVE_CASES:
        raise UsedWrongly(
            f"{case} is a table of negative cases: the `reference` of a row states its known fault, "
            "so --known does not apply"
        )
    if output != outputs.STDOUT:
        if output.exists() and not force:
            raise UsedWrongly(f"--output {output}: this file already exists (--force replaces it)")
        outputs.check_file(output)
    chosen = take_chosen(tools)
    repeat = ["harness", "reduce", as_argument(case), *(["--known"] if known else [])]
    repeat += wanted.words
    around = [*interpreter_words(interpreter), *initializing.words(), *chosen.words()]
    repeat += around
    with chosen.open_run(1, interpreter=interpreter, adapters=initializing.adapters) as run:
        for note in run.notes:
            echo(note, err=True)
        options = replace(chosen.options(run, None), initializer=initializing.tool)
        answer = reduced(run, file, options, shlex.join(repeat), known, wanted)
    if answer.text is not None:
        _write(answer.text, output)
        if output != outputs.STDOUT:
            echo(shlex.join(["harness", "run", as_argument(output), *around]))
    sys.exit(answer.code)


def reduced(
    run: Runner, file: SuiteFile, options: Options, repeat: str, known: bool = False, wanted: Wanted = FIRST
) -> ReducedCase:
    """Reduce a file. Says on standard error what it is about. Raises `UsedWrongly`."""
    smallest = run.settings.directory / "smallest.json"
    if run.settings.interpreter is not None:
        from harness.fuzz.reduce_guest_case import ReduceGuestCase

        guest = ReduceGuestCase(file.path, file.name, options, wanted, smallest, repeat)
        return _reduce(run, guest)
    return _reduce(run, _task(file, options, known, wanted, smallest, repeat))


def check_choice(run: Runner, file: SuiteFile, options: Options, wanted: Wanted) -> None:
    """Raises `UsedWrongly` if a case, or a link case, does not show the wanted finding."""
    smallest = run.settings.directory / "smallest.json"
    task: Reducing
    if run.settings.interpreter is not None:
        from harness.fuzz.reduce_guest_case import ReduceGuestCase

        task = ReduceGuestCase(file.path, file.name, options, wanted, smallest, "")
    else:
        task = _task(file, options, False, wanted, smallest, "")
    result: FileReduced = result_of(run.submit(replace(task, choosing=True)))
    if not result.findings.chosen:
        raise none_chosen(result.verdict, result.findings, wanted, known=False)


def _task(file: SuiteFile, options: Options, known: bool, wanted: Wanted, smallest: Path, repeat: str) -> Reducing:
    """Loads much that a help text does not need."""
    match file.kind:
        case FileKind.NEGATIVE_CASES:
            from harness.fuzz.reduce_table import ReduceTable

            return ReduceTable(file.path, file.name, options, wanted, smallest, repeat)
        case FileKind.LINK_CASE:
            from harness.fuzz.reduce_link_case import ReduceLinkCase

            return ReduceLinkCase(file.path, file.name, options, wanted, smallest, repeat, known)
        case FileKind.CASE:
            from harness.fuzz.reduce_case import ReduceCase

            return ReduceCase(file.path, file.name, options, wanted, smallest, repeat, known)


def _reduce(run: Runner, task: Reducing) -> ReducedCase:
    from harness.fuzz.smallest_yet import read_smallest

    try:
        with Live() as live:
            result = _wait(run.submit(task), task, live)
    except (KeyboardInterrupt, PoolClosed):
        smallest = read_smallest(task.smallest)
        if smallest is None:
            echo("interrupted before anything smaller was found", err=True)
            return ReducedCase(exits.INTERRUPTED)
        echo(f"interrupted after {smallest.attempts} attempts: {smallest.size}", err=True)
        return ReducedCase(exits.INTERRUPTED, smallest.text)
    except TaskFailed as error:
        echo(f"Error: {error}", err=True)
        return ReducedCase(exits.BROKEN)
    return _told(result, task)


def _wait(future: Future[FileReduced], task: Reducing, live: Live) -> FileReduced:
    from harness.fuzz.smallest_yet import read_smallest

    while not future.done():
        with contextlib.suppress(NotYet):
            return future.result(_LOOK_EVERY)
        smallest = read_smallest(task.smallest)
        live.show("running the case" if smallest is None else f"{smallest.size}, attempt {smallest.attempts}")
    return future.result()


def _told(result: FileReduced, task: Reducing) -> ReducedCase:
    """Raises `UsedWrongly` if there is nothing to reduce."""
    findings, verdict = result.findings, result.verdict
    if not findings.chosen:
        if exits.of_bad(verdict.outcome) == exits.BROKEN:
            echo(f"Error: {verdict.reason or verdict.outcome}", err=True)
            return ReducedCase(exits.BROKEN)
        raise none_chosen(verdict, findings, task.wanted, task.known)
    for line in listed(findings):
        echo(line, err=True)
    if result.text is None:
        echo(f"not reduced: {result.note} ({result.attempts} attempts)", err=True)
        return ReducedCase(exits.DISAGREE, None, findings)
    smaller = "" if result.size != result.before else " (nothing could be left out)"
    echo(f"{result.before} -> {result.size}, in {result.attempts} attempts{smaller}", err=True)
    if result.note:
        echo(result.note, err=True)
    return ReducedCase(exits.AGREE, result.text, findings)


def _write(text: str, output: Path) -> None:
    if output == outputs.STDOUT:
        echo(text, nl=False)
        return
    try:
        atomic.write(output, text)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error
