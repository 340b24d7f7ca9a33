"""Whether a smaller world still shows the same finding: same levels, same minority, same kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from harness.case import CaseError, parse_case
from harness.cells import Cell
from harness.examine import Options, choose_cells
from harness.features import missing
from harness.fuzz.case_text import CaseParts, case_text
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.explain import explainer
from harness.fuzz.signature import BESIDE, Signature, hits
from harness.fuzz.trial import Recipe, run_world
from harness.plan import Plan, Role
from harness.planner import case_plan
from harness.planner.scripts import OutOfRegisters
from harness.sampling import Impossible
from harness.steps import StepLost
from harness.structure import Structure
from harness.toolchains.front_end import FrontEndError
from harness.verdict import judge
from harness.votes import FRONT_END
from harness.workbench import Workbench

T = TypeVar("T")

UNUSABLE = (FrontEndError, CaseError, Impossible, OutOfRegisters)
"""What planning raises for what is no world or no script any more."""


class Oracle:
    """Belongs to one reduction: counts attempts and watches the time."""

    def __init__(self, bench: Workbench, signature: Signature, options: Options, seconds: float) -> None:
        """`seconds`: for all phases together."""
        self.attempts = 0
        self._tries = 0
        self._bench = bench
        self._signature = signature
        self._options = options
        self._most = 0
        self._end = 0.0
        self._last_end = time.monotonic() + seconds
        self._tools = {toolchain.name: toolchain.tool for toolchain in bench.toolchains.values()}

    def allow(self, attempts: int, seconds: float) -> None:
        """A new phase, with bounds of its own: what an earlier one did not use up is not added."""
        self._most = self.attempts + attempts
        self._end = min(time.monotonic() + seconds, self._last_end)

    @property
    def may_go_on(self) -> bool:
        return self.attempts < self._most and time.monotonic() < self._end

    @property
    def left(self) -> int:
        """Attempts that may still be made."""
        return self._most - self.attempts

    def front_end_refuses(self, world: DrawnWorld) -> bool:
        """For the finding that our front end refuses WIT that another tool takes."""
        if not self.may_go_on:
            return False
        self.attempts += 1
        result = run_world(self._bench, world, Recipe(0, 1), self._options, 0, time.perf_counter())
        return any(hit.signature == self._signature for hit in result.hits)

    def case_fails(self, parts: CaseParts) -> bool:
        """For a case as it will be written."""
        plan = self.planned(lambda: case_plan(parse_case(case_text(parts))))
        return plan is not None and self.fails(plan)

    def planned(self, plan: Callable[[], T]) -> T | None:
        """What `plan` gives; None where it cannot be planned, or enough was tried.

        A step of its own: of many tries that are no worlds any more, none may look like the last one still going on.
        """
        if not self.may_go_on:
            return None
        self._tries += 1
        try:
            with self._bench.steps.bounded(f"try {self._tries}: plan"):
                return plan()
        except (*UNUSABLE, StepLost):
            return None

    def fails(self, plan: Plan) -> bool:
        """Whether the finding shows. What costs a worker is known by the attempt's number when it is done again."""
        if not self.may_go_on:
            return False
        self.attempts += 1
        steps = self._bench.steps
        steps.prefix = f"attempt {self.attempts}: "
        try:
            return self._fails(plan)
        finally:
            steps.prefix = ""

    def _fails(self, plan: Plan) -> bool:
        if missing(plan.needs):
            return False
        if self._signature.subject == FRONT_END:
            return self._misread(plan)
        cells = choose_cells(self._bench, plan, self._options)
        subject = self._signature.subject.removesuffix(BESIDE)
        own = [cell for cell in cells if subject in (cell.toolchain, str(cell))]
        pure = [cell for cell in cells if cell.toolchain is not None]
        if not own:
            return False
        # Most attempts show nothing: the cell in question alone tells that in a fraction of the time.
        return self._shows(plan, own, alone=True) and (pure == own or self._shows(plan, [*pure, *own], alone=False))

    def _misread(self, plan: Plan) -> bool:
        """For the finding that our front end reads WIT otherwise than another."""
        reader = self._bench.second_reader
        subject = next(part for part in plan.components if part.role is Role.SUBJECT)
        return reader is not None and bool(reader.difference(subject.wit, subject.features))

    def _shows(self, plan: Plan, cells: Sequence[Cell], alone: bool) -> bool:
        wanted = self._signature
        structural = wanted.level in (1, 2)
        if alone and wanted.subject.endswith(BESIDE):
            return True
        cells = list(dict.fromkeys(cells))
        observed = self._bench.observer.observe(plan, cells, self._bench.settings.run_limits)
        structure = self._bench.structure.compare(plan, observed.cells) if structural else Structure()
        verdict = judge("fuzz", plan, observed.cells, structure, self._tools, self._options.expectations)
        for hit in hits(verdict, explainer(self._tools, self._options.expectations, plan)):
            if hit.known:
                continue  # what is reduced is new: this is something else
            found = hit.signature
            if alone and _sides(found) == _sides(wanted):
                return True
            if found == wanted:
                return True
        return False


def _sides(signature: Signature) -> tuple[object, ...]:
    """A signature without who stands alone: that takes more than one cell to see."""
    return signature.subject, signature.outcome, signature.level, signature.aspect, signature.kind
