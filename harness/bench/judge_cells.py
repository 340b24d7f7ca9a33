"""The judgement of a plan's cells, with everything that is asked beside their runs.

Examinations and the attempts of a reduction judge cells here, so a question in `QUESTIONS` is asked by both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.bench.ask_host import ask_host
from harness.bench.examination import Options
from harness.bench.initialized import by_initialization, not_initialized
from harness.bench.taking_part import TakingPart
from harness.bench.validated import by_own_validation
from harness.bench.workbench import Workbench
from harness.judge.judging import judge
from harness.judge.observation import CellRun, Observed
from harness.judge.party import BetweenHosts, OurFrontEnd, Party
from harness.judge.structure import NO_STRUCTURE, Structure, joined
from harness.judge.unmergeable import merged_all_the_same
from harness.judge.verdict import Finding, NotInitialized, Verdict, misread, none_initialized
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.process.clock import Clock
from harness.toolchains.cells import BOTH_WAYS_EVERY, Cell, First
from harness.toolchains.protocol import Toolchain
from reports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Sought:
    """The one finding that must show if it is there. `party`: who it is about, None: a cell. `minority`: whether its
    minority must show, too."""

    level: int
    party: Party | None
    minority: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """A plan that is judged. `case`: its name for expectations. `again`: the verdict on it by the tools of another
    workbench, or with other options; a reduction asks only for the cells that it gets."""

    bench: Workbench
    case: str
    plan: Plan
    part: TakingPart
    again: Callable[[Workbench, Options, Sequence[Cell]], Verdict]

    @property
    def toolchains(self) -> list[Toolchain]:
        return self.part.toolchains(self.bench)


@dataclass(frozen=True, slots=True)
class Reconsidered:
    """A verdict after one more question. `untried`: the report's lines about what the verdict leaves out."""

    verdict: Verdict
    untried: tuple[str, ...] = ()


