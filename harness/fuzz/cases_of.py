"""Runs of a planned world as cases."""

from __future__ import annotations

from dataclasses import replace

from harness.fuzz.case_text import CaseParts
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.held import NotExpressible
from harness.fuzz.signature import Signature
from harness.fuzz.steps_of import steps_of
from harness.plan.roles import Role
from harness.planner.bare import PlannedWorld
from harness.suite.case import Sample


def title(signature: Signature) -> str:
    return str(signature)[:200]


def bare_case(
    wit: str,
    world: str | None,
    features: tuple[str, ...],
    signature: Signature,
    encodings: tuple[str, ...] = (),
) -> CaseParts:
    """A case that only instantiates the world, and embeds it in these encodings: for what shows without a call."""
    why = f"Found by `harness fuzz`: {signature.kind}."
    return CaseParts(title(signature), why, wit, world, features, encodings=encodings)


def run_case(planned: PlannedWorld, number: int, signature: Signature) -> CaseParts | None:
    """A case with the steps of run `number`, counted from 1; None where a case cannot say what its scripts do."""
    run, scripts = planned.plan.runs[number - 1], planned.scripts[number - 1]
    entries = planned.plan.entries if run.entries is None else run.entries
    try:
        steps = steps_of(planned.composition, scripts, entries, run.outcome)
    except NotExpressible:
        return None
    lists = next(iter(scripts.values())).lists
    subject = next(component for component in planned.plan.components if component.role is Role.SUBJECT)
    case = bare_case(subject.wit, subject.world, subject.features, signature)
    return replace(case, steps=steps, lists=lists)


def sample_case(world: DrawnWorld, calls: int, signature: Signature) -> CaseParts:
    """A case whose values come from the seed of the trial again; it has no runs with a bad value."""
    return CaseParts(
        title=title(signature),
        why=f"Found by `harness fuzz`: {signature.kind}.",
        wit=world.wit,
        world=world.name,
        features=world.features,
        sample=Sample(world.script_seed, calls),
    )
