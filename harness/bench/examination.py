"""The request to examine a plan and the answer, as data. Loads none of the code that examines it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.engine.results import EngineKind
from harness.judge.exhibits import Exhibits
from harness.judge.ran import Ran
from harness.judge.verdict import NotInitialized, Verdict
from harness.suite.expectations import Expectations
from harness.toolchains.cells import First


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an examination. `artifacts` None: nothing is kept."""

    full_matrix: bool = False
    engine: EngineKind = EngineKind.WINCH
    expectations: Expectations = field(default_factory=Expectations)
    artifacts: Path | None = Path("artifacts")
    toolchains: tuple[str, ...] | None = None
    """The names of the toolchains that take part, in order; None: all."""
    first: First = First.BOTH_WAYS
    turn: int = 0
    """The number of a world among many: it selects the toolchain of components that are built once (`first_cells`)."""
    list_calls: bool = False
    """Whether to return every call as text, even if all pass."""
    exhibits: bool = False
    """Whether to return the material for reports."""
    initializer: str = ""
    """The toolchain whose `component init` pre-initialises every subject, or `WIZER`; empty: none."""
    checklist: bool = False
    """Whether to count the calls of an interpreter that is not ours."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The verdict on one plan, and the other data of a report. `stages`: seconds by stage."""

    name: str
    title: str
    verdict: Verdict
    wit: str = ""
    calls: tuple[str, ...] = ()
    unsupported: tuple[str | NotInitialized, ...] = ()
    """What did not run, as lines for people once they are texts."""
    artifacts: str = ""
    seconds: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    ran: Ran = field(default_factory=Ran)
    failed_run: int = 0
    """The number of the run of `calls`, counted from 1."""
    exhibits: Exhibits = field(default_factory=Exhibits)
