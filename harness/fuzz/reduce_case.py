"""A case that disagrees, reduced by the oracle of the fuzzer: the same toolchain, level, kind and minority.

First parts of the author's case are left out. Then its world gets calls with values from a seed; if these show the
finding, too, values and world shrink together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.workbench import Workbench
from harness.frontend.gates import opening
from harness.fuzz.bucket import Hit, hits
from harness.fuzz.case_reducer import fewer_steps, smaller_text
from harness.fuzz.case_text import CaseParts, case_text
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.oracle import Oracle
from harness.fuzz.reduce import EFFORT, HANGING_EFFORT, Reduce, Reduction, size_of
from harness.fuzz.reduce_file import ChosenFinding, FileReduced, ReduceFile, head_of
from harness.fuzz.smallest_yet import SmallestCase, SmallestYet
from harness.fuzz.triage import triage_for
from harness.fuzz.trial import Recipe
from harness.fuzz.wanted import Findings
from harness.judge.verdict import Verdict
from harness.plan.plan import ComponentPlan, Plan
from harness.plan.roles import Role
from harness.planner.cases import segments
from harness.runs.perform import plan_case
from harness.suite.case import Case
from reports.outcomes import Outcome

_CALLS = 20
"""The number of calls of a world whose values are drawn anew."""


@dataclass(frozen=True, slots=True)
class ReduceCase(ReduceFile):
    def perform(self, bench: Workbench) -> FileReduced:
        planned = plan_case(bench, self.path)
        if isinstance(planned, Verdict):
            return FileReduced(planned)
        case, plan = planned
        options = self.options_of(bench, case.conditions)
        verdict = examine(bench, self.name, plan, options).verdict
        tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
        hit, findings = self.choose(hits(verdict, triage_for(tools, options.expectations, plan)))
        if hit is None or self.choosing:
            return FileReduced(verdict, findings)
        return _CaseReduction(self, bench, options, case, plan, hit).run(verdict, findings)


class _CaseReduction:
    def __init__(self, task: ReduceCase, bench: Workbench, options: Options, case: Case, plan: Plan, hit: Hit) -> None:
        self._task = task
        self._bench = bench
        self._options = options
        self._hit = hit
        self._case = parts_of(case, next(part for part in plan.components if part.role is Role.SUBJECT))
        self._lists = case.lists
        self._smallest = SmallestYet(task.smallest)
        self._oracle = Oracle(bench, hit.bucket, options, known=hit.known, shown=self._keep)

    def _keep(self, parts: CaseParts, attempts: int) -> None:
        drawn = parts.sample is not None
        self._smallest.offer(SmallestCase(self._text(parts, self._hit.message), size_of(parts), attempts, drawn))

    def _text(self, parts: CaseParts, message: str) -> str:
        """With the title and the origin of the original case."""
        case = self._case
        named = replace(parts, title=case.title, why=case.why, origin=case.origin, merge_versions=case.merge_versions)
        made_by = self._task.made_by(self._bench, case.made_by.source if case.made_by is not None else "")
        named = replace(named, conditions=case.conditions, made_by=made_by)
        return case_text(named, head_of(message, self._hit.known))

    def _phase(self) -> None:
        hanging = self._hit.bucket.outcome == Outcome.TIMED_OUT
        self._oracle.allow(HANGING_EFFORT if hanging else EFFORT)

    def run(self, verdict: Verdict, findings: Findings) -> FileReduced:
        chosen = ChosenFinding(verdict, findings, size_of(self._case))
        self._phase()
        start = next((parts for parts in self._starts() if self._oracle.case_fails(parts)), None)
        if start is None:
            return chosen.not_again(self._oracle.attempts)
        parts = self._by_seed(start) if start.sample is not None else self._by_steps(start)
        parts = self._unnamed(parts)
        message = self._oracle.message_of(parts) or self._hit.message
        return chosen.reduced(self._text(parts, message), size_of(parts), self._oracle.attempts)

    def _starts(self) -> Iterator[CaseParts]:
        """Candidates that may show the finding, the smallest first: the world alone, the run in which it was seen, the
        whole case."""
        case = self._case
        for world in dict.fromkeys((None, case.world)):
            yield replace(case, world=world, steps=(), sample=None)
        for world in dict.fromkeys((None, case.world)):
            for lists in self._lists:
                runs = segments(case.steps) if case.sample is None else ()
                yield from (replace(case, world=world, steps=steps, lists=lists) for steps in runs)
                yield replace(case, world=world, lists=lists)

    def _unnamed(self, parts: CaseParts) -> CaseParts:
        """Without the name of the world, if there is only one world."""
        if parts.world is None:
            return parts
        self._phase()
        unnamed = replace(parts, world=None)
        return unnamed if self._oracle.case_fails(unnamed) else parts

    def _by_steps(self, parts: CaseParts) -> CaseParts:
        fails = self._oracle.case_fails
        before = None
        while parts != before:
            before = parts
            self._phase()
            parts = fewer_steps(parts, fails)
            self._phase()
            parts = smaller_text(parts, fails)
        drawn = self._drawn_anew(parts, 0, _CALLS) if parts.steps else None
        smaller = drawn is not None and drawn.sample is None and self._length(drawn) < self._length(parts)
        return drawn if drawn is not None and smaller else parts

    def _by_seed(self, parts: CaseParts) -> CaseParts:
        assert parts.sample is not None
        drawn = self._drawn_anew(parts, parts.sample.seed, parts.sample.calls)
        if drawn is not None:
            return drawn
        self._phase()
        return smaller_text(parts, self._oracle.case_fails)

    def _drawn_anew(self, parts: CaseParts, seed: int, calls: int) -> CaseParts | None:
        """Reduced like a finding of the fuzzer, with calls from a seed; None if these do not show the finding."""
        if parts.hooks or parts.async_filters or not parts.merge_versions:
            return None  # such a world is drawn without hooks, filters and merged versions
        world = DrawnWorld(parts.wit, parts.world, parts.features, seed)
        task = Reduce(Recipe(seed, calls), 0, self._hit.bucket, False, self._options)
        found = Reduction(task, world, self._oracle).run().parts
        return found if isinstance(found, CaseParts) else None

    def _length(self, parts: CaseParts) -> int:
        return len(self._text(parts, ""))


def parts_of(case: Case, subject: ComponentPlan) -> CaseParts:
    """The case in one file. Its `lists` are those of its first runs."""
    inside = isinstance(case.wit, str)
    wit = str(case.wit) if inside else subject.wit
    return CaseParts(
        case.title,
        case.why,
        wit,
        case.world if inside else subject.world,
        opening(wit, case.features),
        case.lists[0],
        case.steps,
        case.sample,
        case.origin,
        case.encodings,
        case.merge_versions,
        case.hooks,
        case.conditions,
        case.made_by,
        case.async_filters,
        case.blocking_run,
    )
