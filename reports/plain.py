"""Result files as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from reports import compared, fuzz
from reports.inputs import Inputs, ResultFile
from reports.model import Run
from reports.mutants import MutantsRun
from reports.shown import one_line, shown
from reports.text import case_text, counted, failed_text, head_text, summary_text


def text(inputs: Inputs) -> str:
    """Everything that needs attention, and totals, file by file; then what changed between the last two runs."""
    parts = [shown("\n".join(_file(input))) for input in inputs.files]
    changed = "\n".join(compared.text(inputs))
    return "\n\n".join([*parts, changed] if changed else parts) + "\n"


def _file(input: ResultFile) -> Iterator[str]:
    results = input.results
    yield f"{one_line(input.file)}: {one_line(results.command)}, started {one_line(results.started)}"
    if not results.complete:
        yield f"NOT COMPLETE: {one_line(input.why)}"
    if isinstance(results, Run):
        yield head_text(results)
        yield from (f"\n{case_text(case)}" for case in results.cases if not case.good)
        failed = failed_text(results)
        yield from [f"\n{failed}"] if failed else []
        yield summary_text(results)
    elif isinstance(results, MutantsRun):
        yield from _mutants(results)
    else:
        yield fuzz.summary_text(results)


def _mutants(run: MutantsRun) -> Iterator[str]:
    tried = [mutant for mutant in run.mutants if mutant.tried]
    missed = [mutant for mutant in tried if not mutant.killed]
    for mutant in missed:
        yield f"NOT NOTICED  {one_line(mutant.name)} ({one_line(mutant.area)}): {one_line(mutant.wrong)}"
    untried = len(run.mutants) - len(tried)
    not_tried = f", {untried} not tried" if untried else ""
    yield f"{counted(len(run.mutants), 'mutant')}: {len(tried) - len(missed)} noticed{not_tried}"
