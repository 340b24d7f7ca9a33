"""Results of the suite from a run of its tests: each process of pytest writes its part, and this joins them.

`SUITE_RESULTS=FOLDER pytest cases/` writes the parts; `python -m cases.results FOLDER -o FILE` makes one result file of
them, which `harness report` draws.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from harness.bench.coverage import declared
from harness.cli.results import to_tool
from harness.runs.runner import Runner
from harness.text import atomic
from reports import json_form, model
from reports.reading import UnreadableResults, read

VARIABLE = "SUITE_RESULTS"


def write_part(folder: Path, run: Runner, engine: str, cases: Sequence[model.CaseResult], seconds: float) -> None:
    """The results of this process, in a file of its own."""
    started = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    tools = tuple(map(to_tool, run.tools))
    part = model.Run(
        started,
        seconds,
        "pytest",
        tools,
        engine,
        tuple(run.notes),
        tuple(cases),
        planned=len(cases),
        interface=tuple(sorted(declared())),
    )
    atomic.write(folder / f"{os.getpid()}.json", json.dumps(json_form.to_json(part)))


def joined(parts: Iterable[model.Run]) -> model.Run:
    """One run of all parts, its cases in the order of their names; the parts ran at once. Raises `ValueError` if there
    is no part, or if two have other tools."""
    found = list(parts)
    if not found:
        raise ValueError("there are no results of a run of the suite's tests")
    if any(part.tools != found[0].tools for part in found):
        raise ValueError("the parts have different tools: they are of several runs")
    cases = sorted((case for part in found for case in part.cases), key=lambda case: case.name)
    seconds = max(part.seconds for part in found)
    planned = sum(part.planned for part in found)
    return replace(
        found[0], started=min(part.started for part in found), seconds=seconds, cases=tuple(cases), planned=planned
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE")
def main(folder: Path, output: Path) -> None:
    """Join the results in FOLDER, which pytest has written."""
    parts = []
    try:
        for file in sorted(folder.glob("*.json")):
            part = read(str(file), file.read_text(encoding="utf-8"))
            if not isinstance(part, model.Run):
                raise UnreadableResults(f"{file}: not the results of a run of cases")
            parts.append(part)
        run = joined(parts)
        atomic.write(output, json.dumps(json_form.to_json(run)))
    except (UnreadableResults, ValueError, atomic.CannotWrite) as error:
        raise click.ClickException(str(error)) from error
    counts = ", ".join(f"{count} {outcome}" for outcome, count in run.counts().items())
    click.echo(f"{output}: {len(run.cases)} cases: {counts}")


if __name__ == "__main__":
    sys.exit(main())
