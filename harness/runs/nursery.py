"""A process that has loaded what workers need, and forks them: `python -P -m harness.runs.nursery`.

A worker's modules take much longer to load than what most tasks take, so they are loaded once for all workers of a
process (`worker_process.py` is its side). Standard input is the control socket. Each request is `(environment, folder,
module path)` with five descriptors: the requests, the answers and the standard error of the worker, the descriptor that
its launchers hold, and a socket. On the socket this process writes the worker's number and later its exit code, as in
`subprocess`; when the other end closes its side, the worker is killed. When the owner has ended, this process ends, and
with it all workers.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import traceback

from harness.process import frames

NUMBER = struct.Struct("<q")
"""The form of a process number and of an exit code."""


class Nursery:
    """The loop: requests, ends of workers, orders to kill one."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._workers: dict[int, socket.socket] = {}
        """Sockets by the number of the worker."""
        self._woken, self._wake = os.pipe()
        for descriptor in (self._woken, self._wake):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Run until the owner has ended."""
        killed: set[int] = set()
        while True:
            poll = select.poll()
            for descriptor in (self._control.fileno(), self._woken):
                poll.register(descriptor, select.POLLIN)
            for pid, channel in self._workers.items():
                if pid not in killed:
                    poll.register(channel.fileno(), select.POLLIN)
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self._woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 4096)
            for pid, channel in self._workers.items():
                if channel.fileno() in ready and pid not in killed:
                    killed.add(pid)
                    _kill(pid)
            if self._control.fileno() in ready and not self._take_request():
                return
            killed -= self._collect()

    def _collect(self) -> set[int]:
        """Report the ends of workers. Their numbers are free afterwards."""
        ended = set()
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = found
                ended.add(pid)
                with self._workers.pop(pid) as channel, contextlib.suppress(OSError):
                    channel.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
        return ended

    def _take_request(self) -> bool:
        """False when the owner has ended."""
        message = frames.receive(self._control)
        if message is None:
            return False
        (environment, folder, path), (*files, descriptor) = message
        channel = socket.socket(fileno=descriptor)
        own = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            channel.close()  # the owner sees a worker that has died at once
        else:
            if not pid:
                channel.close()
                self._become_worker(own, environment, folder, path, files)
            self._workers[pid] = channel
            with contextlib.suppress(OSError):
                channel.sendall(NUMBER.pack(pid))
        for descriptor in files:
            os.close(descriptor)
        return True

    def _become_worker(
        self, parent: int, environment: dict[str, str], folder: str, path: list[str], files: list[int]
    ) -> None:
        """In a child of this process. Does not return."""
        from harness.runs import worker

        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (self._woken, self._wake):
                os.close(descriptor)
            self._control.close()
            for channel in self._workers.values():
                channel.close()
            requests, answers, errors, held = files
            os.dup2(errors, 2)
            os.close(errors)
            os.setsid()
            worker.end_with_parent(parent)
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(folder)
            sys.path[:] = path
            tempfile.tempdir = None
            importlib.invalidate_caches()
            worker.work(requests, answers, held)
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.flush()
            os._exit(code)


def _kill(pid: int) -> None:
    """A worker, and what is still in its group. It has not been waited for, so the number is its own."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def main() -> None:
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    gc.disable()  # what is loaded stays: collections would take a tenth of the time
    from harness.runs import worker

    worker.prepare()
    worker.load()
    gc.collect()
    gc.freeze()  # workers share the pages of these objects as long as no collection touches them
    gc.enable()
    Nursery(control).serve()


if __name__ == "__main__":
    main()
