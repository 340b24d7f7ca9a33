"""A process that the launcher (`launcher.py`) forks: it watches one tool at a time from its start to its end.

When the tool ends, exceeds its time, writes too much or is no longer needed, all that it started ends with it: its
process group, and on Linux also processes that left the group, because orphans become children of this process. When
the launcher ends in any way, its end of the control socket closes, and the same happens. When this process is killed,
the launcher gets the orphans and ends them.

The control socket brings requests like those of the launcher. The warden sends a byte back when the tool has ended.
"""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harness.process import frames
from harness.process.descent import adopt_orphans, end_children
from harness.process.starved import STRETCH, is_starved

END_SIGNALS = tuple(
    signal.Signals[name] for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT") if name in signal.Signals.__members__
)
READY = b"."
_LOOK = 0.1
"""Seconds between two checks of a late and starved process, or of a tool's output."""
_LEAST_FILE = 4096
"""The minimum number of bytes that a file counts: many empty files also fill a disk."""


class Request(NamedTuple):
    """A request. `cpu_seconds`: limit on processor time. `written`: limit in bytes on the tool's total output; the
    contents of `folder` ("" for none) count, however they were written."""

    words: list[str]
    environment: dict[str, str]
    seconds: float
    cpu_seconds: int
    written: int
    folder: str


class ToolEnd(NamedTuple):
    """`errno`: the reason why the tool could not be started, else 0. `code`: as in `subprocess`. `used`: seconds of
    processor time of the tool, of all that it started, and of this process."""

    errno: int = 0
    code: int = 0
    late: bool = False
    overfull: bool = False
    used: float = 0.0


class StartedTool:
    """A started tool with its time limit."""

    def __init__(self, process: subprocess.Popen[bytes], request: Request) -> None:
        self.process = process
        self._request = request
        self.started = time.monotonic()
        self._deadline = self.started + request.seconds
        self._look = self.started + _LOOK
        self.late = False
        self.overfull = False

    def wait_at_most(self) -> float:
        """Seconds until the next check."""
        return max(0.0, min(self._deadline, self._look) - time.monotonic())

    def may_go_on(self, now: float) -> bool:
        """Whether it has time left, and has not written too much. A tool that does not get its processor time gets more
        wall time, so that a busy machine makes no tool late."""
        if now >= self._look:
            self._look = now + _LOOK
            self.overfull = self.overfull or self._has_written_too_much()
        if now >= self._deadline:
            stretched = self.started + STRETCH * self._request.seconds
            if now >= stretched or not is_starved(self.process.pid, 0.0, self._request.seconds):
                self.late = True
            else:
                self._deadline = min(stretched, now + _LOOK)
        return not (self.late or self.overfull)

    def _has_written_too_much(self) -> bool:
        most = self._request.written
        return bytes_written(self.process.pid) > most or holds_more_than(self._request.folder, most)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def has_ended(self) -> bool:
        """Whether the process has ended. If possible, the process keeps its number until it is waited for, so that its
        group can be ended safely."""
        if hasattr(os, "waitid"):
            return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return self.process.poll() is not None

    def collect(self) -> int:
        """End all processes that it left behind. Its exit code."""
        self.overfull = self.overfull or self._has_written_too_much()
        self.end()
        code = self.process.wait()
        end_children()
        return code


def bytes_written(pid: int) -> int:
    """Bytes that a process, and the children that it has waited for, wrote to files and pipes by system calls
    (proc_pid_io(5)). 0 if the system does not report it."""
    try:
        with open(f"/proc/{pid}/io", "rb") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(b"wchar:")), 0)
    except OSError:
        return 0


def holds_more_than(folder: str, most: int) -> bool:
    """Whether the files below a folder, links not followed, take more room than `most` bytes."""
    total = 0
    folders = [folder] if folder else []
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):  # it has just disappeared
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    found = entry.stat(follow_symlinks=False)
                    total += max(_LEAST_FILE, getattr(found, "st_blocks", found.st_size // 512) * 512)
                if total > most:
                    return True
    return False


class Warden:
    """The loop: one tool after the other, their ends and limits, and the processes that wait for them."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._woken, wake = os.pipe()
        for descriptor in (self._woken, wake):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._stopped = False
        for number in END_SIGNALS:
            signal.signal(number, self._stop)
        self._told = 0.0

    def serve(self) -> None:
        """Run until the launcher has ended or a signal arrives."""
        while not self._stopped and self._wait({self._control.fileno()}, None):
            message = frames.receive(self._control)
            if message is None:
                return
            (_, *request), (channel, *output) = message
            with socket.socket(fileno=channel) as waiting:
                answer = self._watch(Request(*request), waiting, output)
                if answer is None:
                    return
                with contextlib.suppress(OSError):  # no process waits for it any more
                    waiting.sendall(marshal.dumps(tuple(answer)))
            try:
                self._control.send(READY)
            except ConnectionError:
                return

    def _stop(self, *_: object) -> None:
        self._stopped = True

    def _watch(self, request: Request, channel: socket.socket, output: list[int]) -> ToolEnd | None:
        """Start a tool and watch it until its end. None if it ends because this process must end."""
        try:
            tool = StartedTool(_start(request, output), request)
        except (OSError, ValueError) as error:
            return ToolEnd(getattr(error, "errno", None) or errno.EINVAL)
        finally:
            for descriptor in output:
                os.close(descriptor)
        lost = False
        ends = {self._control.fileno(), channel.fileno()}
        while not tool.has_ended() and tool.may_go_on(time.monotonic()):
            ready = self._wait(ends, tool.wait_at_most())
            lost = self._stopped or self._control.fileno() in ready
            if lost or channel.fileno() in ready:
                break
        code = tool.collect()
        used, before = _used(), self._told
        self._told = used
        return None if lost else ToolEnd(0, code, tool.late, tool.overfull, used - before)

    def _wait(self, descriptors: set[int], seconds: float | None) -> set[int]:
        """Wait until one of them is readable, a signal arrives or the time is over. The readable ones."""
        poll = select.poll()
        for descriptor in (self._woken, *descriptors):
            poll.register(descriptor, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(None if seconds is None else seconds * 1000 + 1)}
            if self._woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 4096)
            if ready - {self._woken} or self._stopped or seconds is not None:
                return ready - {self._woken}


def serve(control: socket.socket) -> None:
    """The main function of a process that the launcher has just forked."""
    os.setsid()  # a signal to the launcher's group does not end this process
    adopt_orphans()
    Warden(control).serve()


def _start(request: Request, output: Sequence[int]) -> subprocess.Popen[bytes]:
    """Raises `OSError`, and `ValueError` for words that a command cannot contain."""
    with _bounded_cpu(request.cpu_seconds):
        return subprocess.Popen(
            request.words,
            stdin=subprocess.DEVNULL,
            stdout=output[0],
            stderr=output[1],
            env=request.environment,
            start_new_session=True,
        )


@contextlib.contextmanager
def _bounded_cpu(seconds: int) -> Iterator[None]:
    """Set the limit on processor time that a child inherits. This process outlives one tool, so it does not keep it."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _used() -> float:
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime + time.process_time()
