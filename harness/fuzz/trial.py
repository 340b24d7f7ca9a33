"""One trial: a world, its plan, its verdict. It is a function of (recipe, index), for any worker at any time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from harness.bench.examination import Examination, Options
from harness.bench.examine import examine
from harness.bench.examine_guest import examine_guest
from harness.bench.workbench import Workbench
from harness.engine.features import missing
from harness.frontend.front_end import FrontEndError
from harness.fuzz.bucket import Bucket, Hit, Triage, hits, message_shape
from harness.fuzz.case_text import CaseParts
from harness.fuzz.cases_of import bare_case, run_case, sample_case
from harness.fuzz.choices import RandomSource
from harness.fuzz.drawn import DrawnWorld, draw_world
from harness.fuzz.filters import filters_of
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.linking.trial import draw_program, is_link_trial, judge_link_case, link_case_text, prepared_link_case
from harness.fuzz.planned import TrialPlan, encodings_of, hooks_of, plan_guest_trial, plan_trial
from harness.fuzz.smith import SmithError
from harness.fuzz.triage import CASE, triage_for
from harness.fuzz.worlds import Profile
from harness.judge.guest import about
from harness.judge.party import ByItself, initializer_of
from harness.judge.verdict import NotInitialized, Verdict
from harness.plan.left_out import LeftOut
from harness.plan.roles import Role
from harness.process.steps import StepLost
from harness.runs.second_opinion import second_opinion
from harness.text.limits import planning
from harness.toolchains.cells import OURS, First
from harness.toolchains.interpreter import Interpreter
from reports.outcomes import Outcome

DEFAULT_CALLS = 250
FRONT_END = "front end"
"""The aspect of a finding about WIT that our front end refuses and another tool accepts."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The common part of all trials of a campaign; together with an index it determines one trial."""

    seed: int
    calls: int = DEFAULT_CALLS
    worlds: str = "random"
    """The source of worlds: `random` (with a link case now and then), `wit-smith`, or `link`."""
    profile: Profile = field(default_factory=Profile)
    fault_runs: int = 4
    """Runs of each world with one injected fault."""


