"""What a worker is asked about a plan and what it answers, as data. Loads nothing of what carries it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.engine.results import EngineKind
from harness.judge.ran import Ran
from harness.judge.verdict import Verdict
from harness.suite.expectations import Expectations
from harness.toolchains.cells import First


@dataclass(frozen=True, slots=True)
class Options:
    """How plans are examined. `artifacts` None: nothing is kept."""

    full_matrix: bool = False
    engine: EngineKind = EngineKind.WINCH
    expectations: Expectations = field(default_factory=Expectations)
    artifacts: Path | None = Path("artifacts")
    toolchains: tuple[str, ...] | None = None
    """Which of the toolchains take part, by name, in order; None: all."""
    first: First = First.BOTH_WAYS
    turn: int = 0
    """The number of a world among many: whose turn it is to build what is built once (`first_cells`)."""
    list_calls: bool = False
    """Whether every call is wanted as text, also of what passes."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The verdict on one plan, and what a report shows beside it. `stages`: seconds by stage."""

    name: str
    title: str
    verdict: Verdict
    wit: str = ""
    calls: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    artifacts: str = ""
    seconds: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    ran: Ran = field(default_factory=Ran)
    failed_run: int = 0
    """The run that `calls` are of, counted from 1."""
