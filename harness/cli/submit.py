"""`harness submit`: a case made ready to be handed in: it runs, it is the same each time, it is small and new."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.bench.examination import Examination, Options
from harness.cli import exits, outputs
from harness.cli.chosen import as_argument
from harness.cli.exits import UsedWrongly
from harness.cli.options import take_chosen, tool_options
from harness.cli.reduce import NOT_REDUCED, reduced
from harness.cli.terminal import echo
from harness.process.interrupts import result_of
from harness.runs.pool import TaskFailed
from harness.runs.run import Run
from harness.runs.suite_files import NoCases, SuiteFile, find
from harness.suite.case import Case, parse_case
from harness.text import atomic
from harness.text.files import read_text_file
from reports.outcomes import Outcome

if TYPE_CHECKING:
    from harness.judge.verdict import Verdict


@click.command()
@click.argument("case", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The case to hand in; a new file.",
)
@click.option(
    "--suite",
    default=Path("cases"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of existing cases that it may not repeat.",
)
@tool_options
def submit(case: Path, output: Path, suite: Path, **tools: Any) -> None:
    """Make CASE, a case or a finding, ready to be handed in.

    It runs twice, which must give the same; what disagrees is reduced; it may repeat no case of the suite, whatever its
    names. Exit codes: 0 the file is written, 1 it is not fit, 2 wrong usage, 3 the harness itself failed, 130
    interrupted.
    """
    try:
        (file,) = find([case])
    except NoCases as error:
        raise UsedWrongly(f"{error}; with --write-case FILE --reduce it makes a case of it") from error
    if file.kind in NOT_REDUCED:
        raise UsedWrongly(f"{case} is {NOT_REDUCED[file.kind]}: only cases with a world are made ready")
    if output.exists():
        raise UsedWrongly(f"--output {output}: this file already exists")
    outputs.check_file(output)
    chosen = take_chosen(tools)
    with chosen.open_run(1) as run:
        for note in run.notes:
            echo(note, err=True)
        code = _submit(run, file, chosen.options(run, None), output, suite, chosen.words())
    sys.exit(code)


def _submit(run: Run, file: SuiteFile, options: Options, output: Path, suite: Path, words: list[str]) -> int:
    try:
        verdicts = [_verdict(run, file, options) for _ in range(2)]
    except TaskFailed as error:
        echo(f"Error: {error}", err=True)
        return exits.BROKEN
    first, second = verdicts
    if first.outcome in (Outcome.BAD_INPUT, Outcome.SKIP):
        raise UsedWrongly(first.reason)
    if exits.of_bad(first.outcome) == exits.BROKEN:
        echo(f"Error: {first.reason or first.outcome}", err=True)
        return exits.BROKEN
    if _shape(first) != _shape(second):
        echo("not fit: two runs of it differ", err=True)
        return exits.DISAGREE
    echo(f"it runs, twice with the same outcome: {first.outcome}")
    if first.outcome.good:
        text = read_text_file(file.path)
    else:
        repeat = shlex.join(["harness", "reduce", as_argument(file.path), *words])
        code, small = reduced(run, file, options, repeat)
        if small is None or code != exits.AGREE:
            return code
        text = small
    case = parse_case(text, str(file.path), file.path.parent)
    if not isinstance(case.wit, str):
        raise UsedWrongly(f"{file.path}: its WIT is in another file; a case that is handed in has it as `wit`")
    same = _same(case, file, suite)
    if same:
        echo(f"not fit: the same case is there already, up to its names: {', '.join(map(str, same))}", err=True)
        return exits.DISAGREE
    try:
        atomic.write(output, text)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error
    _next(output, suite, words)
    return exits.AGREE


def _verdict(run: Run, file: SuiteFile, options: Options) -> Verdict:
    examination: Examination = result_of(run.submit(file.task(options)))
    return examination.verdict


def _shape(verdict: Verdict) -> list[tuple[str, str, str]]:
    """Its findings without what differs from process to process."""
    from harness.fuzz.bucket import message_shape

    return [(name, finding.outcome, message_shape(finding.message)) for name, finding in verdict.findings]


def _same(case: Case, file: SuiteFile, suite: Path) -> list[Path]:
    from harness.fuzz.same_case import same_cases

    if not suite.is_dir():
        echo(f"not compared with other cases: there is no folder {suite} (--suite)", err=True)
        return []
    others = [path for path in sorted(suite.rglob("*.toml")) if path.resolve() != file.path.resolve()]
    return same_cases(case, others)


def _next(output: Path, suite: Path, words: list[str]) -> None:
    echo(f"written: {output}. What to do next:")
    echo(f"  1. Read it: {shlex.join(['harness', 'explain', as_argument(output), *words])}")
    echo("  2. Say in `title` and `why` what it guards, and in `origin` where it comes from (a link).")
    echo(f"  3. Put it under {suite} in the folder of its topic and run it: harness run {suite} -k NAME")
