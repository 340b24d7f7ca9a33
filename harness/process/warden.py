"""One tool at a time from its start to its end, watched by a process that the launcher forks (`harness/process/launcher.py`).

When the tool ends, is late, writes too much or is no longer wanted, all that it started ends with it: its process
group, and on Linux also what left the group, because orphans become children of this process. When the launcher ends,
however it ends, its end of the control socket closes, and the same happens. When this process is killed, the launcher
gets the orphans, and ends them.

The control socket brings requests as those of the launcher. A byte goes back when the tool has ended.
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
"""Seconds between two looks at a process that is late and starved, or at what a tool has written."""
_LEAST_FILE = 4096
"""Bytes that a file counts at least: many empty ones fill a disk, too."""


class Request(NamedTuple):
    """What is asked for. `cpu_seconds`: bound on processor time. `written`: bound in bytes on all that the tool writes
    together; what lies in `folder` ("" for none) counts, be it written by whatever means."""

    words: list[str]
    environment: dict[str, str]
    seconds: float
    cpu_seconds: int
    written: int
    folder: str


class Answer(NamedTuple):
    """`errno`: why the tool could not be started, else 0. `code`: as of `subprocess`. `used`: seconds of processor time
    of the tool and all that it started, and of this process."""

    errno: int = 0
    code: int = 0
    late: bool = False
    overfull: bool = False
    used: float = 0.0


class Tool:
    """A started tool, and how long it may go on."""

    def __init__(self, process: subprocess.Popen[bytes], request: Request) -> None:
        self.process = process
        self._request = request
        self.started = time.monotonic()
        self._deadline = self.started + request.seconds
        self._look = self.started + _LOOK
        self.late = False
        self.overfull = False

    def wait_at_most(self) -> float:
        """Seconds until the next look."""
        return max(0.0, min(self._deadline, self._look) - time.monotonic())

    def may_go_on(self, now: float) -> bool:
        """Whether it has time left, and has not written too much. One that is kept from its processor time gets more
        time, so that a busy machine makes no tool late."""
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
        """It keeps its number until it is waited for, where that is possible: its group can be ended safely."""
        if hasattr(os, "waitid"):
            return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return self.process.poll() is not None

    def collect(self) -> int:
        """End all that it left. Its exit code."""
        self.overfull = self.overfull or self._has_written_too_much()
        self.end()
        code = self.process.wait()
        end_children()
        return code


def bytes_written(pid: int) -> int:
    """Bytes that a process, and the children that it has waited for, wrote to files and pipes by system calls
    (proc_pid_io(5)). 0 where that cannot be told."""
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
                with contextlib.suppress(OSError):  # it has just gone
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    found = entry.stat(follow_symlinks=False)
                    total += max(_LEAST_FILE, getattr(found, "st_blocks", found.st_size // 512) * 512)
                if total > most:
                    return True
    return False


class Warden:
    """The loop: one tool after the other, their ends and bounds, and whoever waits for them."""

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
        """Until the launcher has ended, or a signal says so."""
        while not self._stopped and self._wait({self._control.fileno()}, None):
            message = frames.receive(self._control)
            if message is None:
                return
            (_, *request), (channel, *output) = message
            with socket.socket(fileno=channel) as waiting:
                answer = self._watch(Request(*request), waiting, output)
                if answer is None:
                    return
                with contextlib.suppress(OSError):  # nobody waits for it any more
                    waiting.sendall(marshal.dumps(tuple(answer)))
            try:
                self._control.send(READY)
            except ConnectionError:
                return

    def _stop(self, *_: object) -> None:
        self._stopped = True

    def _watch(self, request: Request, channel: socket.socket, output: list[int]) -> Answer | None:
        """Start a tool and see it to its end. None where that comes because this process has to end."""
        try:
            tool = Tool(_start(request, output), request)
        except (OSError, ValueError) as error:
            return Answer(getattr(error, "errno", None) or errno.EINVAL)
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
        return None if lost else Answer(0, code, tool.late, tool.overfull, used - before)

    def _wait(self, descriptors: set[int], seconds: float | None) -> set[int]:
        """Which of them have something to read, as soon as one has, this process is told to end, or time is over."""
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
    """What a process does that the launcher has just forked."""
    os.setsid()  # whoever ends the launcher's group does not end this one
    adopt_orphans()
    Warden(control).serve()


def _start(request: Request, output: Sequence[int]) -> subprocess.Popen[bytes]:
    """Raises `OSError`, and `ValueError` for words that no command can have."""
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
    """The bound on processor time that a child inherits. This process lives longer than one tool, so it is not kept."""
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
