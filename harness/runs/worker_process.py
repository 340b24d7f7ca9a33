"""The process of a worker, seen by its owner: started, awaited, killed.

On Linux a nursery (`nursery.py`) forks it, one for all workers of this process. Elsewhere each is started by itself: a
fork without exec is not safe there, and a worker could not end with its parent.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Protocol

from harness.process import frames

_START = 300.0
"""Seconds after which a nursery that has not forked a worker counts as dead, however busy the machine is."""
_LEAVE = 5.0
"""Seconds that a nursery may take to end."""


class WorkerProcess(Protocol):
    """`requests`: written by the owner; `answers`: read by it. `pid`: its process."""

    requests: IO[bytes]
    answers: IO[bytes]
    pid: int

    def lives(self) -> bool: ...

    def wait(self) -> int:
        """The exit code, as in `subprocess`."""

    def kill(self) -> None:
        """At once, with all processes of its group. By any thread."""

    def close(self) -> None:
        """After `wait`."""


def start(errors: IO[bytes], held: int | None) -> WorkerProcess:
    """`errors`: its standard error. `held`: a descriptor that its launchers hold as long as they live."""
    if sys.platform != "linux" or held is None:
        return _Started(errors, held)
    nursery = _nursery()
    try:
        return _Forked(nursery, errors, held)
    except ConnectionError:  # it has been killed, perhaps so lately that it still seems to live
        nursery.end()
        return _Forked(_nursery(), errors, held)


class _Started:
    """A process of its own from the first instruction on."""

    def __init__(self, errors: IO[bytes], held: int | None) -> None:
        kept = () if held is None else (held,)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "harness.runs.worker", *map(str, (os.getpid(), *kept))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            pass_fds=kept,
            env=_environment(),
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.requests: IO[bytes] = self._process.stdin
        self.answers: IO[bytes] = self._process.stdout
        self.pid = self._process.pid

    def lives(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> int:
        return self._process.wait()

    def kill(self) -> None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()

    def close(self) -> None:
        _close(self.requests, self.answers)


class _Forked:
    """A child of a nursery, which reports its number and its end over a socket."""

    def __init__(self, nursery: _Nursery, errors: IO[bytes], held: int) -> None:
        requests, to_worker = os.pipe()
        from_worker, answers = os.pipe()
        self.requests: IO[bytes] = os.fdopen(to_worker, "wb")
        self.answers: IO[bytes] = os.fdopen(from_worker, "rb")
        self._channel, theirs = socket.socketpair()
        self._channel.settimeout(_START)
        self._lock = threading.Lock()
        self._code: int | None = None
        try:
            with theirs:
                nursery.fork([requests, answers, errors.fileno(), held, theirs.fileno()])
            self.pid = self._number(0)
        except BaseException:
            self.close()
            raise
        finally:
            os.close(requests)
            os.close(answers)
        if not self.pid:
            self.close()
            raise ConnectionAbortedError("the process that forks workers has ended or cannot fork")
        self._channel.settimeout(None)

    def _number(self, missing: int) -> int:
        """The next number on the socket, `missing` if the nursery has ended."""
        with contextlib.suppress(ConnectionError):
            data = self._channel.recv(8, socket.MSG_WAITALL)
            if len(data) == 8:
                return int.from_bytes(data, "little", signed=True)
        return missing

    def lives(self) -> bool:
        try:
            self._channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False  # its exit code has come, or the nursery has ended

    def wait(self) -> int:
        with self._lock:
            if self._code is None:
                self._code = self._number(-signal.SIGKILL)
            return self._code

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        _close(self.requests, self.answers)
        self._channel.close()


class _Nursery:
    """This process's end of a nursery. It ends when this process does."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "harness.runs.nursery"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env=_environment(),
            )
        self._socket = ours
        self._lock = threading.Lock()

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def fork(self, descriptors: list[int]) -> None:
        """Raises `ConnectionError` if it has ended."""
        with self._lock:
            frames.send(self._socket, (dict(_environment()), os.getcwd(), list(sys.path)), descriptors)

    def end(self) -> None:
        """Whatever it does. Its workers end with it."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVE)


_nurseries: dict[tuple[tuple[str, str], ...], _Nursery] = {}
"""By what a Python process takes from its environment when it starts, but for the places of modules: a worker gets
those of its owner at that time."""
_nurseries_lock = threading.Lock()


def _nursery() -> _Nursery:
    with _nurseries_lock:
        own = (item for item in os.environ.items() if item[0].startswith("PYTHON") and item[0] != "PYTHONPATH")
        key = tuple(sorted(own))
        found = _nurseries.get(key)
        if found is None or not found.lives:
            if found is not None:
                found.close()
            found = _nurseries[key] = _Nursery()
        return found


@atexit.register
def _end_nurseries() -> None:
    for nursery in _nurseries.values():
        nursery.close()


def _environment() -> Mapping[str, str]:
    """That of a process which loads its modules from where this one loads them."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def _close(*streams: IO[bytes]) -> None:
    for stream in streams:
        with contextlib.suppress(OSError):
            stream.close()
