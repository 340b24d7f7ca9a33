"""A campaign without workers: trials are functions of their index, done when they are handed out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.bench.examination import Options
from harness.fuzz.bucket import Bucket, Hit
from harness.fuzz.campaign import Bounds, Campaign
from harness.fuzz.case_text import CaseParts
from harness.fuzz.cases_of import sample_case
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.findings import Found, Ledger
from harness.fuzz.reduce import Reduce, Reduced
from harness.fuzz.trial import NotRun, Recipe, Trial, TrialResult
from harness.judge.party import ByItself
from harness.runs.messages import WorkerTask
from harness.runs.runner import Runner
from harness.toolchains.choose import Tools

WIT = "package a:b;\nworld w { export f: func(); }\n"
WORLD = DrawnWorld(WIT, "w", (), 7, (1, 2))


def hit(kind: str, known: str = "") -> Hit:
    return Hit(Bucket("ours", "fail", 3, "event", kind, "ours"), ByItself("ours"), f"it was {kind}", known)


def plain_trial(index: int) -> TrialResult:
    """Finding `seven` at 7, 14, ..., a known one at 5, 10, ...; every third world is refused."""
    found = [hit("seven")] if index % 7 == 0 and index else []
    found += [hit("five", "known-five")] if index % 5 == 0 and index else []
    refusals = (NotRun("planner", "no value"),) if index % 3 == 0 else ()
    outcome = "fail" if found else "pass"
    cases = tuple((each.bucket, sample_case(WORLD, 200, each.bucket)) for each in found if not each.known)
    return TrialResult(index, 10, outcome, tuple(found), refusals, cases, 0.1, (("run", 0.1),))


class StubRun(Runner):
    """Carries tasks out at once, by plain functions."""

    def __init__(self, trial: Callable[[int], TrialResult], reduce: Callable[[Bucket], Reduced]) -> None:
        super().__init__(Tools(without_reference=True), 1)
        self.submitted: list[int] = []
        self._trial = trial
        self._reduce = reduce

    def submit(self, task: WorkerTask) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            if isinstance(task, Trial):
                self.submitted.append(task.index)
                future.set_result(self._trial(task.index))
            else:
                assert isinstance(task, Reduce)
                future.set_result(self._reduce(task.bucket))
        except Exception as error:
            future.set_exception(error)
        return future


def small(bucket: Bucket) -> Reduced:
    return Reduced(CaseParts("t", f"smaller {bucket.kind}", WIT, "w"), 3)


@dataclass
class Told:
    """A watcher that keeps what it hears."""

    found_kinds: list[str] = field(default_factory=list)
    reduced_kinds: list[str] = field(default_factory=list)

    def advanced(self, campaign: Campaign) -> None:
        pass

    def found(self, found: Found) -> None:
        self.found_kinds.append(found.bucket.kind)

    def reduced(self, found: Found, reduced: Reduced) -> None:
        self.reduced_kinds.append(found.bucket.kind)


class Commands:
    def trial(self, index: int) -> str:
        return f"repeat {index}"

    def case(self, file: Path) -> str:
        return f"run {file.name}"


@contextlib.contextmanager
def campaign(
    directory: Path,
    bounds: Bounds,
    trial: Callable[[int], TrialResult] = plain_trial,
    reduce: Callable[[Bucket], Reduced] = small,
    ledger: Ledger | None = None,
) -> Iterator[Campaign]:
    with StubRun(trial, reduce) as run:
        yield Campaign(
            run=run,
            recipe=Recipe(1),
            options=Options(artifacts=None),
            bounds=bounds,
            directory=directory,
            commands=Commands(),
            watcher=Told(),
            ledger=ledger or Ledger(),
        )
