"""Child processes bounded in time and memory, started without a copy of this process."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

MAX_MESSAGE = 64 * 1024
"""Bytes of a child's standard error that are kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` of wall time; `memory` in bytes of address space (0: no bound); `output` in bytes a file."""

    seconds: float = 30.0
    memory: int = 4 << 30
    output: int = 96 << 20


@dataclass(frozen=True, slots=True)
class Completed:
    exit_code: int
    """As of `subprocess`: negative is the number of the signal that ended it."""
    stdout: bytes
    stderr: str
    timed_out: bool


class Running:
    """A started child. `wait` collects it; whoever starts one must call `wait` or `kill`.

    Output goes to unnamed files, not pipes: nobody has to read along, and a tool that floods them meets its file size
    bound. The child is started by vfork (no `preexec_fn`: a copy of a process that holds an engine costs 8 ms), so its
    bounds are set from outside right after the start. It stays in this process's group unless `own_group` is set, so
    that whoever ends the group ends it too; a bound on processor time ends it where nobody is left to do so.
    """

    def __init__(self, command: Sequence[str], limits: Limits, *, own_group: bool = False) -> None:
        self._limits = limits
        self._own_group = own_group
        self._stdout: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._deadline = time.monotonic() + limits.seconds
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=self._stdout,
                stderr=self._stderr,
                start_new_session=own_group,
                env=_environment(),
            )
        except BaseException:
            self._close()
            raise
        _bound(self._process.pid, limits)

    def wait(self) -> Completed:
        timed_out = False
        try:
            _wait_for_end(self._process, max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            timed_out = True
            self._end()
        except BaseException:
            self.kill()
            raise
        self._stdout.seek(0)
        self._stderr.seek(0)
        stdout = self._stdout.read()
        stderr = self._stderr.read(MAX_MESSAGE).decode("utf-8", "replace")
        self._close()
        # a spinning tool may meet the bound on processor time a moment before ours
        timed_out = timed_out or self._process.returncode == -getattr(signal, "SIGXCPU", 0)
        return Completed(self._process.returncode, stdout, stderr, timed_out)

    def kill(self) -> None:
        self._end()
        self._close()

    def _end(self) -> None:
        if self._own_group and hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def _close(self) -> None:
        self._stdout.close()
        self._stderr.close()


def run(command: Sequence[str], limits: Limits, *, own_group: bool = False) -> Completed:
    """Start and wait. `OSError` when the program cannot be started."""
    return Running(command, limits, own_group=own_group).wait()


def _wait_for_end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """`Popen.wait` with a timeout sleeps in growing steps and so wakes up to 4 ms late; a descriptor of the process
    wakes at once."""
    if hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(process.pid)
        except OSError:  # an older kernel
            pass
        else:
            try:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                if not poll.poll(seconds * 1000):
                    raise subprocess.TimeoutExpired(process.args, seconds)
            finally:
                os.close(descriptor)
            process.wait()
            return
    process.wait(seconds)


def _environment() -> dict[str, str]:
    """The environment without what changes a tool's messages."""
    environment = {key: value for key, value in os.environ.items() if key not in ("RUST_BACKTRACE", "RUST_LOG")}
    environment["NO_COLOR"] = "1"
    return environment


def _bound(pid: int, limits: Limits) -> None:
    if sys.platform != "linux":
        return
    import resource

    bounds = [
        (resource.RLIMIT_CPU, int(limits.seconds) + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits.output),
    ]
    if limits.memory:
        bounds.append((resource.RLIMIT_AS, limits.memory))
    with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
        for kind, value in bounds:
            resource.prlimit(pid, kind, (value, value))
