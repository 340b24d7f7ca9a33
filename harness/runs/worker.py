"""A worker process: `python -m harness.runs.worker` performs one task at a time for the process that started it.

Standard output carries only answers; all other output goes to standard error.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import time
import traceback
from pathlib import Path
from typing import IO

from harness.bench.workbench import Workbench
from harness.process.launching import SURROUNDINGS, Killed, hand_on
from harness.process.memory import MEMORY, RAN_OUT
from harness.process.steps import Steps
from harness.runs.messages import AGAIN, ANSWER, ERROR, STEP, TOO_LARGE, UNUSABLE, WorkerTask, receive, send
from harness.suite.faults.bounded import UnusablePattern

GARBAGE_THRESHOLD = 1_000_000
"""The number of new objects between two garbage collections. Plans and traces are many objects with few cycles: with
Python's default of 700 the collections take more than a tenth of a worker's time."""

RECURSION = 10_000
"""Maximum number of Python frames: types may be nested many levels deep (`harness/frontend/narrow.py`)."""


def end_with_parent(parent: int) -> None:
    """Die when the parent ends in any way. On systems other than Linux the end of the input has this effect."""
    if sys.platform != "linux":
        return
    import ctypes
    import resource
    import signal

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The first message is `(settings,)`, each later one `(task, lost steps, whether this is the last try)`."""
    first = receive(requests)
    if first is None:
        return
    steps = Steps(lambda name, bound: send(answers, (STEP, (name, bound, time.process_time()))))
    bench = Workbench(first[0], steps)
    while (request := receive(requests)) is not None:
        task, steps.lost, steps.last_try = request
        try:
            answer = _performed(task, bench, steps)
            if answer is not None:
                send(answers, answer)
        except MemoryError:  # the answer is too large to send
            answer = None
        if answer is not None:
            continue
        # Outside all clauses, because the exception keeps all frames and so all objects alive.
        bench = Workbench(first[0], steps)  # and all its caches are gone
        gc.collect()
        send(answers, (TOO_LARGE, RAN_OUT))


def _performed(task: WorkerTask, bench: Workbench, steps: Steps) -> tuple[str, object] | None:
    """The answer to a task; None if memory ran out."""
    try:
        return ANSWER, task.perform(bench)
    except MemoryError:
        return None  # the first clause, as in `generator/cli`
    except Killed as killed:
        return ERROR if steps.last_try else AGAIN, str(killed)
    except UnusablePattern as error:
        return UNUSABLE, str(error)
    except OSError as error:
        return ERROR, _told(error, bench.settings.directory) or traceback.format_exc()
    except Exception:
        return ERROR, traceback.format_exc()


def _told(error: OSError, directory: Path) -> str | None:
    """The fix if the machine lacks the resources for a run; None for any other error. `directory`: for temporary
    files."""
    if error.errno not in SURROUNDINGS:
        return None
    place = error.filename or directory
    return f"{error.strerror}: {place} (the variable TMPDIR names the folder for temporary files)"


def prepare() -> None:
    """The settings of this interpreter."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    sys.setrecursionlimit(RECURSION)


def load() -> None:
    """The modules that almost every task needs."""
    import harness.frontend.component_wit
    import harness.runs.perform
    import harness.toolchains.ours  # noqa: F401


def work(requests: int, answers: int, held: int | None) -> None:
    """Serve until no request can come. The arguments are descriptors; `held`: for the launchers. Everything that is
    printed goes to standard error."""
    if held is not None:
        hand_on(held)
    os.dup2(2, 1)
    with contextlib.suppress(BrokenPipeError), os.fdopen(requests, "rb") as asked, os.fdopen(answers, "wb") as answered:
        serve(asked, answered)


def main() -> None:
    end_with_parent(int(sys.argv[1]))
    prepare()
    work(os.dup(0), os.dup(1), int(sys.argv[2]) if sys.argv[2:] else None)


if __name__ == "__main__":
    main()
