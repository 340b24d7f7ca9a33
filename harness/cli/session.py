"""A run as a user sees it: first lines, progress, a paragraph under each failure, a summary, an exit code."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from harness.cli import exits
from harness.cli.options import Common
from harness.cli.results import broken_case, to_case, to_tool
from harness.examine import Examination
from harness.pool import PoolClosed
from harness.run import Run
from harness.verdict import Outcome
from harness.worker import Task
from reports import json_form, model, text

_CODES = {
    Outcome.BAD_INPUT: exits.USED_WRONGLY,
    Outcome.HARNESS_ERROR: exits.BROKEN,
    Outcome.LIMIT_REACHED: exits.BROKEN,
}
"""Of what is not good; anything else is a disagreement."""


@dataclass(frozen=True, slots=True)
class Job:
    """A task, what it is called where the harness fails at it, and the command that repeats it alone."""

    task: Task
    name: str
    repeat: str


def execute(run: Run, jobs: Sequence[Job], common: Common) -> int:
    """Do all jobs, tell about them, write the results; the exit code."""
    started, since = datetime.now(UTC), time.monotonic()
    console = Console(stderr=True)
    # where the results go to standard output they have it for themselves
    to_stderr = common.json == Path("-")
    head = model.Run(_iso(started), 0.0, _command(), tuple(map(to_tool, run.tools)), common.engine, tuple(run.notes))
    click.echo(text.head_text(head), err=to_stderr)
    cases: list[model.Case] = []
    stages: dict[str, float] = {}
    interrupted = False
    codes = {exits.AGREE}
    with _progress(console) as progress:
        bar = progress.add_task("", total=len(jobs))
        results = run.in_order([job.task for job in jobs], lambda: progress.advance(bar))
        try:
            for job, result in zip(jobs, results, strict=True):
                case = _case(job, result, stages)
                codes.add(_exit_code(case))
                cases.append(case)
                for paragraph in _told(case, alone=len(jobs) == 1):
                    click.echo(paragraph, err=to_stderr)
        except KeyboardInterrupt:
            interrupted = True
    done = model.Run(
        head.started, time.monotonic() - since, head.command, head.tools, head.engine, head.notes, tuple(cases), stages
    )
    click.echo(("interrupted: " if interrupted else "") + text.summary_text(done), err=to_stderr)
    if common.json is not None:
        _write(common.json, done)
    if interrupted:
        return exits.INTERRUPTED
    return max(codes)


def _told(case: model.Case, alone: bool) -> Iterator[str]:
    """Of a case that ran `alone`, also which known faults it has shown."""
    if case.unsupported:
        yield text.unsupported_text(case)
    if case.outcome == Outcome.SKIP.value:
        yield text.skipped_text(case)
    if not case.good:
        yield "\n" + text.case_text(case)
    elif alone and (known := text.known_text(case)):
        yield known


def _exit_code(case: model.Case) -> int:
    """The worst of a run's codes is the highest."""
    if case.good:
        return exits.AGREE
    return _CODES.get(Outcome(case.outcome), exits.DISAGREE)


def _case(job: Job, result: object, stages: dict[str, float]) -> model.Case:
    if isinstance(result, PoolClosed):
        raise KeyboardInterrupt
    if isinstance(result, Examination):
        for stage, seconds in result.stages:
            stages[stage] = round(stages.get(stage, 0.0) + seconds, 6)
        return to_case(result, job.repeat)
    assert isinstance(result, Exception)
    return broken_case(job.name, result, job.repeat)


def _progress(console: Console) -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _write(path: Path, run: model.Run) -> None:
    data = json.dumps(json_form.to_json(run), indent=1) + "\n"
    if str(path) == "-":
        click.echo(data, nl=False)
        return
    try:
        path.write_text(data)
    except OSError as error:
        raise exits.UsedWrongly(f"the results cannot be written to {path}: {error.strerror}") from error


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _command() -> str:
    return " ".join(["harness", *sys.argv[1:]])
