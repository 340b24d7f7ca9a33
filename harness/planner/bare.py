"""Makes a plan of a bare world: it calls every function with values from a seed (`harness check`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from harness.frontend.front_end import Surroundings, WitText, surround
from harness.model import ModelRun, Unpredictable
from harness.model.abi import abi_from
from harness.plan.engine_faults import engine_faults
from harness.plan.left_out import LeftOut
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.plan import ComponentPlan, Plan, ScriptPlan
from harness.plan.roles import Role
from harness.plan.steps import Step
from harness.planner.call_texts import CallTexts
from harness.planner.calls import Caller
from harness.planner.compiler import Compiler
from harness.planner.composition import Composition
from harness.planner.needs import needs_of
from harness.planner.prediction import followed, model_run
from harness.planner.registers import OutOfRegisters
from harness.planner.room import Doing
from harness.planner.surrounded import plan_without_runs
from harness.planner.task_calls import TaskCaller
from harness.script import operations as s
from harness.script.text import script_text
from harness.values.values import Value
from harness.world import types as t
from harness.world.world import Function

ENTRY_ORDER = (Role.SUBJECT, Role.DRIVER)
"""The subject calls its imports, then the driver calls the subject's exports."""

DEFAULT_CALLS = 50


def check_plan(
    source: Path | WitText,
    world: str | None = None,
    features: Sequence[str] = (),
    seed: int = 0,
    calls: int = DEFAULT_CALLS,
    title: str | None = None,
    encodings: tuple[str, ...] = (),
) -> Plan:
    """The plan of `harness check`. `encodings`: the encodings in which the world is also embedded.

    Raises `FrontEndError` for WIT that cannot be used."""
    surroundings = surround(source, world, features)
    name = title or surroundings.parts[Role.SUBJECT].plan.world
    return planned_world(surroundings, Random(seed), calls, name, encodings).plan


@dataclass(frozen=True)
class RunSteps:
    """The steps of a run, and the lists that go whole in it."""

    steps: tuple[Step[Value], ...]
    lists: s.Lists


@dataclass(frozen=True)
class PlannedWorld:
    """A plan with the steps of each run, and the composition that they are for."""

    plan: Plan
    composition: Composition
    runs: tuple[RunSteps, ...]
    functions: tuple[tuple[Role, Function], ...]
    """A called function and its caller."""