@dataclass(frozen=True, slots=True)
class NotRun:
    """A world, or a function of it, that did not run: by which tool, and why, without names and numbers."""

    tool: str
    reason: str


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The result of one trial. `calls`: each counts once, for any number of cells."""

    index: int
    calls: int = 0
    outcome: str = Outcome.PASS
    hits: tuple[Hit, ...] = ()
    refusals: tuple[NotRun, ...] = ()
    cases: tuple[tuple[Bucket, CaseParts | LinkCaseText], ...] = ()
    """A case for each new hit, not reduced."""
    seconds: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()


def draw(recipe: Recipe, index: int, bench: Workbench) -> DrawnWorld:
    """The world of a trial, and the seed of its values."""
    random = Random(f"{recipe.seed}:{index}")
    script_seed = random.getrandbits(32)
    return draw_world(recipe.worlds, RandomSource(random), recipe.profile, script_seed, bench)


@dataclass(frozen=True, slots=True)
class Trial:
    """The task of a worker."""

    recipe: Recipe
    index: int
    options: Options

    def perform(self, bench: Workbench) -> TrialResult:
        started = time.perf_counter()
        if bench.settings.interpreter is None and is_link_trial(self.recipe.worlds, self.index):
            return _run_link_case(bench, self.recipe, self.options, self.index, started)
        try:
            with bench.steps.bounded("world"):
                world = draw(self.recipe, self.index, bench)
        except SmithError as error:
            refusal = NotRun("wit-smith", message_shape(str(error)))
            return TrialResult(self.index, outcome=Outcome.SKIP, refusals=(refusal,))
        except StepLost as lost:
            reason = f"the world could not be drawn: {lost.loss.message}"
            return TrialResult(self.index, outcome=Outcome.HARNESS_ERROR, refusals=(NotRun("harness", reason),))
        return run_world(bench, world, self.recipe, self.options, self.index, started)


def _run_link_case(bench: Workbench, recipe: Recipe, options: Options, index: int, started: float) -> TrialResult:
    """Judge a link case."""
    try:
        with bench.steps.bounded("program"):
            program, _ = draw_program(recipe.seed, index)
            prepared = prepared_link_case(program)
    except StepLost as lost:
        refusal = NotRun("harness", f"a link case could not be drawn: {lost.loss.message}")
        return TrialResult(index, outcome=Outcome.HARNESS_ERROR, refusals=(refusal,))
    verdict, found = judge_link_case(bench, prepared, options)
    if verdict.outcome is Outcome.SKIP:
        return TrialResult(index, outcome=Outcome.SKIP, refusals=(_skip("planner", verdict, options),))
    refusals = tuple(refused for hit in found if (refused := _refused(hit)) is not None)
    cases = tuple((hit.bucket, link_case_text(program, hit.bucket)) for hit in found if not hit.known)
    seconds = time.perf_counter() - started
    return TrialResult(
        index, prepared.calls, verdict.outcome, tuple(found), refusals, cases, seconds, (("link", seconds),)
    )


def run_world(
    bench: Workbench, world: DrawnWorld, recipe: Recipe, options: Options, index: int, started: float
) -> TrialResult:
    """Judge a world whose values come from its seed."""
    try:
        with bench.steps.bounded("plan", extra=planning(recipe.calls)):
            random = Random(world.script_seed)
            plan = _plan(bench, world, recipe, random, index, options)
    except FrontEndError as error:
        return _unusable(bench, world, index, str(error), options)
    except StepLost as lost:
        refusal = NotRun("harness", f"planning: {lost.loss.message}")
        return TrialResult(index, outcome=Outcome.HARNESS_ERROR, refusals=(refusal,))
    examine_it = examine if bench.settings.interpreter is None else examine_guest
    own = replace(options, first=First.IN_TURNS, turn=index)
    examination = examine_it(bench, CASE, plan.planned.plan, own, started)
    tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
    triage = triage_for(tools, options.expectations, plan.planned.plan)
    return _result(index, world, plan, examination, triage, bench.settings.interpreter, options)


def _result(
    index: int,
    world: DrawnWorld,
    plan: TrialPlan,
    examination: Examination,
    triage: Triage,
    interpreter: Interpreter | None,
    options: Options,
) -> TrialResult:
    verdict, planned = examination.verdict, plan.planned
    unsupported = planned.plan.unsupported
    refusals = [NotRun("planner", _reason(item)) for item in unsupported]
    for item in examination.unsupported[len(unsupported) :]:
        if isinstance(item, NotInitialized):
            refusals.append(_not_initialized([item], options))
        else:
            refusals.append(NotRun("toolchain file", item))
    if verdict.outcome is Outcome.SKIP:
        tool = "engine" if missing(planned.plan.needs) else "planner"
        refusals.append(_skip(tool, verdict, options))
        return TrialResult(index, 0, verdict.outcome, (), tuple(refusals), seconds=examination.seconds)
    found = [replace(hit, injected=hit.run > plan.plain_runs) for hit in hits(verdict, triage)]
    if interpreter is not None:
        own = [hit for hit in found if about(interpreter.name, verdict, hit.party)]
        return _of_guest(index, world, plan, examination, own, [hit for hit in found if hit not in own], refusals)
    calls = sum(len(run.calls) for run in planned.plan.runs)
    return TrialResult(
        index,
        calls,
        verdict.outcome,
        tuple(found),
        tuple(refusals + [refusal for hit in found if (refusal := _refused(hit)) is not None]),
        tuple((hit.bucket, _case(plan, world, hit)) for hit in found if not hit.known),
        examination.seconds,
        examination.stages,
    )


def _of_guest(
    index: int,
    world: DrawnWorld,
    plan: TrialPlan,
    examination: Examination,
    own: Sequence[Hit],
    others: Sequence[Hit],
    refusals: list[NotRun],
) -> TrialResult:
    """`own`: findings about the interpreter. The others are about toolchains; with these alone, the world did not test
    the interpreter."""
    refusals += [NotRun(hit.bucket.toolchain, hit.bucket.kind) for hit in others]
    tested = bool(own) or not others
    return TrialResult(
        index,
        sum(len(run.calls) for run in plan.planned.plan.runs) if tested else 0,
        examination.verdict.outcome if tested else Outcome.SKIP,
        tuple(own),
        tuple(refusals),
        tuple(
            (hit.bucket, replace(sample_case(world, plan.calls, hit.bucket), async_filters=_filters(plan)))
            for hit in own
        ),
        examination.seconds,
        examination.stages,
    )


def _plan(
    bench: Workbench, world: DrawnWorld, recipe: Recipe, random: Random, index: int, options: Options
) -> TrialPlan:
    interpreter = bench.settings.interpreter
    if interpreter is not None:
        return plan_guest_trial(world.wit, world.name, world.features, random, recipe.calls, interpreter.abilities)
    extra = encodings_of(index), hooks_of(index, bool(options.initializer)), filters_of(index)
    return plan_trial(world.wit, world.name, world.features, random, recipe.calls, recipe.fault_runs, *extra)


def _case(plan: TrialPlan, world: DrawnWorld, hit: Hit) -> CaseParts:
    if not hit.run:
        case = bare_case(world.wit, world.name, world.features, hit.bucket, plan.plan.encodings)
        return replace(case, hooks=plan.plan.hooks[Role.SUBJECT], async_filters=_filters(plan))
    return run_case(plan.planned, hit.run, hit.bucket)


def _filters(plan: TrialPlan) -> tuple[str, ...]:
    return plan.plan.async_filters.get(Role.SUBJECT, ())


def _refused(hit: Hit) -> NotRun | None:
    """A tool that did not build the world, for any reason: its part of the comparison is missing."""
    bucket = hit.bucket
    if bucket.level:
        return None
    return NotRun(bucket.toolchain, hit.known or f"{bucket.outcome}: {bucket.kind}")


def _skip(tool: str, verdict: Verdict, options: Options) -> NotRun:
    """Why nothing ran. `tool`: who is named if it is not the initializer of `options`."""
    if verdict.not_initialized:
        return _not_initialized(verdict.not_initialized, options)
    return NotRun(tool, verdict.reason)


def _not_initialized(refused: Sequence[NotInitialized], options: Options) -> NotRun:
    said = "; ".join(dict.fromkeys(item.said for item in refused))
    return NotRun(str(initializer_of(options.initializer)), message_shape(said))


def _reason(item: LeftOut) -> str:
    """Without names and numbers."""
    return "no value" if item.no_value else message_shape(item.why)


def _unusable(bench: Workbench, world: DrawnWorld, index: int, message: str, options: Options) -> TrialResult:
    """Our front end, on which the harness relies, refuses the world. If another tool accepts it, that is a finding."""
    opinion = second_opinion(bench.toolchains, bench.builder, world.wit, world.name, world.features)
    reason = message_shape("; ".join([message, *opinion.remarks]))
    refusal = NotRun(FRONT_END, reason)
    if not opinion.takers:
        return TrialResult(index, outcome=Outcome.SKIP, refusals=(refusal,))
    bucket = Bucket(OURS, Outcome.FAIL, 0, FRONT_END, f"refused to parse {reason}", OURS)
    takers = ", ".join(opinion.takers)
    hit = Hit(bucket, ByItself(OURS), f"{takers} accepts this WIT, but our front end refuses it: {message}")
    cases = ((bucket, sample_case(world, 1, bucket)),)
    return TrialResult(index, outcome=Outcome.FAIL, hits=(hit,), refusals=(refusal,), cases=cases)
