"""Child processes bounded in time, memory and output, which end with whoever started them."""

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
from harness.process.launching import CannotStart, Killed, Limits

MAX_MESSAGE = 64 * 1024
"""Bytes of a child's standard error that are kept."""


@dataclass(frozen=True, slots=True)
class Completed:
    exit_code: int
    """As of `subprocess`: negative is the number of the signal that ended it."""
    stdout: bytes
    """No more than the bound of an output."""
    stderr: str
    timed_out: bool
    flooded: bool = False
    """It was ended because it wrote more than its bound into one file."""
    overfull: bool = False
    """It wrote more than its bound in all."""


class Running:
    """A started child. `wait` collects it; whoever starts one must call `wait` or `kill`.

    Output goes to unnamed files, not pipes: nobody has to read along, and a tool that floods them meets the bound of a
    file's size. Starting it and being told of its end are the business of a launcher (`harness/process/launcher.py`):
    one for each set of bounds, so that the bounds hold from the first instruction on.
    """

    def __init__(self, command: Sequence[str], limits: Limits, folder: Path | None = None) -> None:
        """`folder`: for temporary files of the child; all that lies there counts as written by it."""
        self._limits = limits
        self._stdout: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            self._child = launching.start(command, limits, self._stdout, self._stderr, folder)
        except BaseException:
            self._close()
            raise

    def wait(self) -> Completed:
        """Raises `CannotStart`, `Killed`, and `OSError` where the machine does not give what a run needs: processes, or
        room in the folder for temporary files. Nothing can be said then of a tool that writes there.
        """
        try:
            ended = self._child.wait()
            code = ended.code
            # a spinning tool may meet the bound on processor time a moment before ours
            timed_out = ended.late or _ended_by(code, "SIGXCPU")
            if not (timed_out or ended.overfull) and _ended_by(code, "SIGKILL"):
                raise Killed("a tool was killed by signal 9, and not by the harness: is memory short?")
            _check_room(self._stdout)
            # a shell tells of a child's signal by its number and 128
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


def run(command: Sequence[str], limits: Limits) -> Completed:
    """Start and wait. Raises what `Running` does."""
    return Running(command, limits).wait()


def _ended_by(code: int, name: str) -> bool:
    """`name` of a signal, which not every platform has."""
    return code < 0 and code == -getattr(signal, name, 0)


def _check_room(file: IO[bytes]) -> None:
    if not hasattr(os, "fstatvfs"):
        return
    found = os.fstatvfs(file.fileno())
    room = found.f_bfree if os.getuid() == 0 else found.f_bavail
    if found.f_blocks and not room:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), tempfile.gettempdir())


__all__ = ["CannotStart", "Completed", "Killed", "Limits", "Running", "run"]
