"""Runs of a planned world as cases."""

from __future__ import annotations

from dataclasses import replace

from harness.frontend.gates import opening
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import CaseParts
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.in_words import sentence, title
from harness.fuzz.written import written
from harness.plan.roles import Role
from harness.plan.steps import ending_in, trap_of
from harness.planner.bare import PlannedWorld
from harness.suite.case import Sample


def bare_case(
    wit: str,
    world: str | None,
    features: tuple[str, ...],
    bucket: Bucket,
    encodings: tuple[str, ...] = (),
) -> CaseParts:
    """A case that only instantiates the world, and embeds it in these encodings: for findings that show without a call.
    Drawn worlds may enable features that open no gate; a case has none of these."""
    return CaseParts(title(bucket), sentence(bucket), wit, world, opening(wit, features), encodings=encodings)


def run_case(planned: PlannedWorld, number: int, bucket: Bucket) -> CaseParts:
    """A case with the steps of run `number`, counted from 1."""
    run, outcome = planned.runs[number - 1], planned.plan.runs[number - 1].outcome
    steps = run.steps
    if outcome.trap is not None and (not steps or trap_of(steps[-1]) is None):
        steps = ending_in(steps, outcome.trap)
    subject = next(component for component in planned.plan.components if component.role is Role.SUBJECT)
    case = bare_case(subject.wit, subject.world, subject.features, bucket)
    case = replace(case, hooks=subject.hooks, async_filters=subject.async_filters)
    return replace(case, steps=written(planned.composition, steps), lists=run.lists)


def sample_case(world: DrawnWorld, calls: int, bucket: Bucket) -> CaseParts:
    """A case whose values come from the seed of the trial again; it has no runs with a fault."""
    case = bare_case(world.wit, world.name, world.features, bucket)
    return replace(case, sample=Sample(world.script_seed, calls))