def planned_world(
    surroundings: Surroundings,
    random: Random,
    calls: int,
    title: str,
    encodings: tuple[str, ...] = (),
    hooks: str = "",
    async_filters: tuple[str, ...] = (),
) -> PlannedWorld:
    """About `calls` calls, each function at least once; two runs, the second with lists that go whole. `hooks`: the
    task hooks of the subject's interpreter. `async_filters`: the subject's.

    Raises `FilterError`."""
    worlds = surroundings.worlds
    components = tuple([with_choices(part.plan, hooks, async_filters) for part in surroundings.parts.values()])
    abi = abi_from(worlds, {Role.SUBJECT: async_filters} if async_filters else {})
    composition = Composition(worlds, surroundings.wires, {part.role: part.hooks for part in components}, abi)
    functions = [(role, f) for role in ENTRY_ORDER if role in worlds for f in under_test(composition, role)]
    possible, lacking = split(composition, functions)
    needs = needs_of(worlds.values(), surroundings.has_labels)
    each = max(1, -(-calls // max(1, len(possible))))
    rounds = [(s.Lists.BY_ELEMENT, each)]
    if needs.lists and each > 1:
        rounds = [(s.Lists.BY_ELEMENT, each - each // 2), (random.choice(needs.lists), each // 2)]
    waiting = [function for (role, function) in lacking if role is Role.SUBJECT]
    progress = Progress()
    runs, waiting = _runs(composition, random, possible, waiting, rounds, progress)
    runs += _together(composition, random, possible)
    possible = [item for item in possible if item not in progress.never]
    unsupported = [*progress.never.values()] + [
        why for (role, function), why in lacking.items() if role is not Role.SUBJECT or function in waiting
    ]
    plan = replace(
        plan_without_runs(surroundings, title, needs),
        components=components,
        entries=tuple(role for role in ENTRY_ORDER if any(of is role for of, _ in possible)),
        runs=tuple(predicted(composition, run, anyhow=True) for run in runs),
        unsupported=surroundings.unsupported + tuple(unsupported),
        encodings=encodings,
    )
    return PlannedWorld(plan, composition, tuple(runs), tuple(possible))


def with_choices(part: ComponentPlan, hooks: str, async_filters: tuple[str, ...]) -> ComponentPlan:
    """The subject with these filters, and an interpreter that has these task hooks; any other component as it is."""
    return replace(part, hooks=hooks, async_filters=async_filters) if part.role is Role.SUBJECT else part


def _runs(
    composition: Composition,
    random: Random,
    functions: Sequence[tuple[Role, Function]],
    waiting: list[Function],
    rounds: Sequence[tuple[s.Lists, int]],
    progress: Progress,
) -> tuple[list[RunSteps], list[Function]]:
    """The runs, and the functions that still wait for handles."""
    runs = []
    for way, count in rounds:
        nested = [f for role, f in functions if role is Role.SUBJECT and (role, f) not in progress.crowded]
        caller = Caller(composition, random, lists=way, waiting=waiting, nested=nested)
        runs.append(RunSteps(plan_steps(caller, functions, count, progress), way))
        waiting = caller.waiting
    return runs, waiting


_CALLS_TOGETHER = 16
"""About the most calls of a run in which both sides of calls go on at once."""


def _together(
    composition: Composition, random: Random, functions: Sequence[tuple[Role, Function]]
) -> Iterator[RunSteps]:
    """A run with calls of asynchronous functions, whose two sides go on at once: first of those with ends."""
    # a call without the option `async` on both sides has no two sides that go on at once
    fit = [(role, f) for role, f in functions if composition.concurrent(role, f)]
    chosen = sorted(random.sample(fit, len(fit)), key=lambda item: item[1].end is None)[:_CALLS_TOGETHER]
    while chosen:
        caller = TaskCaller(composition, random, chosen)
        rounds = max(1, _CALLS_TOGETHER // len(chosen))
        run = RunSteps(plan_steps(caller, chosen, rounds, Progress()), s.Lists.BY_ELEMENT)
        try:
            Compiler(composition, run.lists, _as_it_is).compile(run.steps)
        except OutOfRegisters:
            chosen = chosen[: len(chosen) // 2]
        else:
            yield run
            return


def under_test(composition: Composition, role: Role) -> list[Function]:
    """The functions that one side calls for the test. A driver also has functions of the provider, which give it
    resources."""
    functions = composition.imports(role)
    if role is Role.SUBJECT:
        return functions
    return [f for f in functions if composition.links.callee(role, f.interface, f.name)[0] is Role.SUBJECT]


def split(
    composition: Composition, functions: list[tuple[Role, Function]]
) -> tuple[list[tuple[Role, Function]], dict[tuple[Role, Function], LeftOut]]:
    """Functions that can be called, and the others with the reason."""
    possible: list[tuple[Role, Function]] = []
    lacking: dict[tuple[Role, Function], LeftOut] = {}
    for role, function in functions:
        callee, exported = composition.links.callee(role, function.interface, function.name)
        needed = [(role, param.type) for param in function.params]
        if exported.result is not None:
            needed.append((callee, exported.result))
        missing = [
            f"the {of.value} has {composition.smallest(of).why_not(type)}"
            for of, type in needed
            if not composition.makeable(type, of)
        ]
        if missing:
            lacking[role, function] = LeftOut(_named(role, function), f"{', '.join(missing)} to give", no_value=True)
        else:
            possible.append((role, function))
    return possible, lacking


def _named(role: Role, function: Function) -> str:
    """A function by what it is in the subject. `role`: its caller."""
    return f"{'import' if role is Role.SUBJECT else 'export'} {function.canonical}"


@dataclass
class Progress:
    """The called functions by caller, and the functions that cannot be called because a call needs more handles than an
    interpreter has registers."""

    called: set[tuple[Role, Function]] = field(default_factory=set)
    crowded: dict[tuple[Role, Function], LeftOut] = field(default_factory=dict)

    @property
    def never(self) -> dict[tuple[Role, Function], LeftOut]:
        """The functions that could not be called at all, with the reason."""
        return {item: why for item, why in self.crowded.items() if item not in self.called}

    def call(self, caller: Caller, frame: Doing, function: Function) -> None:
        role = frame.role
        if (role, function) in self.crowded:
            return
        try:
            caller.attempt(frame, function)
        except OutOfRegisters as error:
            self.crowded[role, function] = LeftOut(_named(role, function), str(error))
            caller.leave_out(function)
        else:
            self.called.add((role, function))


def plan_steps(
    caller: Caller, functions: Sequence[tuple[Role, Function]], rounds: int, progress: Progress
) -> tuple[Step[Value], ...]:
    """`rounds` calls of each function, fewer if they need other calls for handles, which also count."""
    steps: list[Step[Value]] = []
    rank_of = caller.composition.rank
    for role in ENTRY_ORDER:
        # functions that give handles to others come first
        own = sorted([function for of, function in functions if of is role], key=lambda f: rank_of(role, f))
        if not own:
            continue
        frame = caller.run_of(role)
        enough = caller.calls + rounds * len(own)
        for _ in range(rounds):
            if caller.calls >= enough:
                break
            for function in own:
                progress.call(caller, frame, function)
        caller.finish(frame)
        steps += frame.steps
    return tuple(steps)


def _as_it_is(value: Value, _type: t.Type) -> Value:
    return value


def predicted(
    composition: Composition,
    run: RunSteps,
    notes: Sequence[str] = (),
    eager: bool = False,
    anyhow: bool = False,
) -> ScriptPlan:
    """A run with its expected events; `notes` follow its calls. Raises `StepError` and `Unpredictable`. `anyhow`: an
    asynchronous run that is unpredictable has no expected events; it can still be followed when it is seen."""
    compiler = Compiler(composition, run.lists, _as_it_is)
    scripts = compiler.compile(run.steps, eager)
    try:
        seen = model_run(composition, scripts, compiler.entries)
    except Unpredictable:
        if not (anyhow and composition.asynchronous):
            raise
        seen = ModelRun({}, ExpectedOutcome())
    texts = {role: script_text(script) for role, script in scripts.items()}
    functions = tuple([function.canonical for function, _ in compiler.calls])
    calls = CallTexts(compiler.calls, notes)
    model = followed(composition, scripts)
    met = engine_faults(run.steps) if composition.asynchronous else frozenset()
    return ScriptPlan(texts, seen.expected, seen.outcome, calls, tuple(compiler.entries), functions, model, met)
