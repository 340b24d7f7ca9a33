"""`harness reduce`: a case that disagrees, as small as possible."""

from __future__ import annotations

import contextlib
import shlex
import sys
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from harness.bench.examination import Options
from harness.cli import exits, outputs
from harness.cli.chosen import as_argument
from harness.cli.exits import UsedWrongly
from harness.cli.guest_options import guest_options, interpreter_words, take_interpreter
from harness.cli.live import Live
from harness.cli.options import INIT, initializer_words, take_chosen, take_initializer, tool_options
from harness.cli.terminal import echo
from harness.runs.pool import PoolClosed, TaskFailed
from harness.runs.runner import Runner
from harness.runs.suite_files import FileKind, NoCases, SuiteFile, find
from harness.text import atomic
from reports.outcomes import Outcome

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
Answer: TypeAlias = tuple[int, str | None]
"""An exit code, and a case if there is one."""


@click.command()
@click.argument("case", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output", "-o", type=outputs.FILE, default=outputs.STDOUT, metavar="FILE", help="Instead of standard output."
)
@click.option("--force", is_flag=True, help="Replace the file of --output if it exists; it may be CASE itself.")
@click.option("--known", is_flag=True, help="Reduce a known fault, one that `expectations/` explains.")
@click.option(
    "--finding", "words", default="", metavar="TEXT", help="Reduce the first finding with this in its description."
)
@INIT
@guest_options
@tool_options
def reduce(case: Path, output: Path, force: bool, known: bool, words: str, **tools: Any) -> None:
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
    interpreter = take_interpreter(tools)
    initializer = take_initializer(tools, interpreter)
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
    repeat += [*(["--finding", words] if words else [])]
    around = [*interpreter_words(interpreter), *initializer_words(initializer), *chosen.words()]
    repeat += around
    with chosen.open_run(1, interpreter=interpreter) as run:
        for note in run.notes:
            echo(note, err=True)
        options = replace(chosen.options(run, None), initializer=initializer)
        code, text = reduced(run, file, options, shlex.join(repeat), known, words)
    if text is not None:
        _write(text, output)
        if output != outputs.STDOUT:
            echo(shlex.join(["harness", "run", as_argument(output), *around]))
    sys.exit(code)


def reduced(
    run: Runner, file: SuiteFile, options: Options, repeat: str, known: bool = False, words: str = ""
) -> Answer:
    """The exit code and the case. Says on standard error what it is about. Raises `UsedWrongly`."""
    smallest = run.settings.directory / "smallest.json"
    if run.settings.interpreter is not None:
        from harness.fuzz.reduce_guest_case import ReduceGuestCase

        guest = ReduceGuestCase(file.path, file.name, options, words, smallest, repeat)
        return _reduce(run, guest, known, words)
    return _reduce(run, _task(file, options, known, words, smallest, repeat), known, words)


def _task(file: SuiteFile, options: Options, known: bool, words: str, smallest: Path, repeat: str) -> Reducing:
    """Loads much that a help text does not need."""
    match file.kind:
        case FileKind.NEGATIVE_CASES:
            from harness.fuzz.reduce_table import ReduceTable

            return ReduceTable(file.path, file.name, options, words, smallest, repeat)
        case FileKind.LINK_CASE:
            from harness.fuzz.reduce_link_case import ReduceLinkCase

            return ReduceLinkCase(file.path, file.name, options, words, smallest, repeat, known)
        case FileKind.CASE:
            from harness.fuzz.reduce_case import ReduceCase

            return ReduceCase(file.path, file.name, options, words, smallest, repeat, known)


def _reduce(run: Runner, task: Reducing, known: bool, words: str) -> Answer:
    from harness.fuzz.smallest_yet import read_smallest

    try:
        with Live() as live:
            result = _wait(run.submit(task), task, live)
    except (KeyboardInterrupt, PoolClosed):
        smallest = read_smallest(task.smallest)
        if smallest is None:
            echo("interrupted before anything smaller was found", err=True)
            return exits.INTERRUPTED, None
        echo(f"interrupted after {smallest.attempts} attempts: {smallest.size}", err=True)
        return exits.INTERRUPTED, smallest.text
    except TaskFailed as error:
        echo(f"Error: {error}", err=True)
        return exits.BROKEN, None
    return _told(result, known, words)


def _wait(future: Future[FileReduced], task: Reducing, live: Live) -> FileReduced:
    from harness.fuzz.smallest_yet import read_smallest

    while not future.done():
        with contextlib.suppress(NotYet):
            return future.result(_LOOK_EVERY)
        smallest = read_smallest(task.smallest)
        live.show("running the case" if smallest is None else f"{smallest.size}, attempt {smallest.attempts}")
    return future.result()


def _told(result: FileReduced, known: bool, words: str) -> Answer:
    if not result.finding:
        return _nothing(result, known, words), None
    echo(f"finding: {result.finding}", err=True)
    for other in result.others:
        echo(f"  not this one: {other}", err=True)
    if result.text is None:
        echo(f"not reduced: {result.note} ({result.attempts} attempts)", err=True)
        return exits.DISAGREE, None
    smaller = "" if result.size != result.before else " (nothing could be left out)"
    echo(f"{result.before} -> {result.size}, in {result.attempts} attempts{smaller}", err=True)
    if result.note:
        echo(result.note, err=True)
    return exits.AGREE, result.text


def _nothing(result: FileReduced, known: bool, words: str) -> int:
    """Why there is nothing to reduce. Raises `UsedWrongly`."""
    verdict = result.verdict
    if exits.of_bad(verdict.outcome) == exits.BROKEN:
        echo(f"Error: {verdict.reason or verdict.outcome}", err=True)
        return exits.BROKEN
    if verdict.outcome is Outcome.BAD_INPUT:
        raise UsedWrongly(verdict.reason)
    if verdict.outcome is Outcome.SKIP:
        raise UsedWrongly(f"nothing to reduce: the case was skipped: {verdict.reason}")
    if not result.others:
        raise UsedWrongly("nothing to reduce: all toolchains agree in this case")
    shown = "".join(f"\n  {other}" for other in result.others)
    if words:
        raise UsedWrongly(f"no {'known ' if known else ''}finding has {words!r} in its description:{shown}")
    if known:
        raise UsedWrongly(f"nothing to reduce: no fault in this case is known (without --known it is reduced):{shown}")
    raise UsedWrongly(f"nothing to reduce: only known faults show in this case (--known reduces them):{shown}")


def _write(text: str, output: Path) -> None:
    if output == outputs.STDOUT:
        echo(text, nl=False)
        return
    try:
        atomic.write(output, text)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error
