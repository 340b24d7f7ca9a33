"""Child processes with limits on time, memory and output, which end with the process that started them."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.process import launching
from harness.process.launching import CannotStart, Killed, ProcessLimits

MAX_MESSAGE = 64 * 1024
"""The maximum number of bytes of a child's standard error that are kept."""


@dataclass(frozen=True, slots=True)
class Completed:
    exit_code: int
    """The exit code as in `subprocess`: a negative number is the signal that ended the child."""
    stdout: bytes
    """At most as long as the limit on an output."""
    stderr: str
    timed_out: bool
    flooded: bool = False
    """The child was killed because it wrote more than its limit into one file."""
    overfull: bool = False
    """Whether it wrote more than its limit in all."""


class Running:
    """A started child. `wait` collects it; the caller must call `wait` or `kill`.

    Output goes to unnamed files instead of pipes: no reader is necessary, and a tool that floods them reaches the limit
    of a file's size. A launcher (`harness/process/launcher.py`) starts the child and reports its end. Each set of
    limits has its own launcher, so that the limits hold from the first instruction on.
    """

    def __init__(self, command: Sequence[str], limits: ProcessLimits, folder: Path | None = None) -> None:
        """`folder`: for temporary files of the child; all files there count as written by it."""
        self._limits = limits
        self._stdout: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            self._child = launching.start(command, limits, self._stdout, self._stderr, folder)
        except BaseException:
            self._close()
            raise

    def wait(self) -> Completed:
        """Raises `CannotStart`, `Killed`, and `OSError` if the machine lacks the resources for a run: processes, or
        space in the folder for temporary files. Such an error says nothing about a tool that writes there.
        """
        try:
            ended = self._child.wait()
            code = ended.code
            # a spinning tool may reach the limit on processor time a moment before our own limit
            timed_out = ended.late or _ended_by(code, "SIGXCPU")
            if not (timed_out or ended.overfull) and _ended_by(code, "SIGKILL"):
                raise Killed("a tool was killed by signal 9, and not by the harness: is memory short?")
            _check_room(self._stdout)
            # a shell reports a child's signal as its number plus 128
            flooded = _ended_by(code, "SIGXFSZ") or _ended_by(128 - code, "SIGXFSZ") or self._is_full()
            self._stdout.seek(0)
            self._stderr.seek(0)
            stdout = self._stdout.read(MAX_MESSAGE if flooded else self._limits.output)
            stderr = self._stderr.read(MAX_MESSAGE).decode("utf-8", "replace")
        except BaseException:
            self.kill()
            raise
        self._close()
        return Completed(code, stdout, stderr, timed_out, flooded, ended.overfull)

    def _is_full(self) -> bool:
        return any(os.fstat(file.fileno()).st_size >= self._limits.output for file in (self._stdout, self._stderr))

    def kill(self) -> None:
        self._child.end()
        self._close()

    def _close(self) -> None:
        self._stdout.close()
        self._stderr.close()


def run(command: Sequence[str], limits: ProcessLimits) -> Completed:
    """Start and wait. Raises the same errors as `Running`."""
    return Running(command, limits).wait()


def _ended_by(code: int, name: str) -> bool:
    """The signal `name`, which not every platform has."""
    return code < 0 and code == -getattr(signal, name, 0)


def _check_room(file: IO[bytes]) -> None:
    if not hasattr(os, "fstatvfs"):
        return
    found = os.fstatvfs(file.fileno())
    room = found.f_bfree if os.getuid() == 0 else found.f_bavail
    if found.f_blocks and not room:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), tempfile.gettempdir())


__all__ = ["CannotStart", "Completed", "Killed", "ProcessLimits", "Running", "run"]
