"""Tasks that break in all the ways a worker can break."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

from harness.steps import StepLost
from harness.workbench import Workbench


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
class ProcessId:
    def perform(self, bench: Workbench) -> int:
        return os.getpid()


@dataclass(frozen=True)
class HoldOn:
    """Says who it is, then never ends."""

    note: str

    def perform(self, bench: Workbench) -> None:
        with open(self.note, "w") as file:
            file.write(str(os.getpid()))
        time.sleep(600)
