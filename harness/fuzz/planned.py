"""The runs of a trial: calls with values from a seed, then runs with one injected fault each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from harness.frontend.front_end import Surroundings, WitText, surround
from harness.fuzz.fault_injection import with_faults
from harness.fuzz.filters import Filters, chosen
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.bare import PlannedWorld, planned_world
from harness.planner.guest import guest_surroundings, guest_world
from harness.toolchains.abilities import Abilities
from harness.toolchains.protocol import ENCODINGS
from harness.world import types as t
from harness.world.despecialize import Product, Sequence, despecialize
from interpreters import HOOKS

TITLE = "fuzz"

MAX_VALUES = 60_000
"""About the most values that the calls of one plan may move; the limits of a run would stop a larger plan."""

_LENGTH = 4
"""The approximate length of a drawn list."""


EMBEDDED_EVERY = 4
"""One in so many worlds is also embedded, in one encoding."""


def encodings_of(index: int) -> tuple[str, ...]:
    """The encodings of world `index`: in turns."""
    turn, rest = divmod(index, EMBEDDED_EVERY)
    return () if rest else (ENCODINGS[turn % len(ENCODINGS)],)


HOOKS_EVERY = 11
"""One in so many worlds has a subject whose interpreter has task hooks. Odd, because worlds alternate; without a common
factor with the distance of link cases, which take the place of worlds."""


def hooks_of(index: int, initialized: bool = False) -> str:
    """The task hooks of the interpreter of world `index`: the generations in turns, mostly none. Two worlds in a row
    have the same, because the subjects of odd and of even worlds are made by different toolchains. A subject that is
    `initialized` has none, because they would note the call that initialises it."""
    if initialized:
        return ""
    turn, rest = divmod(index, HOOKS_EVERY)
    return "" if rest != HOOKS_EVERY - 1 else HOOKS[turn // 2 % len(HOOKS)]


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """`calls`: how many were asked of the planner. `plain_runs`: the runs before those with a fault."""

    planned: PlannedWorld
    calls: int
    plain_runs: int

    @property
    def plan(self) -> Plan:
        return self.planned.plan


def plan_trial(
    wit: str,
    world: str | None,
    features: tuple[str, ...],
    random: Random,
    calls: int,
    fault_runs: int,
    encodings: tuple[str, ...] = (),
    hooks: str = "",
    filters: Filters = Filters.NONE,
) -> TrialPlan:
    """About `calls` calls, fewer where values are large; `fault_runs` more runs with one fault each; `encodings` in
    which the world is embedded; `hooks` of the subject's interpreter; its `filters`.

    Raises `FrontEndError` for WIT that cannot be used.
    """
    surroundings = surround(WitText(wit, "world.wit"), world, features)
    calls = affordable(surroundings, calls)
    subject = surroundings.parts.get(Role.SUBJECT)
    async_filters = chosen(filters, subject.world) if subject is not None else ()
    planned = planned_world(surroundings, random, calls, TITLE, encodings, hooks, async_filters)
    plain = len(planned.plan.runs)
    return TrialPlan(with_faults(planned, random, fault_runs) if fault_runs else planned, calls, plain)


def plan_guest_trial(
    wit: str, world: str | None, features: tuple[str, ...], random: Random, calls: int, abilities: Abilities
) -> TrialPlan:
    """A trial of an interpreter that is not ours, without bad values, which no such interpreter gives."""
    surroundings = guest_surroundings(WitText(wit, "world.wit"), world, features, abilities=abilities)
    calls = affordable(surroundings, calls)
    planned = guest_world(surroundings, random, calls, TITLE, abilities)
    return TrialPlan(planned, calls, len(planned.plan.runs))


def affordable(surroundings: Surroundings, calls: int) -> int:
    """`calls`, or as many as do not move more than `MAX_VALUES`; at least one."""
    functions = [
        function
        for part in surroundings.parts.values()
        for function in (*part.world.import_functions(), *part.world.export_functions())
    ]
    known: dict[int, int] = {}
    total = sum(
        _values(type, known) for function in functions for type in (*(p.type for p in function.params), function.result)
    )
    each = total // max(1, len(functions)) + 1
    return max(1, min(calls, MAX_VALUES // each))


def _values(type: t.Type | None, known: dict[int, int]) -> int:
    """The approximate number of values in a value of the type."""
    if type is None:
        return 0
    found = known.get(id(type))
    if found is None:
        found = known[id(type)] = _count(type, known)
    return found


def _count(type: t.Type, known: dict[int, int]) -> int:
    match despecialize(type):
        case Product(types, times):
            return 1 + times * _sum(types, known)
        case Sequence(types):
            return 1 + _LENGTH * _sum(types, known)
    return 1 + max((_values(part, known) for part in type.parts), default=0)


def _sum(types: Iterable[t.Type], known: dict[int, int]) -> int:
    return sum(_values(type, known) for type in types)
