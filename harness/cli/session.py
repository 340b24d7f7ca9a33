"""The output of a run: first lines, progress, a paragraph for each failure, a summary, an exit code."""

from __future__ import annotations

import contextlib
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import interpreters
from harness.bench.examination import Examination
from harness.cli import exits
from harness.cli.options import Common
from harness.cli.results import broken_case, to_case, to_tool
from harness.cli.sayer import Sayer
from harness.runs.messages import WorkerTask
from harness.runs.pool import PoolClosed
from harness.runs.runner import Runner
from harness.text.files import UnreadableFile, read_text_file
from reports import json_form, model, text
from reports.checklist import checklist_text
from reports.outcomes import Outcome
from reports.references import references_text


@dataclass(frozen=True, slots=True)
class NamedTask:
    """A task, its name for failures of the harness, and the command that repeats it alone."""

    task: WorkerTask
    name: str
    repeat: str
    file: Path | None = None
    """The case's own file, which results quote."""


def execute(
    run: Runner,
    jobs: Sequence[NamedTask],
    common: Common,
    drawn: Mapping[str, str] | None = None,
    must_run: bool = False,
) -> int:
    """Do all jobs, report on them, write the results; returns the exit code. `drawn`: options that select values.
    `must_run`: a skipped case is a failure for the exit code."""
    started, since = datetime.now(UTC), time.monotonic()
    tools = tuple(map(to_tool, run.tools))
    head = model.Run(
        _iso(started),
        0.0,
        _command(),
        tools,
        common.chosen.engine,
        tuple(run.notes),
        strict=common.strict,
        options={**common.in_effect(), **(drawn or {})},
        planned=len(jobs),
        stopped=model.NOT_ENDED,
        interface=interpreters.functions() if common.json.path is not None else (),
    )
    common.json.begin(json_form.to_json(head))
    say = Sayer(common.json.to_stdout, len(jobs))
    say(text.head_text(head))
    cases: list[model.CaseResult] = []
    stages: dict[str, float] = {}
    interrupted = False
    with say:
        results = run.in_order([job.task for job in jobs], say.advance)
        try:
            for job, result in zip(jobs, results, strict=True):
                case = _case(job, result, stages, quoted=common.json.path is not None)
                cases.append(case)
                for paragraph in _told(case, alone=len(jobs) == 1, verbose=common.verbose):
                    say(paragraph)
        except KeyboardInterrupt:
            interrupted = True
    stopped = model.INTERRUPTED if interrupted else ""
    done = replace(head, seconds=time.monotonic() - since, cases=tuple(cases), stages=stages, stopped=stopped)
    failed = text.failed_text(done)
    if failed:
        say("\n" + failed)
    if checked := checklist_text(done.cases, types=common.verbose > 0):
        say("\n" + checked)
    if compared := references_text(done):
        say("\n" + compared)
    say(("interrupted: " if interrupted else "") + text.summary_text(done))
    common.json.write(json_form.to_json(done))
    if interrupted:
        return exits.INTERRUPTED
    skipped = [case for case in cases if must_run and case.outcome is Outcome.SKIP]
    return max(map(_exit_code, [*done.failed, *skipped]), default=exits.AGREE)


def _told(case: model.CaseResult, alone: bool, verbose: int) -> Iterator[str]:
    """Report on a case; if it ran `alone`, also list the known faults that it showed."""
    if case.unsupported:
        yield text.unsupported_text(case)
    if case.outcome is Outcome.SKIP:
        yield text.skipped_text(case)
    if verbose:
        yield text.ran_text(case)
        if case.notes:
            yield text.notes_text(case)
    if not case.good:
        yield "\n" + text.case_text(case)
    elif alone and (known := text.known_text(case)):
        yield known


def _exit_code(case: model.CaseResult) -> int:
    """The exit code of a case that is bad or did not run completely. The highest code of a run is the worst."""
    return exits.of_bad(case.outcome)


def _case(job: NamedTask, result: object, stages: dict[str, float], quoted: bool) -> model.CaseResult:
    if isinstance(result, PoolClosed):
        raise KeyboardInterrupt
    if isinstance(result, Examination):
        for stage, seconds in result.stages:
            stages[stage] = round(stages.get(stage, 0.0) + seconds, 6)
        folder = Path(result.artifacts)
        if result.artifacts and folder.is_dir():
            from harness.judge.kept_traces import add_command

            with contextlib.suppress(OSError):  # the terminal also shows the command
                add_command(folder, job.repeat)
        return to_case(result, job.repeat, _source(job.file) if quoted else "")
    assert isinstance(result, Exception)
    return broken_case(job.name, result, job.repeat)


def _source(file: Path | None) -> str:
    """A case that cannot be read has told so itself."""
    try:
        return "" if file is None else read_text_file(file)
    except UnreadableFile:
        return ""


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _command() -> str:
    return shlex.join(["harness", *sys.argv[1:]])
