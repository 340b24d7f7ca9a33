"""`harness explain`: what a case tests, which rules are behind it, what each tool does with it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harness.bench.examination import Examination
from harness.cli import exits
from harness.cli.chosen import as_argument
from harness.cli.exits import UsedWrongly
from harness.cli.guest_options import guest_options, interpreter_words, take_interpreter
from harness.cli.options import take_chosen, tool_options
from harness.cli.results import to_case
from harness.cli.terminal import echo
from harness.process.interrupts import result_of
from harness.runs.pool import TaskFailed
from harness.runs.runner import Runner
from harness.runs.suite_files import FileKind, NoCases, find
from reports import model, text
from reports.outcomes import Outcome

_ROLE = "it passes calls on to imports, or returns what it was given (docs/interpreters.md)."
MAX_FINDINGS = 2
"""The most findings of each tool; `harness run` shows more."""
_AGREED = {
    FileKind.CASE: "All do what the model says.",
    FileKind.LINK_CASE: "All do what the case says.",
    FileKind.NEGATIVE_CASES: "All do what the table says.",
}


@click.command()
@click.argument("case", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--no-run", is_flag=True, help="Only the words: no tool runs.")
@guest_options
@tool_options
def explain(case: Path, no_run: bool, **tools: Any) -> None:
    """Say in words what CASE tests, which rules are behind it, and what each tool does with it.

    The exit codes are those of `harness run`.
    """
    try:
        (file,) = find([case])
    except NoCases as error:
        raise UsedWrongly(str(error)) from error
    interpreter = take_interpreter(tools)
    chosen = take_chosen(tools)
    around = [*interpreter_words(interpreter), *chosen.words()]
    repeat = shlex.join(["harness", "run", as_argument(case), *around])
    with chosen.open_run(1, interpreter=interpreter) as run:
        options = chosen.options(run, None)
        try:
            words = result_of(run.submit(file.explanation()))
            if isinstance(words, Examination):
                raise UsedWrongly(words.verdict.reason)
            echo(words)
            if interpreter is not None and file.kind is FileKind.CASE:
                echo(f"\nThe subject has the interpreter {interpreter.path}: {_ROLE}")
            code = exits.AGREE
            if not no_run:
                code = _told(result_of(run.submit(file.task(options))), run, repeat, file.kind)
        except TaskFailed as error:
            echo(f"Error: {error}", err=True)
            code = exits.BROKEN
    sys.exit(code)


def _told(examination: Examination, run: Runner, repeat: str, kind: FileKind) -> int:
    """Print the outcome of each tool; returns the exit code."""
    case = to_case(examination, repeat)
    tools = {tool.name: f"{tool.tool} {tool.version}" for tool in run.tools}
    echo("\n".join(["", *run.notes, "What the tools do:"]))
    if case.reason:
        echo(f"  {case.outcome}: {case.reason}")
    for opinion in case.opinions:
        tool = f" ({tools[opinion.toolchain]})" if opinion.toolchain in tools else ""
        echo(f"  {opinion.toolchain}{tool}: {opinion.outcome}")
    for line in _known(examination):
        echo(line)
    if kind is FileKind.NEGATIVE_CASES:
        echo("\n".join(f"  {line}" for rows in case.ran.runs for line in rows))
    for item in case.unsupported:
        echo(f"Not run: {item}")
    if any(opinion.findings for opinion in case.opinions):
        echo(f"\n{text.case_text(_shortened(case))}")
    elif case.outcome is Outcome.PASS:
        echo(f"{_AGREED[kind]} Repeat with: {repeat}")
    return exits.AGREE if case.good else exits.of_bad(case.outcome)


def _shortened(case: model.CaseResult) -> model.CaseResult:
    """The first findings of each tool; those of mixed cells where no tool has one by itself. The rest is known here."""
    pure = [o for o in case.opinions if o.findings and not (o.party is not None and o.party.in_one_cell)]
    shown = pure or [opinion for opinion in case.opinions if opinion.findings]
    opinions = [replace(o, findings=o.findings[:MAX_FINDINGS], expectation="", reason="") for o in shown]
    return replace(case, wit="", opinions=tuple(opinions))


def _known(examination: Examination) -> Iterator[str]:
    """The expectations that explain what tools do, each once."""
    known = [judgement.expectation for judgement in examination.verdict.judgements]
    for expectation in dict.fromkeys(found for found in known if found is not None):
        yield f"Known fault of {expectation.tool}: {expectation.id} ({expectation.source})\n  {expectation.reason}"
