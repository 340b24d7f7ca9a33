"""A small process that starts tools with their limits for another process (`harness/process/launching.py`).

It sets the limits of tools on itself, so that a tool and everything that it starts have them from the first instruction
on. It is small, so a fork is cheap. A warden (`warden.py`), a process that this process forks or has forked for an
earlier tool, starts and watches each tool and ends everything that the tool started. When a warden is killed, its tool
becomes a child of this process, which ends it. When the owner ends in any way, its end of the control socket closes:
this process then ends all tools and removes the folders that it guards.

Standard input is the control socket. Requests (`harness/process/frames.py`) are:

* `("run", *Request)` with three descriptors: the job's socket, standard output, standard error. The answer on the job's
  socket is one marshalled `ToolEnd`. A closed socket ends the job.
* `("guard", path)`: a folder to remove when the owner has ended (`harness/process/owned.py`).
"""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import select
import signal
import socket
import sys
import time
import traceback
from typing import Any

from harness.process import frames, warden
from harness.process.descent import PAUSE, SWEEP, adopt_orphans, end_children, kill_children
from harness.process.warden import END_SIGNALS, ToolEnd

RUN, GUARD = "run", "guard"

START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from harness.process.launcher import main; main()"
"""The program for `python -I -S -c`; its first argument is the folder that contains `harness`."""


class Launcher:
    """The loop: requests, wardens, processes that killed wardens leave behind."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._wardens: dict[int, socket.socket] = {}
        """The control socket of each warden, by process number. A warden sees the end of this process there."""
        self._idle: list[socket.socket] = []
        self._guarded: list[str] = []
        self._sweep_until: float | None = None
        self._woken, wake = os.pipe()
        for descriptor in (self._woken, wake):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._stopped = False
        for number in (signal.SIGCHLD, signal.SIGXCPU):
            signal.signal(number, lambda *_: None)
        for number in END_SIGNALS:
            signal.signal(number, self._stop)

    def serve(self) -> None:
        """Run until the owner has ended or a signal arrives."""
        while not self._stopped:
            ready = self._wait()
            if self._woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 4096)
            for control in self._wardens.values():
                if control.fileno() in ready and control.recv(1):
                    self._idle.append(control)
            if self._control.fileno() in ready and not self._take_request():
                break
            self._collect()
        self._end_all()

    def _stop(self, *_: object) -> None:
        self._stopped = True

    def _wait(self) -> set[int]:
        """Wait for readable descriptors, and return them."""
        poll = select.poll()
        busy = (control.fileno() for control in self._wardens.values() if control not in self._idle)
        for descriptor in (self._control.fileno(), self._woken, *busy):
            poll.register(descriptor, select.POLLIN)
        return {descriptor for descriptor, _ in poll.poll(None if self._sweep_until is None else PAUSE * 1000)}

    def _take_request(self) -> bool:
        """False when the owner has ended."""
        message = frames.receive(self._control)
        if message is None:
            return False
        content, descriptors = message
        if content[0] == GUARD:
            self._guarded.append(content[1])
        else:
            self._hand_on(content, descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _hand_on(self, content: tuple[Any, ...], descriptors: list[int]) -> None:
        """Send to a warden, a new one if all are busy."""
        while self._idle:
            with contextlib.suppress(ConnectionError):  # it has been killed
                return frames.send(self._idle.pop(), content, descriptors)
        try:
            forked = self._fork_warden(descriptors)
        except OSError as error:
            os.write(descriptors[0], marshal.dumps(tuple(ToolEnd(error.errno or errno.EAGAIN))))
        else:
            frames.send(forked, content, descriptors)

    def _fork_warden(self, descriptors: list[int]) -> socket.socket:
        """Its control socket. `descriptors`: open descriptors that are not for it; it gets its own."""
        ours, theirs = socket.socketpair()
        with theirs:
            pid = os.fork()
            if not pid:
                ours.close()
                self._become_warden(theirs, descriptors)
        self._wardens[pid] = ours
        return ours

    def _become_warden(self, control: socket.socket, descriptors: list[int]) -> None:
        """Run as the warden, in a child of this process. Does not return."""
        code = 1  # its tool may still run: see `_collect`
        try:
            self._control.close()
            for other in self._wardens.values():
                other.close()
            for descriptor in descriptors:
                os.close(descriptor)
            warden.serve(control)
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _collect(self) -> None:
        """Collect ended processes. A killed warden leaves its tool to this process."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                gone = self._wardens.pop(pid, None)
                if gone is not None:
                    if gone in self._idle:
                        self._idle.remove(gone)
                    gone.close()
                    if status:
                        self._sweep_until = time.monotonic() + SWEEP
        if self._sweep_until is not None:
            left = kill_children(self._wardens)
            if not left or time.monotonic() > self._sweep_until:
                self._sweep_until = None

    def _end_all(self) -> None:
        for control in self._wardens.values():
            control.shutdown(socket.SHUT_RDWR)
        self._await_wardens()
        end_children()
        if self._guarded:
            self._remove_guarded()

    def _await_wardens(self) -> None:
        deadline = time.monotonic() + SWEEP
        while self._wardens and time.monotonic() < deadline:
            self._collect()
            time.sleep(PAUSE)
        for pid in self._wardens:
            os.kill(pid, signal.SIGKILL)

    def _remove_guarded(self) -> None:
        """Other processes of the owner may still write until they end."""
        from pathlib import Path

        from harness.process import owned

        deadline = time.monotonic() + SWEEP
        for path in self._guarded:
            while not owned.remove(Path(path)) and time.monotonic() < deadline:
                time.sleep(0.05)


def bound(memory: int, output: int) -> None:
    """Set the limits of this process and all its children. Resources that a platform cannot limit stay unlimited."""
    import resource

    bounds = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, output)]
    if memory:
        bounds.append((resource.RLIMIT_AS, memory))
    for kind, value in bounds:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def main() -> None:
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    memory, output = map(int, sys.argv[1:])
    adopt_orphans()
    bound(memory, output)
    Launcher(control).serve()
