"""The checks that killed the mutants, in the words of reports."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.cli.results import to_tool
from harness.runs.runner import Runner
from reports.bounds import MAX_TEXT, cut
from reports.model import NOT_ENDED
from reports.mutants import Mutant, MutantsRun

if TYPE_CHECKING:
    from harness.mutation.survey import MutantRow


@dataclass(frozen=True, slots=True)
class Ways:
    """The checks that the mutants were run through."""

    short: bool
    cases: bool
    fuzz: bool


def mutants_head(run: Runner, planned: int) -> MutantsRun:
    """Before anything is tried."""
    started = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    command = shlex.join(["harness", *sys.argv[1:]])
    # each mutant is among the tools of its own run; those that it is compared with are not made of ours
    tools = tuple(to_tool(tool) for tool in run.tools if not tool.name.startswith("mutant:"))
    return MutantsRun(started, 0.0, command, tools, planned, stopped=NOT_ENDED)


def to_mutants(rows: Iterable[MutantRow], ways: Ways) -> Iterator[Mutant]:
    for row in rows:
        seen, fuzzed = row.detection, row.fuzzed
        by_fuzz = fuzzed is not None and fuzzed.detection is not None
        yield Mutant(
            name=row.mutant.name,
            area=row.mutant.area.value,
            wrong=row.mutant.wrong,
            needs=row.mutant.needs,
            shown=row.shown is not None if ways.short else None,
            cases=tuple(row.cases) if ways.cases else None,
            fuzzed=by_fuzz if fuzzed is not None else None,
            seconds=round(fuzzed.seconds, 3) if fuzzed is not None and by_fuzz else None,
            worlds=fuzzed.worlds if fuzzed is not None else None,
            level=seen.level if seen is not None else 0,
            kind=seen.kind if seen is not None else "",
            message=cut(seen.message, MAX_TEXT) if seen is not None else "",
            error=cut(row.errors[0], MAX_TEXT) if row.errors else "",
        )
