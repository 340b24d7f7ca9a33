"""A small process that starts tools for another: `python -I -S launcher.py CPU-SECONDS MEMORY OUTPUT`.

It sets the bounds of tools on itself, so that a tool and whatever it starts have them from the first instruction on.
It is small, so that starting a process from it is cheap. Each tool gets a session of its own. When the tool ends, is
late, or is no longer wanted, everything that it started ends with it: its process group, and on Linux also what left
the group, because orphans become children of this process. When the owner ends, however it ends, its end of the control
socket closes: all tools end then, and the folders that this process was told to guard are removed.

Standard input is the control socket. A request is its length (4 bytes) and a marshalled tuple:

* `("run", words, environment, seconds)` with three descriptors: the job's socket, standard output, standard error. The
  answer on the job's socket is one marshalled tuple: errno where the tool could not be started, else 0; its exit code
  as of `subprocess`; whether it was late; seconds of processor time used. Closing the socket ends the job.
* `("guard", path)`: a folder to remove when the owner has ended (`harness/process/owned.py`).

It imports the standard library only, and is started by its path: nothing else is loaded.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

RUN, GUARD = "run", "guard"

_SWEEP = 10.0
"""Seconds after which orphans that cannot be ended are left."""
_PAUSE = 0.002
_LOOK = 0.1
"""Seconds between two looks at a process that is late and starved."""
STRETCH = 5
"""By how much a bound on wall time grows for a process that wants to run and does not get its processor time."""


@dataclass(eq=False)
class _Job:
    process: subprocess.Popen[bytes]
    channel: socket.socket
    started: float
    deadline: float
    look_again: float = 0.0
    late: bool = False
    unwanted: bool = False
    used: float = 0.0

    @property
    def seconds(self) -> float:
        return self.deadline - self.started

    def may_go_on(self, now: float) -> bool:
        """Whether it has time left; one that is kept from its processor time gets more, so that a busy machine makes no
        tool late."""
        if now < self.deadline:
            return True
        if now < self.started + STRETCH * self.seconds and is_starved(self.process.pid, 0.0, self.seconds):
            self.look_again = now + _LOOK
            return True
        return False

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Launcher:
    """The loop: requests, ends of processes, deadlines, jobs that nobody waits for."""

    def __init__(self, control: socket.socket, cpu_seconds: int) -> None:
        self._control = control
        self._cpu_seconds = cpu_seconds
        self._jobs: list[_Job] = []
        self._guarded: list[str] = []
        self._own = 0.0
        self._woken, wake = os.pipe()
        for descriptor in (self._woken, wake):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._stopped = False
        for number in (signal.SIGCHLD, signal.SIGXCPU):
            signal.signal(number, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, self._stop)

    def serve(self) -> None:
        """Until the owner has ended, or a signal says so."""
        while not self._stopped:
            ready = self._wait()
            if self._woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 4096)
            for job in self._jobs:
                if job.channel.fileno() in ready and not job.unwanted:
                    job.unwanted = True  # nothing is ever sent on it: it was closed
                    job.end()
            if self._control.fileno() in ready and not self._take_request():
                break
            self._end_late_jobs()
            self._collect()
        self._end_all()

    def _stop(self, *_: object) -> None:
        self._stopped = True

    def _wait(self) -> set[int]:
        """Descriptors that have something to read, as soon as one has or a job is late."""
        poll = select.poll()
        for descriptor in (self._control.fileno(), self._woken):
            poll.register(descriptor, select.POLLIN)
        for job in self._jobs:
            if not job.unwanted:
                poll.register(job.channel.fileno(), select.POLLIN)
        nearest = min((max(job.deadline, job.look_again) for job in self._jobs if not job.late), default=None)
        timeout = None if nearest is None else max(0.0, nearest - time.monotonic()) * 1000 + 1
        return {descriptor for descriptor, _ in poll.poll(timeout)}

    def _take_request(self) -> bool:
        """False when the owner has ended."""
        try:
            head, descriptors, _, _ = socket.recv_fds(self._control, 4, 3)
        except ConnectionError:
            return False
        if len(head) < 4:
            return False
        (length,) = struct.unpack("<I", head)
        body = bytearray()
        while len(body) < length:
            part = self._control.recv(length - len(body))
            if not part:
                return False
            body += part
        request = marshal.loads(body)
        if request[0] == GUARD:
            self._guarded.append(request[1])
        else:
            self._start(request[1], request[2], request[3], descriptors)
        return True

    def _start(self, words: list[str], environment: dict[str, str], seconds: float, descriptors: list[int]) -> None:
        channel = socket.socket(fileno=descriptors[0])
        try:
            with _bounded_cpu(self._cpu_seconds):
                process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=descriptors[1],
                    stderr=descriptors[2],
                    env=environment,
                    start_new_session=True,
                )
        except (OSError, ValueError) as error:
            _answer(channel, getattr(error, "errno", None) or 22, 0, False, 0.0)
            channel.close()
        else:
            now = time.monotonic()
            self._jobs.append(_Job(process, channel, now, now + seconds))
        finally:
            for descriptor in descriptors[1:]:
                os.close(descriptor)

    def _end_late_jobs(self) -> None:
        now = time.monotonic()
        for job in self._jobs:
            if not job.late and not job.may_go_on(now):
                job.late = True
                job.end()

    def _collect(self) -> None:
        ended = [job for job in self._jobs if _has_ended(job.process)]
        if not ended:
            return
        for job in ended:
            job.end()  # what it left in its group
            job.used = _reap(job.process)
            self._jobs.remove(job)
        if not self._jobs:
            _end_orphans()
        for job in ended:
            own = time.process_time()
            _answer(job.channel, 0, job.process.returncode, job.late, job.used + own - self._own)
            self._own = own
            job.channel.close()

    def _end_all(self) -> None:
        for job in self._jobs:
            job.end()
            job.process.wait()
        _end_orphans()
        if self._guarded:
            self._remove_guarded()

    def _remove_guarded(self) -> None:
        """Other processes of the owner may be about to end, and write until then."""
        from pathlib import Path

        sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
        from harness.process import owned

        deadline = time.monotonic() + _SWEEP
        for path in self._guarded:
            while not owned.remove(Path(path)) and time.monotonic() < deadline:
                time.sleep(0.05)


def is_starved(pid: int, since: float, seconds: float) -> bool:
    """Whether a process wants to run, and since it had used `since` seconds of processor time got less than `seconds`.

    False where that cannot be told (elsewhere than on Linux).
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read(1024).rpartition(b")")[2].split()  # proc_pid_stat(5), from field 3 on
    except OSError:
        return False
    used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return fields[0] in (b"R", b"D") and used - since < seconds


