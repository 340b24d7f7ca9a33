"""A finding reduced inside the tool, by its own oracle: world, script and values shrink together.

Choices are shrunk by hypothesis. Worlds without choices, and the results of shrinking, are reduced by leaving out parts
of the WIT and steps. The result is a case that shows the finding, never empty and never larger than the first one.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from random import Random

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.fuzz.adapter import SourceRandom
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_reducer import fewer_steps, smaller_text
from harness.fuzz.case_text import CaseParts
from harness.fuzz.cases_of import bare_case, run_case, sample_case
from harness.fuzz.choices import Exhausted, FixedSource, NotFailing, RecordingRandom, Source
from harness.fuzz.core import core_of
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.filters import chosen_for, filters_of
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.linking.trial import LinkReduction, draw_program, is_link_trial
from harness.fuzz.oracle import Oracle
from harness.fuzz.planned import hooks_of, plan_trial
from harness.fuzz.smith import SmithError
from harness.fuzz.trial import FRONT_END, Recipe, draw
from harness.fuzz.wit_reducer import reduce_wit
from harness.fuzz.worlds import FuzzWorld, random_world
from harness.planner.bare import PlannedWorld
from harness.process.steps import StepLost
from harness.toolchains.protocol import ENCODINGS
from reports.outcomes import Outcome

EFFORT = 500
"""The maximum effort of a phase, in the units of `oracle.effort_of`: an attempt with a small plan costs one, an attempt
with a large plan more. The unit is not seconds, so a reduction on a busy machine takes longer and ends with the same
case."""
FEW_LINES = 10
"""A WIT with no more lines is small enough."""
NOT_ALONE = "none of its runs shows it alone: only the command repeats it"
"""The note of a finding in a run with a fault: a seed alone does not bring the fault back."""
HANGING_EFFORT = 3
"""The maximum effort if each attempt costs its time limit, and maybe a worker."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """`parts` None: the finding did not show again. `note` reports that, or the step that failed. `cut`: the time ended
    before the reduction. `message`: the message of the finding in the reduced world. `core`: that of the
    reduced case, if it has one."""

    parts: CaseParts | LinkCaseText | None
    attempts: int
    note: str = ""
    cut: bool = False
    message: str = ""
    core: CaseParts | None = None

    @property
    def size(self) -> str:
        assert self.parts is not None
        return f"{size_of(self.parts)}, in {self.attempts} attempts"


def size_of(parts: CaseParts | LinkCaseText) -> str:
    """The size of a case as text for people."""
    if isinstance(parts, LinkCaseText):
        return f"{parts.libraries} librar{'y' if parts.libraries == 1 else 'ies'}"
    lines, steps = len(parts.wit.strip().splitlines()), len(parts.steps)
    calls = f"about {parts.sample.calls} calls" if parts.sample else f"{steps} step{'' if steps == 1 else 's'}"
    return f"{lines} line{'' if lines == 1 else 's'} of WIT, {calls}"


@dataclass(frozen=True, slots=True)
class Reduce:
    """The task of a worker."""

    recipe: Recipe
    index: int
    bucket: Bucket
    injected: bool
    """Shown in a run with an injected fault."""
    options: Options
    until: float | None = None
    """When to stop at the latest, as `time.time()` counts; the best case so far is the result."""

    def perform(self, bench: Workbench) -> Reduced:
        if is_link_trial(self.recipe.worlds, self.index):
            _, choices = draw_program(self.recipe.seed, self.index)
            reduction = LinkReduction(bench, self.bucket, self.options, self.until)
            parts = reduction.run(choices)
            note = "" if parts is not None else "did not show again"
            return Reduced(parts, reduction.attempts, note, reduction.cut, reduction.message)
        try:
            with bench.steps.bounded("world"):
                world = draw(self.recipe, self.index, bench)
        except (StepLost, SmithError) as error:
            return Reduced(None, 0, f"the world could not be drawn again: {error}")
        reduced = Reduction(self, world, Oracle(bench, self.bucket, self.options, self.until)).run()
        if reduced.cut or not isinstance(reduced.parts, CaseParts):
            return reduced
        core = core_of(bench, reduced.parts, self.bucket, self.options, self.until)
        return replace(reduced, core=core)


class Reduction:
    def __init__(self, task: Reduce, world: DrawnWorld, oracle: Oracle) -> None:
        self._task = task
        self._world = world
        self._calls = task.recipe.calls
        self._oracle = oracle
        self._hooks, self._filters = hooks_of(task.index, bool(task.options.initializer)), filters_of(task.index)

    def _planned(
        self, wit: str, world: str | None, features: tuple[str, ...], random: Random, calls: int
    ) -> PlannedWorld:
        fault_runs = self._task.recipe.fault_runs if self._task.injected else 0
        return plan_trial(wit, world, features, random, calls, fault_runs, (), self._hooks, self._filters).planned

    def _phase(self, closing: bool = False) -> None:
        hanging = self._task.bucket.outcome == Outcome.TIMED_OUT
        self._oracle.allow(HANGING_EFFORT if hanging else EFFORT, closing)

    def run(self) -> Reduced:
        parts, note = self._run()
        oracle = self._oracle
        message = oracle.message_of(parts) if parts is not None and not oracle.cut else ""
        return Reduced(parts, oracle.attempts, note, oracle.cut, message)

    def _run(self) -> tuple[CaseParts | None, str]:
        """The smallest case found, or the reason why there is none."""
        self._phase()
        if self._task.bucket.aspect == FRONT_END:
            return self._unparsed(), ""
        bare = self._bare(self._world)
        if self._oracle.case_fails(bare):
            return self._smaller_world(bare), ""
        start = self._fewer_calls()
        if start is None:
            return None, "did not show again"
        world, calls = start
        best = self._as_steps(world, calls)
        if world.choices is not None:
            self._phase()
            best = self._smaller(best, self._fewer_choices(world, calls))
        # Once more with new values: the world need not keep what the old values needed.
        self._phase()
        world = replace(world, wit=best.wit, name=best.world, features=best.features, choices=None)
        if self._shows(world, calls):
            wit = reduce_wit(world.wit, lambda wit: self._shows(replace(world, wit=wit), calls))
            self._phase()
            best = self._smaller(best, self._fewer_choices(replace(world, wit=wit), calls))
        self._phase()
        if best.sample is None:
            best = fewer_steps(best, self._oracle.case_fails)
        self._phase()
        if self._task.injected and best.sample is not None and not self._oracle.case_fails(best):
            return None, NOT_ALONE
        return self._text(best), ""

    def _bare(self, world: DrawnWorld | FuzzWorld) -> CaseParts:
        name = world.name if isinstance(world, DrawnWorld) else world.world
        return self._with_choices(bare_case(world.wit, name, world.features, self._task.bucket, ENCODINGS))

    def _smaller_world(self, best: CaseParts) -> CaseParts:
        """Reduce a finding that shows without a call. The text is reduced first, which is quick; if that is not enough,
        the choices."""
        from harness.fuzz.shrinking import shrink

        best = self._text(best)
        if self._world.choices is None or len(best.wit.splitlines()) <= FEW_LINES:
            return best

        def still_fails(source: Source) -> bool:
            return self._oracle.case_fails(self._bare(random_world(source, self._task.recipe.profile)))

        self._phase()
        with contextlib.suppress(NotFailing, Exhausted):
            choices = shrink(self._world.choices, still_fails, self._oracle.left, lambda: self._oracle.may_go_on)
            drawn = random_world(FixedSource(choices), self._task.recipe.profile)
            self._phase()
            best = self._smaller(best, self._text(self._bare(drawn)))
        return best

    def _text(self, parts: CaseParts) -> CaseParts:
        return smaller_text(parts, self._oracle.case_fails)

    def _smaller(self, before: CaseParts, after: CaseParts | None) -> CaseParts:
        if after is None or len(after.wit) > len(before.wit):
            return before
        return after

    def _unparsed(self) -> CaseParts:
        """Reduce WIT that our front end refuses: there are no calls."""
        world, calls = self._world, self._calls
        wit = reduce_wit(world.wit, lambda wit: self._oracle.front_end_refuses(replace(world, wit=wit)))
        return self._as_sample(replace(world, wit=wit), calls)

    def _fewer_calls(self) -> tuple[DrawnWorld, int] | None:
        """The world with the smallest of a few numbers of calls that shows the finding, perhaps with other values."""
        world = self._world
        for calls in sorted({1, 20, 60, self._calls}):
            for seed in (world.script_seed, world.script_seed + 1):
                candidate = replace(world, script_seed=seed)
                if calls <= self._calls and self._shows(candidate, calls):
                    return candidate, calls
        return None

    def _shows(self, world: DrawnWorld, calls: int) -> bool:
        planned = self._oracle.planned(
            lambda: self._planned(world.wit, world.name, world.features, Random(world.script_seed), calls)
        )
        return planned is not None and self._oracle.fails(planned.plan)

    def _fewer_choices(self, world: DrawnWorld, calls: int) -> CaseParts | None:
        """Shrunk by hypothesis; None where that is not possible: too many choices."""
        from harness.fuzz.shrinking import shrink

        recorded = RecordingRandom(world.script_seed)
        self._planned(world.wit, world.name, world.features, recorded, calls)
        choices = [*(world.choices or ()), *recorded.drawn]

        def build(source: Source) -> PlannedWorld:
            if world.choices is None:
                return self._planned(world.wit, world.name, world.features, SourceRandom(source), calls)
            drawn = random_world(source, self._task.recipe.profile)
            return self._planned(drawn.wit, drawn.world, drawn.features, SourceRandom(source), calls)

        def still_fails(source: Source) -> bool:
            planned = self._oracle.planned(lambda: build(source))
            return planned is not None and self._oracle.fails(planned.plan)

        try:
            shrunk = shrink(choices, still_fails, self._oracle.left, lambda: self._oracle.may_go_on)
            source = FixedSource(shrunk)
            planned = build(source)
        except (NotFailing, Exhausted):
            return None
        self._phase(closing=True)
        return self._run_that_shows(planned)

    def _as_sample(self, world: DrawnWorld, calls: int) -> CaseParts:
        return self._with_choices(sample_case(world, calls, self._task.bucket))

    def _with_choices(self, case: CaseParts) -> CaseParts:
        filters = chosen_for(self._filters, case.wit, case.world, case.features)
        return replace(case, hooks=self._hooks, async_filters=filters)

    def _as_steps(self, world: DrawnWorld, calls: int) -> CaseParts:
        """The case with every step of one run written out. If no run shows the finding alone, the case has the seed of
        the values."""
        planned = self._planned(world.wit, world.name, world.features, Random(world.script_seed), calls)
        return self._run_that_shows(planned) or self._as_sample(world, calls)

    def _run_that_shows(self, planned: PlannedWorld) -> CaseParts | None:
        """The case of the first run that shows the finding."""
        bucket = self._task.bucket
        for number in range(len(planned.plan.runs)):
            case = run_case(planned, number + 1, bucket)
            if self._oracle.case_fails(case):
                return case
        return None
