"""Tasks that break in all the ways a worker can break."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass

from harness.bench.workbench import Workbench
from harness.process.children import ProcessLimits, run
from harness.process.steps import StepLost


@dataclass(frozen=True)
class Echo:
    value: int

    def perform(self, bench: Workbench) -> int:
        print("this does not disturb the answers")
        return self.value


@dataclass(frozen=True)
class Fail:
    def perform(self, bench: Workbench) -> None:
        raise ValueError("a fault of the harness")


@dataclass(frozen=True)
class Step:
    """Hangs or dies in its first step; a second try tells what was lost and does the next step."""

    how: str

    def perform(self, bench: Workbench) -> str:
        try:
            with bench.steps.bounded("dangerous"):
                self._break()
        except StepLost as lost:
            with bench.steps.bounded("harmless"):
                return f"{lost.loss.exit_code}: {lost.loss.message}"
        return "nothing happened"

    def _break(self) -> None:
        if self.how == "hang":
            time.sleep(600)
        if self.how == "exit":
            print("last words", file=sys.stderr, flush=True)
            os._exit(7)
        os.abort()


@dataclass(frozen=True)
class DieOutside:
    def perform(self, bench: Workbench) -> None:
        os._exit(5)


@dataclass(frozen=True)
class KilledAtFirst:
    """Is killed, as by the system, so many times: in its step, after it, or it is a tool that is killed."""

    note: str
    times: int
    where: str
    number: int = signal.SIGKILL

    def perform(self, bench: Workbench) -> str:
        with open(self.note, "a") as file:
            file.write(f"{os.getpid()}\n")
        with open(self.note) as file:
            tries = len(file.readlines())
        try:
            with bench.steps.bounded("inner"):
                pass
            with bench.steps.bounded("killed", 60.0):
                if self.where == "step" and tries <= self.times:
                    os.kill(os.getpid(), self.number)
                if self.where == "tool" and tries <= self.times:
                    run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], ProcessLimits(60))
        except StepLost as lost:
            return f"lost: {lost.loss.exit_code}"
        if self.where == "outside" and tries <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        return f"done, last try: {bench.steps.last_try}"


@dataclass(frozen=True)
class Nested:
    """Hangs in a step, where a step within it has ended."""

    def perform(self, bench: Workbench) -> str:
        try:
            with bench.steps.bounded("outer"):
                with bench.steps.bounded("inner"):
                    pass
                time.sleep(600)
        except StepLost:
            return "the outer step was lost"
        return "nothing happened"


@dataclass(frozen=True)
class OwnBound:
    """A step with a bound of its own, or with more than other steps have."""

    seconds: float | None
    extra: float

    def perform(self, bench: Workbench) -> str:
        with bench.steps.bounded("long", self.seconds, self.extra):
            time.sleep(3)
        return "done"


@dataclass(frozen=True)
class NoRoom:
    def perform(self, bench: Workbench) -> None:
        with open("/dev/full", "w") as file:
            file.write("x")


@dataclass(frozen=True)
class Greedy:
    """Takes more memory than this process may have."""

    def perform(self, bench: Workbench) -> None:
        import resource

        most = 64 << 20
        resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))
        lists = []
        while True:
            lists.append([0] * 100_000)


@dataclass(frozen=True)
class DieSaying:
    """Ends by a signal, as CPython does where it cannot go on; in a step or outside."""

    words: str
    in_step: bool

    def perform(self, bench: Workbench) -> None:
        if not self.in_step:
            self._die()
        with bench.steps.bounded("dangerous"):
            self._die()

    def _die(self) -> None:
        print(self.words, file=sys.stderr, flush=True)
        os.abort()


@dataclass(frozen=True)
class RunTool:
    """A tool that prints its process and that of its child, and never ends."""

    note: str

    def perform(self, bench: Workbench) -> None:
        code = f"""
import os, subprocess, time
own = subprocess.Popen(['sleep', '600'], start_new_session=True)
file = open({self.note!r} + '.new', 'w')
file.write(f'{{os.getpid()}} {{own.pid}} {{os.getppid()}}')
file.close()
os.rename({self.note!r} + '.new', {self.note!r})
time.sleep(600)
"""
        run([sys.executable, "-c", code], ProcessLimits(600))


@dataclass(frozen=True)
class ProcessId:
    def perform(self, bench: Workbench) -> int:
        return os.getpid()


@dataclass(frozen=True)
class HoldOn:
    """Prints its process, then never ends."""

    note: str

    def perform(self, bench: Workbench) -> None:
        with open(self.note, "w") as file:
            file.write(str(os.getpid()))
        time.sleep(600)


@dataclass(frozen=True)
class Surroundings:
    """Its folder, a variable of its environment, the first place of modules, the standard descriptors that are open."""

    variable: str

    def perform(self, bench: Workbench) -> tuple[str, str, str, list[int]]:
        devices = [number for number in range(3) if os.path.exists(f"/proc/self/fd/{number}")]
        return os.getcwd(), os.environ[self.variable], sys.path[0], devices