def _answer(channel: socket.socket, errno: int, code: int, late: bool, used: float) -> None:
    with contextlib.suppress(OSError):  # nobody waits for it any more
        channel.sendall(marshal.dumps((errno, code, late, used)))


def _reap(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process that has ended; the seconds of processor time that it and what it waited for have used."""
    if process.returncode is not None:  # it was waited for to see that it has ended
        return 0.0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """The process keeps its number until it is waited for, where that is possible: its group can be ended safely."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return process.poll() is not None


def _end_orphans() -> None:
    """End whatever has become a child of this process. Called when no job is left, so that nothing else is one."""
    deadline = time.monotonic() + _SWEEP
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid:
            continue
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        time.sleep(_PAUSE)


def _children() -> Iterator[int]:
    """The processes whose parent this one is, as `/proc` tells."""
    own = str(os.getpid()).encode()
    for name in os.listdir("/proc") if sys.platform == "linux" else ():
        if name.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read(1024).rpartition(b")")[2].split()
                if fields[1] == own and fields[0] != b"Z":
                    yield int(name)


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


def bound(memory: int, output: int) -> None:
    """The bounds that this process and all its children have. What a platform cannot bound stays unbounded."""
    import resource

    bounds = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, output)]
    if memory:
        bounds.append((resource.RLIMIT_AS, memory))
    for kind, value in bounds:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def adopt_orphans() -> None:
    """Children of a child that ends become children of this process, on Linux (prctl(2), PR_SET_CHILD_SUBREAPER)."""
    if sys.platform == "linux":
        import ctypes

        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1)


def main() -> None:
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    cpu_seconds, memory, output = map(int, sys.argv[1:])
    adopt_orphans()
    bound(memory, output)
    Launcher(control, cpu_seconds).serve()


if __name__ == "__main__":
    main()
