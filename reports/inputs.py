"""Result files that a report is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from reports.fuzz import FuzzRun
from reports.model import Run
from reports.mutants import MutantsRun
from reports.outcomes import Outcome
from reports.reading import Results


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A result file, as its user calls it."""

    file: str
    results: Results

    @property
    def why(self) -> str:
        """Why it is not complete."""
        results = self.results
        if isinstance(results, Run):
            done = f"{len(results.cases)} of {results.planned} cases have an outcome"
        elif isinstance(results, MutantsRun):
            done = f"{len(results.mutants)} of {results.planned} mutants were tried"
        else:
            done = f"{results.worlds} worlds were tried"
        return f"{results.stopped or 'cases are missing'}; {done}"


@dataclass(frozen=True, slots=True)
class Inputs:
    """All files, in the order in which they were named."""

    files: tuple[ResultFile, ...]

    @property
    def runs(self) -> list[tuple[ResultFile, Run]]:
        return [(input, input.results) for input in self.files if isinstance(input.results, Run)]

    @property
    def mutants(self) -> list[tuple[ResultFile, MutantsRun]]:
        return [(input, input.results) for input in self.files if isinstance(input.results, MutantsRun)]

    @property
    def campaigns(self) -> list[tuple[ResultFile, FuzzRun]]:
        return [(input, input.results) for input in self.files if isinstance(input.results, FuzzRun)]

    @property
    def broken(self) -> list[ResultFile]:
        """The files that are not complete."""
        return [input for input in self.files if not input.results.complete]

    @property
    def counts(self) -> dict[str, int]:
        """Cases of all runs by outcome, without outcomes that did not occur."""
        counter = Counter(case.outcome for _, run in self.runs for case in run.cases)
        return {outcome: counter[outcome] for outcome in Outcome if counter[outcome]}

    @property
    def wrong(self) -> int:
        """Cases that need attention, new findings of campaigns, and mutants that nothing noticed."""
        cases = sum(len(run.failed) for _, run in self.runs)
        findings = sum(len(run.new) + len(run.errors) for _, run in self.campaigns)
        return cases + findings + sum(not mutant.killed for _, run in self.mutants for mutant in run.mutants)
