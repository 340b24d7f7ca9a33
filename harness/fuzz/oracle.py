"""Whether a smaller world still shows the same finding: the same levels, minority and kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from harness.bench.examination import Options
from harness.bench.judge_cells import CellJudge, Sought, Subject, read_otherwise
from harness.bench.taking_part import TakingPart, every_cell, taking_part
from harness.bench.workbench import Workbench
from harness.frontend.front_end import FrontEndError
from harness.fuzz.attempts import Attempts
from harness.fuzz.bucket import Bucket, hits
from harness.fuzz.case_text import CaseParts, case_of
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.triage import CASE, triage_for
from harness.fuzz.trial import FRONT_END as REFUSED_BY_OURS
from harness.fuzz.trial import Recipe, run_world
from harness.judge.party import INITIALIZERS, BesideFirst, BetweenHosts, OurFrontEnd, toolchain_of, with_name
from harness.judge.verdict import Verdict
from harness.plan.plan import Plan
from harness.planner import case_plan
from harness.planner.registers import OutOfRegisters
from harness.suite.case import CaseError
from harness.toolchains.cells import Cell
from harness.values.draws import Impossible

T = TypeVar("T")

UNUSABLE = (FrontEndError, CaseError, Impossible, OutOfRegisters)
"""The errors of planning if a text is no longer a world, or steps are no longer a script."""

CLOSING = 1.5
"""Additional seconds after the end for writing down the results."""
EVENTS = 400
"""The number of events of a plan that cost as much as the common part of all attempts: building, linking, compiling."""


def effort_of(plan: Plan) -> int:
    """The approximate cost of an attempt with this plan, 1 for a small one; the same on every machine."""
    return 1 + sum(len(events) for run in plan.runs for events in run.expected.values()) // EVENTS


class Oracle:
    """Counts the attempts of one reduction, and their cost."""

    def __init__(
        self,
        bench: Workbench,
        bucket: Bucket,
        options: Options,
        until: float | None = None,
        *,
        known: str = "",
        shown: Callable[[CaseParts, int], None] | None = None,
        any_way: bool = False,
    ) -> None:
        """`until`: when everything ends, as `time.time()` counts, for a run that is bounded in time. `known`: the
        expectation that must explain the finding; none may explain a new one. `shown` gets each case that shows it, and
        the number of attempts so far. `any_way`: every fault of the same toolchain at the same level counts,
        in whichever way it shows."""
        self._attempts = Attempts(bench.steps, "core, " if any_way else "")
        self.cut = False
        """Whether `until` kept it from going on."""
        self._message = ""
        self._spent = 0
        self._bench = bench
        self._bucket = bucket
        self._party = with_name(bucket.toolchain, bench.toolchains)
        """None: a cell."""
        self._options = options
        self._most = 0
        self._until = until
        self._known = known
        self._shown = shown
        self._same = _is_any_fault if any_way else _is_the_same
        self._longer = 0.0
        self._tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}

    @property
    def attempts(self) -> int:
        return self._attempts.count

    def allow(self, effort: int, closing: bool = False) -> None:
        """A new phase with a bound of its own; the unused part of an earlier bound is not added. `closing`: the phase
        only writes down results of an earlier one, and may take a little longer."""
        self._most = self._spent + effort
        self._longer = CLOSING if closing else 0.0

    @property
    def may_go_on(self) -> bool:
        if self._spent >= self._most:
            return False
        if self._until is None:
            return True
        now = time.time()
        self.cut = self.cut or now >= self._until
        return now < self._until + self._longer

    @property
    def left(self) -> int:
        """Attempts that may still be made, with small plans."""
        return max(0, self._most - self._spent)

    def front_end_refuses(self, world: DrawnWorld) -> bool:
        """The oracle for the finding that our front end refuses WIT that another tool accepts."""
        if not self.may_go_on:
            return False
        self._spent += 1
        with self._attempts.one():
            result = run_world(self._bench, world, Recipe(0, 1), self._options, 0, time.perf_counter())
        for hit in result.hits:
            if hit.bucket == self._bucket:
                self._message = hit.message
                return True
        return False

    def message_of(self, parts: CaseParts) -> str:
        """The message of the finding in this case, with names and values; empty if the finding does not show."""
        self._message = ""
        self.allow(EVENTS)
        if self._bucket.aspect != REFUSED_BY_OURS:
            self.case_fails(parts)
        return self._message

    def case_fails(self, parts: CaseParts) -> bool:
        """The oracle for a case in its written form."""
        plan = self.planned(lambda: case_plan(case_of(parts)))
        shows = plan is not None and self.fails(plan)
        if shows and self._shown is not None:
            self._shown(parts, self.attempts)
        return shows

    def planned(self, plan: Callable[[], T]) -> T | None:
        """The result of `plan`; None if planning fails, or after the last attempt."""
        return self._attempts.read("plan", plan, UNUSABLE) if self.may_go_on else None

    def fails(self, plan: Plan) -> bool:
        """Whether the finding shows."""
        if not self.may_go_on:
            return False
        self._spent += effort_of(plan)
        with self._attempts.one():
            return self._fails(plan)

    def _fails(self, plan: Plan) -> bool:
        part = taking_part(self._bench, plan, self._options)
        if part.unfit is not None:
            return False
        if self._party == OurFrontEnd():
            return bool(read_otherwise(self._bench, plan))
        judge = self._judge(self._bench, plan, part)
        cells = every_cell(self._bench, plan, part)
        if isinstance(self._party, BetweenHosts):
            mixed = [cell for cell in cells if cell.toolchain is None]
            return self._shows(plan, judge, mixed or cells, alone=False)
        if self._party is None:
            own = [cell for cell in cells if str(cell) == self._bucket.toolchain]
        else:
            own = [cell for cell in cells if cell.toolchain == toolchain_of(self._party)]
        pure = [cell for cell in cells if cell.toolchain is not None]
        if not own:
            return False
        # Most attempts show nothing, and the cell in question alone shows that in a fraction of the time.
        if not isinstance(self._party, BesideFirst) and not self._shows(plan, judge, own, alone=True):
            return False
        enough = pure == own and self._bucket.minority not in INITIALIZERS
        return enough or self._shows(plan, judge, list(dict.fromkeys((*pure, *own))), alone=False)

    def _shows(self, plan: Plan, judge: CellJudge, cells: Sequence[Cell], alone: bool) -> bool:
        """Whether it shows in these cells; `alone`: whatever its minority, which takes more of them to see."""
        sought = Sought(self._bucket.level, self._party, minority=not alone)
        verdict = judge.reconsidered(judge.judged(cells, sought).verdict, sought).verdict
        for hit in hits(verdict, triage_for(self._tools, self._options.expectations, plan)):
            if hit.known != self._known:
                continue  # this is something else
            if self._same(hit.bucket, self._bucket, alone):
                self._message = hit.message
                return True
        return False

    def _judge(self, bench: Workbench, plan: Plan, part: TakingPart) -> CellJudge:
        def again(bench: Workbench, options: Options, cells: Sequence[Cell]) -> Verdict:
            judge = self._judge(bench, plan, replace(part, options=options))
            sought = Sought(self._bucket.level, self._party, minority=True)
            return judge.reconsidered(judge.judged(cells, sought).verdict, sought).verdict

        return CellJudge(Subject(bench, CASE, plan, part, again))


def _is_the_same(found: Bucket, wanted: Bucket, alone: bool) -> bool:
    return found == wanted or (alone and _sides(found) == _sides(wanted))


def _is_any_fault(found: Bucket, wanted: Bucket, alone: bool) -> bool:
    """`alone`: only the cells of one toolchain ran, so the minority is not known."""
    sides = (found.toolchain, found.level) == (wanted.toolchain, wanted.level)
    return sides and (alone or found.minority == wanted.minority)


def _sides(bucket: Bucket) -> tuple[object, ...]:
    """A bucket without its minority, which takes more than one cell to see."""
    return bucket.toolchain, bucket.outcome, bucket.level, bucket.aspect, bucket.form, bucket.kind
