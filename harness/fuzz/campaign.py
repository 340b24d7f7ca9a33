"""Many trials on several workers: their order, limits, stored findings, and end."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harness.bench.examination import Options
from harness.bench.made_here import tools_of
from harness.fuzz import state
from harness.fuzz.case_text import CaseParts
from harness.fuzz.findings import Found, Ledger, case_file, write_case
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.reduce import Reduce, Reduced
from harness.fuzz.same_cause import likeness
from harness.fuzz.trial import Recipe, Trial, TrialResult
from harness.runs.pool import PoolClosed, TaskFailed
from harness.runs.runner import Runner
from harness.text.atomic import CannotWrite
from reports.outcomes import Outcome

INTERRUPTED = "interrupted"
AHEAD = 3
"""Trials under way or waiting, for each worker."""
SAVE_EVERY = 5.0
"""Seconds between two writings of the state."""
SLACK = 2.0
"""Seconds that running work may take after the end of a run with a time limit; then it is dropped."""
FOR_REDUCTIONS = 1 / 3
"""The share of a run with a time limit, at its end, in which no world begins while a finding waits for reduction."""
LOOK_EVERY = 0.2
"""Seconds after which a wait for a result looks around."""


class Commands(Protocol):
    """The commands that repeat something."""

    def trial(self, index: int) -> str:
        """One world alone."""
        ...

    def case(self, file: Path) -> str:
        """The case of a finding."""
        ...


class _TimeOver(Exception):
    """Running work does not end within the time limit."""


class Watcher(Protocol):
    """Hears what happens during a campaign."""

    def advanced(self, campaign: Campaign) -> None: ...

    def found(self, found: Found) -> None: ...

    def reduced(self, found: Found, reduced: Reduced) -> None: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """When to stop: after `worlds` trials in all, or `seconds` of this run, reductions included; both None: never by
    itself."""

    worlds: int | None = None
    seconds: float | None = None
    jobs: int = 1


@dataclass(slots=True)
class _Reduction:
    found: Found
    future: Future[Any]


@dataclass(slots=True)
class Campaign:
    """`first`: the index of the first trial. `settings`: the choices that a resumed run must make again."""

    run: Runner
    recipe: Recipe
    options: Options
    bounds: Bounds
    directory: Path
    commands: Commands
    watcher: Watcher
    ledger: Ledger = field(default_factory=Ledger)
    settings: Sequence[str] = ()
    first: int = 0
    keeps_state: bool = True
    reducing: bool = True
    errors: list[str] = field(default_factory=list)
    stopped: str = ""
    """Why it ended before its bounds: `INTERRUPTED`, or the file that could not be written."""
    _started: float = field(default_factory=time.monotonic)
    _saved: float = 0.0
    _next: int = 0
    _waiting: deque[tuple[int, Future[Any]]] = field(default_factory=deque)
    _reductions: deque[_Reduction] = field(default_factory=deque)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    @property
    def reductions(self) -> int:
        """The number of findings whose reduction waits or runs."""
        return len(self._reductions)

    @property
    def next_index(self) -> int:
        """The first trial whose result is not in the ledger."""
        return self.first + self.ledger.worlds

    def go(self) -> None:
        """Carry out trials until a bound is met. Never raises an exception for a fault of a user or a tool; see
        `stopped`."""
        self._next = self.next_index
        try:
            for found in self.ledger.new:  # those of a resumed run
                self._reduce(found)
            try:
                with contextlib.suppress(_TimeOver):
                    self._trials()
            finally:
                # also after an interruption
                self._collect_done()
            while self._reductions:
                self._take_reduction(self._reductions.popleft())
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        except CannotWrite as error:
            self.stopped = str(error)
            return
        try:
            self._save()
        except CannotWrite as error:
            self.stopped = self.stopped or str(error)

    def _trials(self) -> None:
        self._submit()
        while self._waiting or (self._reductions and not self._enough()):
            if self._waiting:
                index, future = self._waiting[0]
                result = self._wait(future)
                self._waiting.popleft()
                self._add(index, result)
            else:
                self._take_reduction(self._reductions.popleft())
            while self._reductions and self._reductions[0].future.done():
                self._take_reduction(self._reductions.popleft())
            self._submit()
            self.watcher.advanced(self)
            if time.monotonic() - self._saved > SAVE_EVERY:
                self._save()

    def _submit(self) -> None:
        while len(self._waiting) < AHEAD * self.bounds.jobs and not self._enough() and not self._reductions_first():
            trial = Trial(self.recipe, self._next, self.options)
            self._waiting.append((self._next, self.run.submit(trial)))
            self._next += 1

    def _enough(self) -> bool:
        bounds = self.bounds
        if bounds.worlds is not None and self._next - self.first >= bounds.worlds:
            return True
        return bounds.seconds is not None and self.seconds >= bounds.seconds

    def _reductions_first(self) -> bool:
        seconds = self.bounds.seconds
        return bool(self._reductions) and seconds is not None and self.seconds >= seconds * (1 - FOR_REDUCTIONS)

    def _wait(self, future: Future[Any]) -> Any:
        """The result of a task, or its exception as a value. An interruption ends the wait at once. Raises `_TimeOver`;
        after the end of the time, tasks that have not begun are not waited for."""
        seconds = self.bounds.seconds
        while True:
            try:
                return future.result(LOOK_EVERY)
            except NotYet:
                self.watcher.advanced(self)
            except (TaskFailed, PoolClosed) as error:
                return error
            if seconds is not None and self.seconds >= seconds and (future.cancel() or self.seconds >= seconds + SLACK):
                raise _TimeOver

    def _add(self, index: int, result: TrialResult | Exception) -> None:
        if isinstance(result, Exception):
            self.errors.append(f"{result}\nRepeat: {self.commands.trial(index)}")
            result = TrialResult(index, outcome=Outcome.HARNESS_ERROR)
        elif result.outcome == Outcome.HARNESS_ERROR:
            repeat = self.commands.trial(index)
            self.errors += [f"{refusal.reason}\nRepeat: {repeat}" for refusal in result.refusals]
        for found in self.ledger.add(result, self.commands.trial(index)):
            if not found.known:
                self._keep(found, result)
            self.watcher.found(found)

    def _keep(self, found: Found, result: TrialResult) -> None:
        """The case is written at once, and reduced as soon as a worker is free."""
        self._write(found, dict(result.cases)[found.bucket])
        self._save()
        self._reduce(found)

    def _reduce(self, found: Found) -> None:
        if self.reducing and not found.reduced and not found.note:
            until = None if self.bounds.seconds is None else time.time() + self.bounds.seconds - self.seconds - SLACK
            task = Reduce(self.recipe, found.index, found.bucket, found.injected, self.options, until)
            self._reductions.append(_Reduction(found, self.run.submit(task)))

    def _write(self, found: Found, parts: CaseParts | LinkCaseText) -> None:
        file = case_file(self.directory, found.bucket)
        found.run = self.commands.case(file)
        write_case(file, found, parts, tools_of(self.run.tools, self.run.settings.interpreter))

    def _take_reduction(self, reduction: _Reduction) -> None:
        found = reduction.found
        try:
            reduced: Reduced | Exception = self._wait(reduction.future)
        except _TimeOver:
            return  # it stays as it was found; `--resume` makes up for it
        if isinstance(reduced, PoolClosed):
            return
        if isinstance(reduced, Exception):
            found.note = "the harness failed at it"
            self.errors.append(f"{found.bucket}: not reduced: {reduced}\nRepeat: {found.repeat}")
            return
        if reduced.parts is not None:
            found.message = reduced.message or found.message
            self._write(found, reduced.parts)
            found.reduced = not reduced.cut
            found.likeness = likeness(found.bucket, reduced.parts, reduced.core) if found.reduced else None
            self.ledger.join(found)
        elif not reduced.cut:
            found.note = reduced.note
        self._save()
        self.watcher.reduced(found, reduced)

    def _collect_done(self) -> None:
        """The finished trials, in order; the rest is dropped."""
        while self._waiting and self._waiting[0][1].done() and not self._waiting[0][1].cancelled():
            index, future = self._waiting.popleft()
            self._add(index, self._wait(future))
        self._waiting.clear()

    def _save(self) -> None:
        if self.keeps_state:
            settings = tuple(self.settings)
            now = state.CampaignState(
                self.recipe, self.next_index, self.first, self.ledger, settings, self.bounds.worlds
            )
            state.save(self.directory, now)
        self._saved = time.monotonic()
