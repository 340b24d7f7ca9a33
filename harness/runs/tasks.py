"""Tasks for workers, as data: run a case, a table of negative cases, a link case, a bare world, a tiny world.

The command makes them, and loads none of the code that performs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.bench.examination import Examination, Options

if TYPE_CHECKING:
    from harness.bench.workbench import Workbench


@dataclass(frozen=True, slots=True)
class RunCase:
    """A case file."""

    path: Path
    name: str
    options: Options

    def perform(self, bench: Workbench) -> Examination:
        from harness.runs.perform import run_case

        return run_case(bench, self)


@dataclass(frozen=True, slots=True)
class ExplainCase:
    """A case file, in words; nothing runs. The answer is the text, or an examination that says what is wrong."""

    path: Path
    name: str

    def perform(self, bench: Workbench) -> str | Examination:
        from harness.runs.perform import explain_case

        return explain_case(bench, self)


@dataclass(frozen=True, slots=True)
class ExplainTable:
    """A table of negative cases, in words; the answer as for `ExplainCase`."""

    path: Path
    name: str

    def perform(self, bench: Workbench) -> str | Examination:
        from harness.runs.perform import explain_table

        return explain_table(self)


@dataclass(frozen=True, slots=True)
class ExplainLinkCase:
    """A link case, in words; the answer as for `ExplainCase`."""

    path: Path
    name: str

    def perform(self, bench: Workbench) -> str | Examination:
        from harness.runs.perform import explain_link_case

        return explain_link_case(bench, self)


@dataclass(frozen=True, slots=True)
class RunNegativeCases:
    """A table of negative cases. `initializer`: as in `Options`."""

    path: Path
    name: str
    initializer: str = ""

    def perform(self, bench: Workbench) -> Examination:
        from harness.runs.perform import run_negative_cases

        return run_negative_cases(bench, self)


@dataclass(frozen=True, slots=True)
class RunLinkCase:
    """The file of a link case."""

    path: Path
    name: str
    options: Options

    def perform(self, bench: Workbench) -> Examination:
        from harness.runs.perform import run_link_case

        return run_link_case(bench, self)


@dataclass(frozen=True, slots=True)
class CheckWorld:
    """Any world, with the missing components around it and values from a seed."""

    path: Path
    world: str | None
    features: tuple[str, ...]
    seed: int
    calls: int
    options: Options

    def perform(self, bench: Workbench) -> Examination:
        from harness.runs.perform import check_world

        return check_world(bench, self)


@dataclass(frozen=True, slots=True)
class Smoke:
    """One tiny world in every cell."""

    options: Options

    def perform(self, bench: Workbench) -> Examination:
        from harness.runs.perform import smoke

        return smoke(bench, self)
