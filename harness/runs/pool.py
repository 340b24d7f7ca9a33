"""The owner's side of worker processes: distributes tasks, and replaces workers that hang or die."""

from __future__ import annotations

import contextlib
import os
import select
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any

from harness.bench.settings import Settings
from harness.process.last_words import tell_of_no_memory
from harness.process.memory import RAN_OUT, is_limited
from harness.process.starved import STRETCH, is_starved
from harness.process.steps import Loss
from harness.runs import worker_process
from harness.runs.gate import Gate
from harness.runs.messages import AGAIN, ANSWER, STEP, TOO_LARGE, UNUSABLE, WorkerTask, receive, send

_LEAVE = 20.0
"""Seconds that the launchers of an ended worker may take to end their tools."""

_LAST_WORDS = 64 << 10
_SHOWN = 4 << 10
"""Characters of a dead worker's standard error that are looked at, and that a message contains."""

MAX_LOSSES = 16
"""The number of steps of one task that may kill a worker before the task is given up."""


UNDER_A_LIMIT = (
    "a worker was lost twice, at last alone, at `{}`: {}\nA limit on memory (`ulimit -v` or `-d`) is below what "
    "workers get, so this says nothing about a tool: raise the limit"
)


class TaskFailed(Exception):
    """The harness itself failed at a task: a fault of the harness, never of a tool. The message contains the
    details."""


class OutOfMemory(TaskFailed):
    """The input of a task is too large for the memory that a worker may use. The message says what to do."""


class Unusable(TaskFailed):
    """A file of the user's shows in the task that it cannot be used. The message names its place."""


class PoolClosed(Exception):
    """The pool was closed before the task was done."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a worker may take for one step, and to start."""

    step: float = 60.0
    start: float = 60.0


class _Lost(Exception):
    """A worker was lost in a step, "" if in none. `may_be_chance`: another attempt might succeed."""

    def __init__(self, step: str, loss: Loss, may_be_chance: bool) -> None:
        super().__init__(step)
        self.step = step
        self.loss = loss
        self.may_be_chance = may_be_chance


class _Again(Exception):
    """A worker requests another attempt of its task, because one of its tools was killed. The message says so."""


class _Worker:
    """One process and the pipes to it. Used by one thread; `kill_if_overdue` and `kill` by any."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        self._patience = patience
        self._step = ""
        self._late = False
        self._wait(patience.start)
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        # the worker's launchers hold the other end: it closes when nothing of the worker is left
        self._left: int | None = None
        held: int | None = None
        if os.name == "posix" and hasattr(select, "poll"):
            self._left, held = os.pipe()
        try:
            self._process = worker_process.start(self._stderr, held)
        finally:
            if held is not None:
                os.close(held)
        self._say((settings,))

    def call(self, task: WorkerTask, lost: Mapping[str, Loss], last_try: bool) -> Any:
        self._step = ""
        self._wait(self._patience.start, self._watch.used)
        self._say((task, dict(lost), last_try))
        while (message := receive(self._process.answers)) is not None:
            kind, content = message
            if kind == STEP:
                self._step, bound, used = content
                self._wait(bound.of(self._patience.step), used)
                continue
            self._wait(float("inf"), self._watch.used)
            if kind == ANSWER:
                return content
            raise {AGAIN: _Again, TOO_LARGE: OutOfMemory, UNUSABLE: Unusable}.get(kind, TaskFailed)(content)
        raise self._end()

    def _wait(self, seconds: float, used: float = 0.0) -> None:
        """Start a limit now. `used`: the processor time that the worker has used so far."""
        self._watch = _Watch(time.monotonic(), seconds, used)

    def _say(self, message: tuple[Any, ...]) -> None:
        with contextlib.suppress(BrokenPipeError):  # the missing answer shows the death
            send(self._process.requests, message)

    def _end(self) -> _Lost | OutOfMemory:
        code = self._process.wait()
        self._stderr.seek(0)
        said = self._stderr.read()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
        if self._late:
            seconds = self._watch.seconds
            return _Lost(self._step, Loss(seconds, None, f"did not end within {seconds:g} s"), False)
        if tell_of_no_memory(said):
            return OutOfMemory(RAN_OUT)
        told = f"the worker ended with code {code}" + (f":\n{said[-_SHOWN:]}" if said else "")
        return _Lost(self._step, Loss(0.0, code, told), not self._step or code < 0)

    def kill_if_overdue(self, now: float) -> None:
        if self._watch.is_over(now, self._process.pid) and self._process.lives():
            self._late = True
            self.kill()

    def kill(self) -> None:
        """End it; its launchers see that and end their tools."""
        self._process.kill()

    def close(self) -> None:
        """Returns when nothing is left of it, so no tool writes any more."""
        self.kill()
        self._process.wait()
        if self._left is not None:
            poll = select.poll()
            poll.register(self._left, select.POLLIN | select.POLLHUP)
            poll.poll(_LEAVE * 1000)
            os.close(self._left)
            self._left = None
        self._process.close()
        self._stderr.close()


@dataclass(frozen=True, slots=True)
class _Watch:
    """A worker's deadline, and its processor time at the beginning of the period."""

    began: float
    seconds: float
    used: float

    def is_over(self, now: float, pid: int) -> bool:
        """A worker that does not get its processor time gets more wall time, so a busy machine makes nothing late."""
        if now <= self.began + self.seconds:
            return False
        return now > self.began + STRETCH * self.seconds or not is_starved(pid, self.used, self.seconds)


