"""Finds the mutants of a set that the harness kills: by the worlds that show them, by cases, by fuzzing."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from harness.bench.examination import Options
from harness.fuzz.trial import Recipe
from harness.mutants.mutant import Mutant
from harness.mutants.shown_link_cases import LINK_CASES
from harness.mutants.toolchain import PREFIX
from harness.mutation.detect import Detection
from harness.mutation.tasks import Detections, Tried, TriedWorld, TryCase, TryLinkCase, TryRandom, TryShown
from harness.process.interrupts import result_of
from harness.runs.messages import WorkerTask
from harness.runs.pool import TaskFailed
from harness.runs.runner import Runner
from harness.runs.suite_files import FileKind, SuiteFile
from harness.toolchains.choose import Tools

Told = Callable[[str], None]
"""Called with a short description of the last action."""
AT_ONCE = 16
"""Mutants of one trial: few enough that it ends soon although each takes seconds where the reference is wrong, because
then all cells run; many enough that what they share costs little."""


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
        """The trials of one campaign, in their order, each for all mutants that none has noticed and on which a worker
        has spent less than that time."""
        left = {name: 0.0 for name, row in self.rows.items() if row.drawn}
        if not seconds:
            for name in left:
                self.rows[name].fuzzed = Fuzzed(0.0, 0, None)
            return
        index = 0
        while left:
            parts = [tuple(part) for part in _parts(list(left), AT_ONCE)]
            # one world after the other, as long as all workers have a part of it: the next one needs fewer mutants
            worlds = range(index, index + max(1, self._jobs // len(parts)))
            index = worlds.stop
            trials = [(at, part, self._random(part, recipe, at)) for at in worlds for part in parts]
            for at, part, future in trials:
                for name, tried in self._tried(future, part, left, recipe, at):
                    left[name] += tried.seconds if tried is not None else 0.0
                    if tried is None or tried.detection is not None or left[name] >= seconds:
                        spent, found = left.pop(name), tried or TriedWorld(0.0)
                        self.rows[name].fuzzed = Fuzzed(spent, at + 1, found.detection, found.wit)
                self.told(f"world {at}: {len(left)} not noticed")

    def _random(self, names: tuple[str, ...], recipe: Recipe, index: int) -> Future[Any]:
        return self._run.submit(TryRandom(names, recipe, index, self._options))

    def _tried(
        self, future: Future[Any], part: tuple[str, ...], left: Container[str], recipe: Recipe, index: int
    ) -> Iterator[tuple[str, TriedWorld | None]]:
        """The results of a trial for those of its mutants that are `left`. If it fails, each is tried alone; None for
        one that fails alone."""
        names = [name for name in part if name in left]
        try:
            found: Tried = result_of(future)
        except TaskFailed as error:
            if len(part) > 1:
                alone = [((name,), self._random((name,), recipe, index)) for name in names]
                for one, again in alone:
                    yield from self._tried(again, one, left, recipe, index)
            elif names:
                self.rows[names[0]].errors.append(f"world {index} of seed {recipe.seed}: {error}")
                yield names[0], None
        else:
            yield from ((name, found[name]) for name in names)

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


def _parts(names: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
