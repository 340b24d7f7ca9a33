"""The owner's side of launchers (`launcher.py`): children start with limits, and the owner learns when they end."""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import harness
from harness.process import frames, launcher
from harness.process.starved import STRETCH
from harness.process.warden import Request, ToolEnd

_SLACK = 30.0
"""Seconds beyond a child's time limit after which its launcher, which enforces the limit, counts as dead."""

_ROOT = str(Path(harness.__file__).parents[1])
_HAS_LAUNCHER = all(hasattr(*found) for found in ((socket, "send_fds"), (os, "fork"), (select, "poll")))


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """`seconds` of wall time; `memory` in bytes of address space (0: no limit); `output` in bytes for each file;
    `written` in bytes that a tool writes in all."""

    seconds: float = 30.0
    memory: int = 4 << 30
    output: int = 64 << 20
    written: int = 512 << 20


def longest(limits: ProcessLimits) -> float:
    """Seconds after which a child without any report of its end counts as lost."""
    return limits.seconds * STRETCH + 2 * _SLACK


def processor_time() -> float:
    """Processor seconds of this process's tools and of the processes that watch them; for benchmarks."""
    return _used


SURROUNDINGS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)
"""Errors with these numbers are not the fault of a program: the machine lacks the resources for a run."""


class CannotStart(OSError):
    """A program could not be started, and the program itself is the cause. `filename` is the program."""


def not_started(number: int, program: str) -> OSError:
    """The error to raise: `CannotStart` if it is the program's fault."""
    kind = OSError if number in SURROUNDINGS else CannotStart
    return kind(number, os.strerror(number), program)


class Killed(Exception):
    """A child was killed from outside (SIGKILL), as the system does when memory is short: its work is lost."""


def guard(folder: Path) -> None:
    """Have a folder of ours removed when this process ends, even when it is killed. Does nothing without a launcher."""
    if _HAS_LAUNCHER:
        _guarded.append(str(folder))
        with contextlib.suppress(ConnectionError):
            _launcher(ProcessLimits()).guard(str(folder))


def why_unbounded() -> str | None:
    """Why this platform limits children less than Linux does; None on Linux."""
    if sys.platform != "linux":
        if not _HAS_LAUNCHER:
            return "only the time of children is limited, and their children may outlive them: no process groups here"
        return "processes that leave a child's group may outlive it, and memory may be unlimited: no subreaper here"
    return None


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a child. `overfull`: it wrote too much in all."""

    code: int
    late: bool = False
    overfull: bool = False


class _Child(Protocol):
    def wait(self) -> Ended:
        """Raises `CannotStart`, `Killed`, and `OSError` if the machine lacks the resources."""

    def end(self) -> None: ...


class _Launched:
    """A child of a launcher, seen through its socket."""

    def __init__(self, channel: socket.socket, program: str, seconds: float) -> None:
        self._channel = channel
        self._program = program
        self._deadline = time.monotonic() + seconds * STRETCH + _SLACK

    def wait(self) -> Ended:
        data = bytearray()
        try:
            while True:
                self._channel.settimeout(max(0.1, self._deadline - time.monotonic()))
                part = self._channel.recv(4096)
                if not part:
                    break
                data += part
        except TimeoutError:
            return Ended(-9, late=True)
        except ConnectionError:
            pass
        finally:
            self._channel.close()
        if not data:
            raise Killed("the process that starts tools was killed")
        global _used
        answer = ToolEnd(*marshal.loads(data))
        _used += answer.used
        if answer.errno:
            raise not_started(answer.errno, self._program)
        return Ended(answer.code, answer.late, answer.overfull)

    def end(self) -> None:
        self._channel.close()


class _Launcher:
    """This process's end of a launcher."""

    def __init__(self, limits: ProcessLimits) -> None:
        ours, theirs = socket.socketpair()
        words = [launcher.START, _ROOT, *map(str, (limits.memory, limits.output))]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", *words],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=_kept,
            )
        self._socket = ours
        self._lock = threading.Lock()

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def start(
        self, command: Sequence[str], limits: ProcessLimits, stdout: IO[bytes], stderr: IO[bytes], folder: Path | None
    ) -> _Launched:
        """Raises `ConnectionError` if the launcher has ended."""
        ours, theirs = socket.socketpair()
        with theirs:
            descriptors = [theirs.fileno(), stdout.fileno(), stderr.fileno()]
            try:
                self._send((launcher.RUN, *_request(command, limits, folder)), descriptors)
            except BaseException:
                ours.close()
                raise
        return _Launched(ours, command[0], limits.seconds)

    def guard(self, folder: str) -> None:
        self._send((launcher.GUARD, folder), [])

    def _send(self, request: tuple[Any, ...], descriptors: list[int]) -> None:
        with self._lock:
            frames.send(self._socket, request, descriptors)

    def close(self) -> None:
        self._socket.close()


_used = 0.0
_launchers: dict[tuple[int, int], _Launcher] = {}
"""Launchers by memory and output, the limits that a launcher sets on itself."""
_guarded: list[str] = []
_launchers_lock = threading.Lock()
_kept: tuple[int, ...] = ()


def hand_on(descriptor: int) -> None:
    """Let launchers hold a descriptor as long as they live: the other end sees when all of them are gone."""
    global _kept
    _kept = (*_kept, descriptor)


def _launcher(limits: ProcessLimits) -> _Launcher:
    with _launchers_lock:
        key = limits.memory, limits.output
        found = _launchers.get(key)
        if found is None or not found.lives:
            if found is not None:
                found.close()
            found = _launchers[key] = _Launcher(limits)
            if limits == ProcessLimits():
                for folder in _guarded:
                    found.guard(folder)
        return found


def start(
    command: Sequence[str], limits: ProcessLimits, stdout: IO[bytes], stderr: IO[bytes], folder: Path | None = None
) -> _Child:
    """`folder`: for the child's own files, which count as its output."""
    if not _HAS_LAUNCHER:
        return _Plain(command, limits.seconds, stdout, stderr, folder)
    with contextlib.suppress(ConnectionError):
        return _launcher(limits).start(command, limits, stdout, stderr, folder)
    # it has been killed
    return _launcher(limits).start(command, limits, stdout, stderr, folder)


def _request(command: Sequence[str], limits: ProcessLimits, folder: Path | None) -> Request:
    cpu_seconds = int(limits.seconds) + 1
    return Request(list(command), _environment(folder), limits.seconds, cpu_seconds, limits.written, str(folder or ""))


class _Plain:
    """A child of this process with a limit on time only: for platforms without launchers."""

    def __init__(
        self, command: Sequence[str], seconds: float, stdout: IO[bytes], stderr: IO[bytes], folder: Path | None
    ) -> None:
        self._deadline = time.monotonic() + seconds
        self._error: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=_environment(folder)
            )
        except OSError as error:
            self._error = not_started(error.errno or errno.EINVAL, command[0])

    def wait(self) -> Ended:
        if self._process is None:
            assert self._error is not None
            raise self._error
        try:
            return Ended(self._process.wait(max(0.0, self._deadline - time.monotonic())))
        except subprocess.TimeoutExpired:
            self.end()
            return Ended(self._process.wait(), late=True)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()


def _environment(folder: Path | None) -> dict[str, str]:
    """The environment without variables that change a tool's messages, with a folder for temporary files if there is
    one."""
    environment = {key: value for key, value in os.environ.items() if key not in ("RUST_BACKTRACE", "RUST_LOG")}
    environment["NO_COLOR"] = "1"
    if folder is not None:
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    return environment
