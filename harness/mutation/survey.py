"""Finds the mutants of a set that the harness kills: by the worlds that show them, by cases, by fuzzing."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from harness.bench.examination import Options
from harness.fuzz.trial import Recipe
from harness.mutants.mutant import Mutant
from harness.mutants.shown_link_cases import LINK_CASES
from harness.mutants.toolchain import PREFIX
from harness.mutation.detect import Detection
from harness.mutation.tasks import Detections, TriedWorld, TryCase, TryLinkCase, TryRandom, TryShown
from harness.process.interrupts import completed, result_of
from harness.runs.messages import WorkerTask
from harness.runs.pool import TaskFailed
from harness.runs.runner import Runner
from harness.runs.suite_files import FileKind, SuiteFile
from harness.toolchains.choose import Tools

Told = Callable[[str], None]
"""Called with a short description of the last action."""


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """`seconds` of one worker (`TriedWorld`) and the number of `worlds`; `detection` None: not noticed in that time."""

    seconds: float
    worlds: int
    detection: Detection | None
    wit: str = ""


@dataclass(slots=True)
class MutantRow:
    """The results for a mutant. `shown` and `fuzzed` None: not tried, or not noticed."""

    mutant: Mutant
    shown: Detection | None = None
    cases: dict[str, Detection] = field(default_factory=dict)
    fuzzed: Fuzzed | None = None
    errors: list[str] = field(default_factory=list)
    """The failure of the harness itself, if any."""

    @property
    def drawn(self) -> bool:
        """Whether the fuzzer can draw a world or program that shows it. No random program has what link cases have."""
        return self.mutant.shown_by not in LINK_CASES

    @property
    def detection(self) -> Detection | None:
        """The first detection."""
        fuzzed = self.fuzzed.detection if self.fuzzed is not None else None
        return fuzzed or next(iter(self.cases.values()), None) or self.shown


class Survey:
    """`rows` by the name of the mutant, filled by the methods; they call `told`."""

    def __init__(self, mutants: Iterable[Mutant], run: Runner, jobs: int) -> None:
        """`run` must have been opened with `tools` of these mutants."""
        self.rows = {mutant.name: MutantRow(mutant) for mutant in mutants}
        self._run = run
        self._jobs = jobs
        self.told: Told = lambda _: None
        self._options = Options(artifacts=None)
        self._stopped = False

    @staticmethod
    def tools(tools: Tools, mutants: Iterable[Mutant]) -> Tools:
        return replace(tools, named=tuple(PREFIX + mutant.name for mutant in mutants))

    def show(self, seed: int = 0) -> None:
        """The small world of each mutant."""
        worlds: dict[str, list[str]] = defaultdict(list)
        for name, row in self.rows.items():
            worlds[row.mutant.shown_by].append(name)
        tasks = [
            (world, tuple(names), TryShown(world, tuple(names), self._options, seed)) for world, names in worlds.items()
        ]
        for _, found in self._each(tasks):
            for name, detection in found.items():
                self.rows[name].shown = detection

    def cases(self, files: Sequence[SuiteFile], enough: int | None = None) -> None:
        """All cases, in an order that mixes their topics. A mutant that `enough` cases noticed is not tried again."""
        files = list(files)
        random.Random(0).shuffle(files)
        batch = 2 * self._jobs
        for start in range(0, len(files), batch):
            left = tuple(
                [name for name, row in self.rows.items() if enough is None or len(row.cases) < enough],
            )
            if not left:
                return
            tasks = [(file.name, left, self._try(file, left)) for file in files[start : start + batch]]
            for case, found in self._each(tasks):
                for name, detection in found.items():
                    self.rows[name].cases[case] = detection

    def _try(self, file: SuiteFile, mutants: tuple[str, ...]) -> WorkerTask:
        kind = TryLinkCase if file.kind is FileKind.LINK_CASE else TryCase
        return kind(file.path, mutants, self._options)

    def fuzz(self, recipe: Recipe, seconds: float) -> None:
        """Trials of the fuzzer for each mutant until one notices it or a worker has spent that time on it."""
        self._stopped = False
        threads = ThreadPoolExecutor(self._jobs)
        drawn = {name: row for name, row in self.rows.items() if row.drawn}
        futures = {threads.submit(self._fuzz, row, recipe, seconds): name for name, row in drawn.items()}
        try:
            for future in completed(futures):
                fuzzed = self.rows[futures[future]].fuzzed = future.result()
                seen = f"after {fuzzed.worlds} worlds" if fuzzed.detection is not None else "not noticed"
                self.told(f"{futures[future]}: {seen}")
        finally:
            # an interruption does not wait for a world: the closed run ends the work that the threads wait for
            self._stopped = True
            threads.shutdown(wait=False, cancel_futures=True)

    def _fuzz(self, row: MutantRow, recipe: Recipe, seconds: float) -> Fuzzed:
        spent = 0.0
        index = 0
        while spent < seconds and not self._stopped:
            task = TryRandom(row.mutant.name, recipe, index, self._options)
            index += 1
            try:
                tried: TriedWorld = self._run.submit(task).result()
            except TaskFailed as error:
                row.errors.append(f"world {index - 1} of seed {recipe.seed}: {error}")
                return Fuzzed(spent, index, None)
            spent += tried.seconds
            if tried.detection is not None:
                return Fuzzed(spent, index, tried.detection, tried.wit)
        return Fuzzed(spent, index, None)

    def _each(self, tasks: Sequence[tuple[str, tuple[str, ...], WorkerTask]]) -> Iterable[tuple[str, Detections]]:
        futures: list[tuple[str, tuple[str, ...], Future[Any]]] = [
            (name, mutants, self._run.submit(task)) for name, mutants, task in tasks
        ]
        for name, mutants, future in futures:
            try:
                found: Detections = result_of(future)
            except TaskFailed as error:
                for mutant in mutants:
                    self.rows[mutant].errors.append(f"{name}: {error}")
                continue
            yield name, found
            self.told(f"{name}: {len(found)} noticed")
