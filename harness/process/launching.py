"""The owner's side of launchers (`launcher.py`): children started with bounds, and told of when they end."""

from __future__ import annotations

import contextlib
import marshal
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from harness.process import launcher

_SLACK = 30.0
"""Seconds beyond a child's bound after which its launcher, which keeps the bound, is taken for dead."""

_HAS_LAUNCHER = sys.platform != "win32" and hasattr(socket, "send_fds")


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` of wall time; `memory` in bytes of address space (0: no bound); `output` in bytes a file."""

    seconds: float = 30.0
    memory: int = 4 << 30
    output: int = 64 << 20


def longest(limits: Limits) -> float:
    """Seconds after which a child that nobody tells the end of is taken for lost."""
    return limits.seconds * launcher.STRETCH + 2 * _SLACK


def processor_time() -> float:
    """Seconds that the children of this process's launchers have used, and the launchers themselves; for benchmarks."""
    return _used


class CannotStart(OSError):
    """A program could not be started. `filename` is what was to be started."""


class Killed(Exception):
    """A child was ended from outside (SIGKILL), as the system does when memory is short: its work is lost."""


def guard(folder: Path) -> None:
    """Have a folder of ours removed when this process ends, be it killed. Does nothing where there is no launcher."""
    if _HAS_LAUNCHER:
        _launcher(Limits()).guard(str(folder))


def why_unbounded() -> str | None:
    """Why this platform bounds children less than Linux does; None where it is Linux."""
    if sys.platform != "linux":
        if not _HAS_LAUNCHER:
            return "children are bounded in time only, and what they start may outlive them: no process groups here"
        return "what leaves a child's process group may outlive it, and memory may be unbounded: no subreaper here"
    return None


class _Child(Protocol):
    def wait(self) -> tuple[int, bool]:
        """The exit code, and whether it was late. Raises `CannotStart`, `Killed`."""

    def end(self) -> None: ...


class _Launched:
    """A child of a launcher, seen through its socket."""

    def __init__(self, channel: socket.socket, program: str, seconds: float) -> None:
        self._channel = channel
        self._program = program
        self._deadline = time.monotonic() + seconds * launcher.STRETCH + _SLACK

    def wait(self) -> tuple[int, bool]:
        data = bytearray()
        try:
            while True:
                self._channel.settimeout(max(0.1, self._deadline - time.monotonic()))
                part = self._channel.recv(4096)
                if not part:
                    break
                data += part
        except TimeoutError:
            return -9, True
        except ConnectionError:
            pass
        finally:
            self._channel.close()
        if not data:
            raise Killed("the process that starts tools was killed")
        global _used
        number, code, late, used = marshal.loads(data)
        _used += used
        if number:
            raise CannotStart(number, os.strerror(number), self._program)
        return code, late

    def end(self) -> None:
        self._channel.close()


class _Launcher:
    """This process's end of a launcher."""

    def __init__(self, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        cpu_seconds = int(limits.seconds) + 1
        words = [launcher.__file__, *map(str, (cpu_seconds, limits.memory, limits.output))]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", *words],
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

    def start(self, command: Sequence[str], seconds: float, stdout: IO[bytes], stderr: IO[bytes]) -> _Launched:
        """Raises `ConnectionError` where the launcher has ended."""
        ours, theirs = socket.socketpair()
        with theirs:
            descriptors = [theirs.fileno(), stdout.fileno(), stderr.fileno()]
            try:
                self._send((launcher.RUN, list(command), _environment(), seconds), descriptors)
            except BaseException:
                ours.close()
                raise
        return _Launched(ours, command[0], seconds)

    def guard(self, folder: str) -> None:
        self._send((launcher.GUARD, folder), [])

    def _send(self, request: Any, descriptors: list[int]) -> None:
        body = marshal.dumps(request)
        with self._lock:
            socket.send_fds(self._socket, [struct.pack("<I", len(body))], descriptors)
            self._socket.sendall(body)

    def close(self) -> None:
        self._socket.close()


_used = 0.0
_launchers: dict[Limits, _Launcher] = {}
_launchers_lock = threading.Lock()
_kept: tuple[int, ...] = ()


def hand_on(descriptor: int) -> None:
    """Let launchers hold a descriptor as long as they live: whoever has the other end sees when all are gone."""
    global _kept
    _kept = (*_kept, descriptor)


def _launcher(limits: Limits) -> _Launcher:
    with _launchers_lock:
        found = _launchers.get(limits)
        if found is None or not found.lives:
            if found is not None:
                found.close()
            found = _launchers[limits] = _Launcher(limits)
        return found


def start(command: Sequence[str], limits: Limits, stdout: IO[bytes], stderr: IO[bytes]) -> _Child:
    if not _HAS_LAUNCHER:
        return _Plain(command, limits.seconds, stdout, stderr)
    with contextlib.suppress(ConnectionError):
        return _launcher(limits).start(command, limits.seconds, stdout, stderr)
    # somebody has killed it
    return _launcher(limits).start(command, limits.seconds, stdout, stderr)


class _Plain:
    """A child of this process, bounded in time alone: where there are no launchers."""

    def __init__(self, command: Sequence[str], seconds: float, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self._deadline = time.monotonic() + seconds
        self._error: CannotStart | None = None
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=_environment()
            )
        except OSError as error:
            self._error = CannotStart(error.errno, error.strerror, command[0])

    def wait(self) -> tuple[int, bool]:
        if self._process is None:
            assert self._error is not None
            raise self._error
        try:
            return self._process.wait(max(0.0, self._deadline - time.monotonic())), False
        except subprocess.TimeoutExpired:
            self.end()
            return self._process.wait(), True

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()


def _environment() -> dict[str, str]:
    """The environment without what changes a tool's messages."""
    environment = {key: value for key, value in os.environ.items() if key not in ("RUST_BACKTRACE", "RUST_LOG")}
    environment["NO_COLOR"] = "1"
    return environment
