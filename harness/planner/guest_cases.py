"""Makes a plan of a case for an interpreter that is not ours: its calls go from the driver through the subject to the
provider, or come back from the subject."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from harness.model import Unpredictable
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.plan.steps import StepError, trap_of
from harness.planner.bare import RunSteps, predicted
from harness.planner.cases import case_source, segments
from harness.planner.guest import guest_surroundings, guest_world
from harness.planner.guest_case_steps import GuestSteps
from harness.planner.guest_role import NoRole
from harness.planner.guest_rules import GuestComposition
from harness.planner.needs import needs_of
from harness.planner.registers import OutOfRegisters
from harness.planner.surrounded import plan_without_runs
from harness.suite.case import Case
from harness.toolchains.abilities import NO_ABILITIES, Abilities


def guest_case_plan(case: Case, abilities: Abilities = NO_ABILITIES) -> Plan:
    """The plan of a case that has a plan with `boxed`. Raises `NoRole`."""
    if case.hooks:
        raise NoRole("the case needs an interpreter with task hooks")
    if case.async_filters or case.blocking_run:
        raise NoRole("the case chooses how functions are lowered or lifted, and an interpreter may not")
    surroundings = guest_surroundings(case_source(case), case.world, case.features, case.merge_versions, abilities)
    if case.sample is not None:
        random, calls = Random(case.sample.seed), case.sample.calls
        return guest_world(surroundings, random, calls, case.title, abilities).plan
    worlds = surroundings.worlds
    if Role.DRIVER not in worlds:
        raise NoRole("the world exports nothing, so nothing can call the interpreter")
    composition = GuestComposition(worlds, surroundings.wires, abilities)
    runs = tuple(
        _run(composition, RunSteps(GuestSteps(composition, surroundings.unsupported, abilities).steps(segment), lists))
        for lists in case.lists
        for segment in segments(case.steps)
    )
    needs = needs_of(worlds.values(), surroundings.has_labels)
    return replace(plan_without_runs(surroundings, case.title, needs), runs=runs)


def _run(composition: GuestComposition, run: RunSteps) -> ScriptPlan:
    wanted = trap_of(run.steps[-1]) if run.steps else None
    try:
        made = predicted(composition, run, eager=wanted is not None)
    except (StepError, Unpredictable, OutOfRegisters) as error:
        raise NoRole(f"its steps have no meaning there: {error}") from error
    if wanted not in (made.outcome.trap, *made.outcome.also):
        if wanted is None:
            raise NoRole("a call or a copy has another status when the interpreter is between its two sides")
        raise NoRole("the trap that it expects is none of this role")
    return made
