"""A child process with limits on time, memory and output."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

SECONDS = 60
"""Of wall time."""
MORE_PROCESSOR_TIME = 5
"""Seconds of processor time beyond the wall time. So a child that loops reaches the limit of wall time first, whose
message says so; the limit of processor time ends a child whose parent was killed."""
MEMORY = 4 << 30
"""Bytes of address space; for an engine, of private data, to which the memories and tables of its guests belong."""
OUTPUT = 1 << 30
"""Bytes of each output. A printer repeats names, so its output is not linear in its input."""
SHOWN = 1 << 20
"""Bytes of standard error that are kept: half from its beginning, half from its end."""

_POSIX = os.name == "posix"
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Completed:
    """The end of a child. `failure` is set if it did not end by itself: what happened, for messages."""

    exit_code: int
    output: bytes
    errors: str
    failure: str | None = None


def run(command: Sequence[str], content: bytes, *, seconds: int | None = None, engine: bool = False) -> Completed:
    """Run a command with `content` as its standard input. Raises OSError if it cannot be started.

    `seconds`: another limit than `SECONDS`. `engine`: the command runs WebAssembly, so it reserves far more address
    space than it uses. Where the operating system has no limits for processes (`resource`), only wall time is limited.
    On Linux the child ends at once when this process ends, however it ends.
    """
    seconds = SECONDS if seconds is None else seconds
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded here: little works between fork and exec
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            preexec_fn=functools.partial(_limit, seconds, engine, libc, os.getpid()) if _POSIX else None,
            start_new_session=_POSIX,
        )
        failure = None
        try:
            child.communicate(content, seconds)
        except subprocess.TimeoutExpired:
            failure = f"it did not end within {seconds} seconds"
        finally:
            _end(child)
        if failure is None and child.returncode < 0:
            failure = f"it was ended by {signal.Signals(-child.returncode).name}"
        output.seek(0)
        return Completed(child.returncode, output.read(), _shown(errors), failure)


def _shown(errors: IO[bytes]) -> str:
    """What a file says, without the middle if that is long."""
    size = errors.seek(0, os.SEEK_END)
    errors.seek(0)
    if size <= SHOWN:
        return errors.read().decode("utf-8", "replace")
    half = SHOWN // 2
    first = errors.read(half).decode("utf-8", "replace")
    errors.seek(size - half)
    return f"{first}\n({size - 2 * half} bytes are left out)\n{errors.read().decode('utf-8', 'replace')}"


def _limit(seconds: int, engine: bool, libc: ctypes.CDLL | None, parent: int) -> None:
    """Set the limits, in the child, before the command starts. A lower limit that already applies stays."""
    import resource

    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    for kind, wanted in (
        (resource.RLIMIT_CPU, seconds + MORE_PROCESSOR_TIME),
        (resource.RLIMIT_DATA if engine else resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        limit = min((at for at in (wanted, hard) if at != resource.RLIM_INFINITY), default=resource.RLIM_INFINITY)
        resource.setrlimit(kind, (limit, limit))


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and everything that it started: a script may run the tool as a child of its own."""
    if _POSIX:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    elif child.poll() is None:
        child.kill()
    child.wait()
