"""A case that shows a fault of an interpreter that is not ours, reduced: steps and parts of the WIT are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.bench.examine_guest import examine_guest
from harness.bench.workbench import Workbench
from harness.fuzz.attempts import Attempts
from harness.fuzz.bucket import Bucket, Hit, hits
from harness.fuzz.case_reducer import fewer_steps, smaller_text
from harness.fuzz.case_text import CaseParts, case_of, case_text
from harness.fuzz.oracle import UNUSABLE
from harness.fuzz.reduce import size_of
from harness.fuzz.reduce_case import parts_of
from harness.fuzz.reduce_file import MAX_MESSAGE, ChosenFinding, FileReduced, ReduceFile
from harness.fuzz.smallest_yet import SmallestCase, SmallestYet
from harness.fuzz.triage import triage_for
from harness.judge.guest import about
from harness.judge.verdict import Verdict, skipped
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.planner.guest_cases import guest_case_plan
from harness.planner.guest_role import NoRole
from harness.runs.perform import plan_case
from harness.suite.case import Case
from harness.toolchains.abilities import Abilities

EFFORT = 300
"""Attempts."""
_NAME = "reduced"
_FEW_CALLS = (1, 3, 10)


@dataclass(frozen=True, slots=True)
class ReduceGuestCase(ReduceFile):
    """`known` is false: no fault of an interpreter is known."""

    def perform(self, bench: Workbench) -> FileReduced:
        planned = plan_case(bench, self.path)
        if isinstance(planned, Verdict):
            return FileReduced(planned)
        case, _ = planned
        return _Reduction(self, bench, case).run()


class _Reduction:
    def __init__(self, task: ReduceGuestCase, bench: Workbench, case: Case) -> None:
        assert bench.settings.interpreter is not None
        self._task = task
        self._bench = bench
        self._case = case
        self._interpreter = bench.settings.interpreter.name
        self._abilities = bench.settings.interpreter.abilities
        self._options = replace(task.options, artifacts=None)
        self._smallest = SmallestYet(task.smallest)
        self._attempts = Attempts(bench.steps)
        self._message = ""

    def run(self) -> FileReduced:
        try:
            plan = guest_case_plan(self._case, self._abilities)
        except NoRole as error:
            return FileReduced(skipped(str(error)))
        verdict, found = self._examined(plan)
        hit, findings = self._task.choose(found)
        if hit is None or self._task.choosing:
            return FileReduced(verdict, findings)
        self._wanted = hit.bucket
        self._message = hit.message
        start = parts_of(self._case, next(part for part in plan.components if part.role is Role.SUBJECT))
        parts = next((parts for parts in self._starts(start) if self._fails(parts)), None)
        chosen = ChosenFinding(verdict, findings, size_of(start))
        if parts is None:
            return chosen.not_again(self._attempts.count)
        previous = None
        while parts != previous:
            previous = parts
            parts = smaller_text(fewer_steps(parts, self._fails), self._fails)
        self._fails(parts)  # for the words of the smallest one
        return chosen.reduced(self._text(parts), size_of(parts), self._attempts.count)

    def _starts(self, parts: CaseParts) -> Iterator[CaseParts]:
        """Fewer drawn calls first."""
        if parts.sample is not None:
            yield from (replace(parts, sample=replace(parts.sample, calls=calls)) for calls in _FEW_CALLS)
        yield from (replace(parts, lists=lists) for lists in self._case.lists)

    def _fails(self, parts: CaseParts) -> bool:
        plan = self._plan(parts)
        if plan is None:
            return False
        with self._attempts.one():
            _, found = self._examined(plan)
        hit = next((hit for hit in found if _way(hit.bucket) == _way(self._wanted)), None)
        if hit is None:
            return False
        self._message = hit.message
        drawn = parts.sample is not None
        self._smallest.offer(SmallestCase(self._text(parts), size_of(parts), self._attempts.count, drawn))
        return True

    def _plan(self, parts: CaseParts) -> Plan | None:
        """None if nothing is left to run, or after the last attempt."""
        if self._attempts.tries >= EFFORT or not (parts.steps or parts.sample):
            return None
        return self._attempts.read("plan", lambda: _planned(parts, self._abilities), (*UNUSABLE, NoRole))

    def _examined(self, plan: Plan) -> tuple[Verdict, list[Hit]]:
        """The verdict, and the findings about the interpreter."""
        verdict = examine_guest(self._bench, _NAME, plan, self._options).verdict
        tools = {toolchain.name: toolchain.known_as for toolchain in self._bench.toolchains.values()}
        found = hits(verdict, triage_for(tools, self._options.expectations, plan))
        return verdict, [hit for hit in found if about(self._interpreter, verdict, hit.party)]

    def _text(self, parts: CaseParts) -> str:
        made_by = self._case.made_by
        source = made_by.source if made_by is not None else ""
        named = replace(parts, made_by=self._task.made_by(self._bench, source))
        return case_text(named, [f"{self._interpreter}: {self._message[:MAX_MESSAGE]}"])


def _planned(parts: CaseParts, abilities: Abilities) -> Plan:
    case_plan(case_of(parts))  # the written case must be a case by itself
    return guest_case_plan(case_of(parts), abilities)


def _way(bucket: Bucket) -> tuple[object, ...]:
    """A bucket without the toolchains around the interpreter."""
    return bucket.outcome, bucket.level, bucket.aspect, bucket.kind
