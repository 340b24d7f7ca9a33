"""Makes plans of worlds whose subject has an interpreter that is not ours (`--interpreter`).

Only the driver starts calls. The plan is complete: its scripts make `boxed` behave like such an interpreter, which
shows that the plan itself is right. `foreign` is the same plan for the interpreter under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from harness.frontend.front_end import FrontEndError, Surroundings, WitText, surround
from harness.frontend.narrow import ASYNC
from harness.plan.left_out import LeftOut
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.bare import PlannedWorld, Progress, RunSteps, plan_steps, predicted, split
from harness.planner.guest_calls import GuestCaller
from harness.planner.guest_cancels import MOST_CANCELLED, GuestCanceller, can_be_cancelled
from harness.planner.guest_copies import MOST_COPIED, GuestCopier
from harness.planner.guest_rules import Copy, GuestComposition, without_rule
from harness.planner.guest_together import MOST_TOGETHER, goes_on, side_by_side
from harness.planner.needs import needs_of
from harness.planner.surrounded import plan_without_runs
from harness.script import operations as s
from harness.toolchains.abilities import NO_ABILITIES, Abilities, Streams
from harness.world.world import Function, World


def guest_world(
    surroundings: Surroundings, random: Random, calls: int, title: str, abilities: Abilities = NO_ABILITIES
) -> PlannedWorld:
    """About `calls` calls of the subject's exports that have a rule, each at least once; two runs, the second with
    lists that go whole in the driver and the provider. If the interpreter has async functions and several tasks at a
    time, a third run has calls of them side by side; if it passes cancellation on, the last run cancels calls."""
    worlds = surroundings.worlds
    composition = GuestComposition(worlds, surroundings.wires, abilities)
    possible, lacking = split(composition, called(composition))
    needs = needs_of(worlds.values(), surroundings.has_labels)
    copied = [item for item in possible if isinstance(composition.rule(*item), Copy)]
    possible = [item for item in possible if item not in copied]
    each = max(1, -(-calls // max(1, len(possible))))
    rounds = [(s.Lists.BY_ELEMENT, each)]
    if needs.lists and each > 1:
        rounds = [(s.Lists.BY_ELEMENT, each - each // 2), (random.choice(needs.lists), each // 2)]
    progress = Progress()
    runs = [
        RunSteps(plan_steps(GuestCaller(composition, random, way), possible, count, progress), way)
        for way, count in (rounds if possible else ())
    ]
    runs += [] if abilities.one_at_a_time else _together(composition, random, possible)
    runs += _cancelled(composition, random, possible) if abilities.cancels else []
    if copied:
        chosen = copied[:MOST_COPIED]
        steps = plan_steps(GuestCopier(composition, random), chosen, max(1, MOST_COPIED // len(chosen)), progress)
        runs.append(RunSteps(steps, s.Lists.BY_ELEMENT))
    left_out = [*composition.rules.left_out, *lacking.values(), *progress.never.values()]
    plan = replace(
        plan_without_runs(surroundings, title, needs),
        runs=tuple(predicted(composition, run, anyhow=True) for run in runs),
        unsupported=surroundings.unsupported + tuple(left_out),
    )
    left_out += [LeftOut(f"export {function.canonical}", "enough others copy") for _, function in copied[MOST_COPIED:]]
    ran = [item for item in (*possible, *copied[:MOST_COPIED]) if item not in progress.never]
    return PlannedWorld(plan, composition, tuple(runs), tuple(ran))


def _together(
    composition: GuestComposition, random: Random, functions: Sequence[tuple[Role, Function]]
) -> list[RunSteps]:
    fit = [item for item in functions if goes_on(item[1])][:MOST_TOGETHER]
    if not fit:
        return []
    caller = GuestCaller(composition, random)
    steps = plan_steps(caller, fit, max(1, MOST_TOGETHER // len(fit)), Progress())
    return [RunSteps(side_by_side(composition, random, steps), s.Lists.BY_ELEMENT)]


def _cancelled(
    composition: GuestComposition, random: Random, functions: Sequence[tuple[Role, Function]]
) -> list[RunSteps]:
    fit = [item for item in functions if can_be_cancelled(composition, item[1])][:MOST_CANCELLED]
    if not fit:
        return []
    caller = GuestCanceller(composition, random)
    steps = plan_steps(caller, fit, max(1, MOST_CANCELLED // len(fit)), Progress())
    return [RunSteps(steps, s.Lists.BY_ELEMENT)]


def guest_plan(
    source: Path | WitText,
    world: str | None,
    features: Sequence[str],
    seed: int,
    calls: int,
    title: str | None = None,
    abilities: Abilities = NO_ABILITIES,
) -> Plan:
    """The plan of `harness check --interpreter`. Raises `FrontEndError` for WIT that cannot be used."""
    surroundings = guest_surroundings(source, world, features, abilities=abilities)
    name = title or surroundings.parts[Role.SUBJECT].plan.world
    return guest_world(surroundings, Random(seed), calls, name, abilities).plan


def guest_surroundings(
    source: Path | WitText,
    world: str | None,
    features: Sequence[str],
    merge_versions: bool = True,
    abilities: Abilities = NO_ABILITIES,
) -> Surroundings:
    """The composition around a world. Where a function has no rule, its interface, or the function of the world, is
    imported and exported, if a world can do both. Raises `FrontEndError` for WIT that cannot be used."""
    ends = abilities.streams is not Streams.NONE
    found = _with_option(surround(source, world, features, merge_versions, ends=ends))
    world_found = found.parts[Role.SUBJECT].world
    names = without_rule(world_found, abilities)
    if not names or _several_versions(world_found):
        return found
    try:
        whole = _with_option(surround(source, world, features, merge_versions, names, ends=ends))
    except FrontEndError:
        return found  # a world cannot do both
    return found if _several_versions(whole.parts[Role.SUBJECT].world) else whole


def _with_option(found: Surroundings) -> Surroundings:
    """The reasons for what is left out name the option that puts it in."""
    option = "left out without --streams pass"
    named = [replace(o, why=f"{ASYNC}, {option}") if o.why == ASYNC else o for o in found.unsupported]
    return replace(found, unsupported=tuple(named))


def _several_versions(world: World) -> bool:
    """Whether several versions of an interface are imported. There, another import or export changes which of them a
    linker merges (`harness/world/merging.py`)."""
    names = [key.partition("@")[0] for key in world.imports if key is not None]
    return len(names) > len(set(names))


def called(composition: GuestComposition) -> list[tuple[Role, Function]]:
    """The functions of the subject that the driver can call."""
    if Role.DRIVER not in composition.worlds:
        return []
    functions = composition.imports(Role.DRIVER)
    return [(Role.DRIVER, f) for f in functions if composition.rule(Role.DRIVER, f) is not None]


def foreign(plan: Plan) -> Plan:
    """The plan for the interpreter under test: the subject follows no script and shows nothing."""
    components = tuple(replace(part, foreign=part.role is Role.SUBJECT) for part in plan.components)
    runs = tuple(
        replace(
            run,
            scripts={role: script for role, script in run.scripts.items() if role is not Role.SUBJECT},
            expected={role: events for role, events in run.expected.items() if role is not Role.SUBJECT},
        )
        for run in plan.runs
    )
    return replace(plan, components=components, runs=runs)