class Pool:
    """`jobs` workers that survive from task to task; each belongs to its own thread.

    A worker that exits or hangs in a step is replaced, and the task is tried again with that step marked as lost. If
    the worker, or a tool, was ended by a signal, as the system and failed allocations do when memory is short, nothing
    is known about the step: the task is tried again once while nothing else runs, and only a loss in that attempt
    counts. Even that does not where `ulimit` leaves less memory than workers should have.
    """

    def __init__(self, settings: Settings, jobs: int, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._own = threading.local()
        self._workers: set[_Worker] = set()
        self._lock = threading.Lock()
        self._gate = Gate()
        self._closed = threading.Event()
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="harness-worker")
        self._watchdog = threading.Thread(target=self._watch, name="harness-watchdog", daemon=True)
        self._watchdog.start()

    def submit(self, task: WorkerTask) -> Future[Any]:
        """The future's exception is `TaskFailed` if the harness failed."""
        return self._threads.submit(self._perform, task)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every worker, busy or not. Cancels tasks that have not begun."""
        self._closed.set()
        with self._lock:
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._watchdog.join()
        for worker in self._workers:
            worker.close()

    def _perform(self, task: WorkerTask) -> Any:
        lost: dict[str, Loss] = {}
        last_try = False
        while len(lost) <= MAX_LOSSES:
            with self._gate.alone() if last_try else self._gate.together():
                worker = self._worker()
                try:
                    return worker.call(task, lost, last_try)
                except _Again:
                    last_try = True
                except OutOfMemory:
                    self._drop(worker)  # it may keep its present memory
                    raise
                except _Lost as failure:
                    self._drop(worker)
                    if self._closed.is_set():
                        raise PoolClosed from None
                    if failure.may_be_chance and not last_try:
                        last_try = True
                    elif not failure.step or failure.step in lost:
                        raise TaskFailed(f"a worker was lost outside any step: {failure.loss.message}") from None
                    elif failure.may_be_chance and is_limited():
                        raise TaskFailed(UNDER_A_LIMIT.format(failure.step, failure.loss.message)) from None
                    else:
                        lost[failure.step] = failure.loss
        raise TaskFailed(f"{len(lost)} steps of one task cost a worker each: {', '.join(lost)}")

    def _worker(self) -> _Worker:
        worker: _Worker | None = getattr(self._own, "worker", None)
        if worker is None:
            with self._lock:
                if self._closed.is_set():
                    raise PoolClosed
                try:
                    worker = self._own.worker = _Worker(self._settings, self._patience)
                except (ConnectionError, TimeoutError) as error:
                    raise TaskFailed(f"no worker can be started: {error}") from error
                self._workers.add(worker)
        return worker

    def _drop(self, worker: _Worker) -> None:
        self._own.worker = None
        with self._lock:
            self._workers.discard(worker)
        worker.close()

    def _watch(self) -> None:
        while not self._closed.wait(0.1):
            now = time.monotonic()
            with self._lock:
                for worker in self._workers:
                    worker.kill_if_overdue(now)