def _always(_: Sought) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class AboutWorld:
    """A question about what toolchains make of the plan's world beside its cells; answered by findings for each
    toolchain. `stage`: the word for its seconds."""

    stage: str
    answer: Callable[[Subject], Mapping[str, Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class AboutBuilds:
    """A question about the components of cells that ran. `shows`: whether it may show a finding, or may change how one
    shows."""

    stage: str
    answer: Callable[[Subject, Sequence[CellRun], Clock], Structure]
    shows: Callable[[Sought], bool] = _always


@dataclass(frozen=True, slots=True)
class AboutVerdict:
    """A question about the verdict on the cells; answered by the verdict that holds afterwards."""

    stage: str
    answer: Callable[[Subject, Sequence[CellRun], Verdict], Reconsidered]
    shows: Callable[[Sought], bool] = _always


Question = AboutWorld | AboutBuilds | AboutVerdict


@dataclass(frozen=True, slots=True)
class JudgedCells:
    """`refused`: the cells whose subject cannot be pre-initialised, with the reasons: they are left out of the verdict,
    which is a skip if no other is left."""

    verdict: Verdict
    refused: dict[str, NotInitialized]


class CellJudge:
    """Judges cells of one plan. What is equal for several cells is asked, or runs, once."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.observed = Observed([])
        self._of_world: dict[str, list[Finding]] | None = None

    def judged(self, cells: Sequence[Cell], sought: Sought | None = None) -> JudgedCells:
        """`sought`: None asks everything."""
        subject, observed = self._subject, self.observed
        bench, plan = subject.bench, subject.plan
        of_world = self._asked_of_world()
        bench.observer.observe(plan, cells, bench.settings.run_limits, observed)
        refused = not_initialized(observed.cells)
        observed.cells = [run for run in observed.cells if str(run.cell) not in refused]
        if not observed.cells:
            return JudgedCells(none_initialized(refused.values()), refused)
        structure = NO_STRUCTURE
        for question in QUESTIONS:
            if isinstance(question, AboutBuilds) and _is_asked(question, sought):
                since = time.perf_counter()
                structure = joined(structure, question.answer(subject, observed.cells, observed.clock))
                self.observed.clock.add(question.stage, since)
        since = time.perf_counter()
        tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
        expectations = subject.part.options.expectations
        verdict = judge(subject.case, plan, observed.cells, structure, tools, expectations, of_world)
        self.observed.clock.add("compare", since)
        return JudgedCells(verdict, refused)

    def reconsidered(self, verdict: Verdict, sought: Sought | None = None) -> Reconsidered:
        """The verdict on the cells of the last judgement after all questions about it."""
        untried: tuple[str, ...] = ()
        for question in QUESTIONS:
            if isinstance(question, AboutVerdict) and _is_asked(question, sought):
                since = time.perf_counter()
                answer = question.answer(self._subject, self.observed.cells, verdict)
                verdict, untried = answer.verdict, (*untried, *answer.untried)
                self.observed.clock.add(question.stage, since)
        return Reconsidered(verdict, untried)

    def _asked_of_world(self) -> dict[str, list[Finding]]:
        if self._of_world is None:
            self._of_world = {}
            for question in QUESTIONS:
                if isinstance(question, AboutWorld):
                    since = time.perf_counter()
                    for toolchain, findings in question.answer(self._subject).items():
                        self._of_world.setdefault(toolchain, []).extend(findings)
                    self.observed.clock.add(question.stage, since)
        return self._of_world


def _is_asked(question: AboutBuilds | AboutVerdict, sought: Sought | None) -> bool:
    return sought is None or question.shows(sought)


def _structural(sought: Sought) -> bool:
    return sought.level in (1, 2)


def _merged(subject: Subject, cells: Sequence[CellRun], clock: Clock) -> Structure:
    found = merged_all_the_same(subject.plan, cells, subject.bench.builder, clock)
    return Structure({toolchain: [difference] for toolchain, difference in found.items()})


def _validated(subject: Subject, cells: Sequence[CellRun], verdict: Verdict) -> Reconsidered:
    options, same = subject.part.options, [run.cell for run in cells]
    return Reconsidered(*by_own_validation(verdict, subject.bench, lambda bench: subject.again(bench, options, same)))


def _at_host(subject: Subject, cells: Sequence[CellRun], verdict: Verdict) -> Reconsidered:
    options = subject.part.options
    if verdict.outcome.good and not (verdict.outcome is Outcome.PASS and _nobody_else(options)):
        return Reconsidered(verdict)
    return Reconsidered(ask_host(subject.bench, subject.plan, cells, options.engine, verdict))


def _nobody_else(options: Options) -> bool:
    """Whether the host takes part. Only it can see a fault that both ends of a single toolchain share. It runs some of
    many worlds."""
    often = options.first is not First.IN_TURNS or options.turn % BOTH_WAYS_EVERY == 0
    return options.toolchains is not None and len(options.toolchains) == 1 and often


def _initialized(subject: Subject, cells: Sequence[CellRun], verdict: Verdict) -> Reconsidered:
    options = subject.part.options
    if not options.initializer:
        return Reconsidered(verdict)
    plainly = replace(options, initializer="", expectations=options.expectations.within(subject.case))
    originals = [run.cell.initialized("") for run in cells]
    return Reconsidered(
        by_initialization(verdict, lambda: subject.again(subject.bench, plainly, originals), options.initializer)
    )


def _read_again(subject: Subject, _: Sequence[CellRun], verdict: Verdict) -> Reconsidered:
    """Read the world again after an unknown disagreement: was it read correctly (`toolchains/second_reading.py`)?"""
    difference = "" if verdict.outcome.good else read_otherwise(subject.bench, subject.plan)
    return Reconsidered(misread(verdict, difference) if difference else verdict)


def read_otherwise(bench: Workbench, plan: Plan) -> str:
    """The first difference between the readings of the subject's world; empty if there is none."""
    part = next(part for part in plan.components if part.role is Role.SUBJECT)
    return bench.read_otherwise(part.wit, part.features)


QUESTIONS: tuple[Question, ...] = (
    AboutWorld("embed", lambda subject: subject.bench.embedding.judge(subject.plan, subject.toolchains)),
    AboutWorld("embed", lambda subject: subject.bench.packages.judge(subject.plan, subject.toolchains)),
    AboutBuilds("compare", lambda subject, cells, _: subject.bench.structure.compare(subject.plan, cells), _structural),
    AboutBuilds("compare", _merged, _structural),
    AboutVerdict("validate", _validated),
    AboutVerdict("host", _at_host, lambda sought: isinstance(sought.party, BetweenHosts)),
    AboutVerdict("initialize", _initialized, lambda sought: sought.minority),
    AboutVerdict("read again", _read_again, lambda sought: sought.party == OurFrontEnd()),
)
"""Everything that is asked, in this order. A question that says nothing about `shows` is part of each attempt of a
reduction."""
