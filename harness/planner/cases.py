"""Makes a plan of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from harness.frontend.front_end import FrontEndError, WitText, surround
from harness.frontend.gates import unknown_gate
from harness.model import ModelRun, Unpredictable
from harness.model.abi import FilterError, abi_from
from harness.plan.engine_faults import engine_faults
from harness.plan.outcomes import ExpectedOutcome
from harness.plan.plan import ComponentPlan, Plan, ScriptPlan
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step, StepError, in_order_of_destruction, trap_of
from harness.planner.bare import planned_world, with_choices
from harness.planner.callers import check_functions, modes, with_callers
from harness.planner.compiler import Compiler
from harness.planner.composition import Composition
from harness.planner.names import HandleNames
from harness.planner.needs import needs_of
from harness.planner.prediction import followed, model_run
from harness.planner.registers import OutOfRegisters
from harness.planner.surrounded import plan_without_runs
from harness.script.operations import Lists
from harness.script.text import script_text
from harness.suite.case import Case, CaseError
from harness.values.amount import Bounded
from harness.values.values import Invalid, Value
from harness.values.wave_parser import from_wave
from harness.world import types as t
from harness.world.world import Function


def case_plan(case: Case) -> Plan:
    """The plan of a case. Raises `CaseError` if the case contradicts its WIT, itself or the model."""
    unknown = unknown_gate(case.wit, case.features)
    if unknown is not None:
        raise case.error(["features"], unknown)
    try:
        surroundings = surround(case_source(case), case.world, case.features, case.merge_versions)
    except FrontEndError as error:
        if isinstance(case.wit, str) and error.line is not None:
            place = case.file.place_within("wit", error.line, error.column)
            raise CaseError(case.file.name, place, error.problem) from error
        key = "wit" if isinstance(case.wit, str) else "wit-file"
        raise case.error([key], f"the WIT is not usable: {error}") from error
    if case.blocking_run and not any(part.plan.asynchronous for part in surroundings.parts.values()):
        raise case.error(["blocking-run"], "the world has no asynchronous function, and no stream or future")
    if case.sample is not None and case.blocking_run:
        raise case.error(["blocking-run"], "only a case with steps has `blocking-run`")
    if case.sample is not None:
        random, chosen = Random(case.sample.seed), (case.encodings, case.hooks, case.async_filters)
        try:
            return planned_world(surroundings, random, case.sample.calls, case.title, *chosen).plan
        except FilterError as error:
            raise case.error(["async"], str(error)) from error
    worlds = surroundings.worlds
    components = tuple([_chosen(part.plan, case) for part in surroundings.parts.values()])
    try:
        abi = abi_from(worlds, {Role.SUBJECT: case.async_filters}, _blocking(components))
    except FilterError as error:
        raise case.error(["async"], str(error)) from error
    composition = Composition(worlds, surroundings.wires, {part.role: part.hooks for part in components}, abi)
    try:
        check_functions(composition, case.steps)
    except StepError as error:
        raise case.error(error.path, str(error)) from error
    read = Bounded(value_of)
    runs = tuple(
        _run(case, composition, segment, mode, lists, read)
        for lists in case.lists
        for mode in modes(composition, case.steps)
        for segment in segments(case.steps)
    )
    plan = plan_without_runs(surroundings, case.title, needs_of(worlds.values(), surroundings.has_labels))
    return replace(plan, components=components, runs=runs, encodings=case.encodings)


def _chosen(part: ComponentPlan, case: Case) -> ComponentPlan:
    """The component as a case chooses it: `async` and hooks are for the subject, `blocking-run` for all."""
    return replace(with_choices(part, case.hooks, case.async_filters), blocking_run=case.blocking_run)


def _blocking(components: Sequence[ComponentPlan]) -> frozenset[Role]:
    return frozenset(part.role for part in components if part.blocking_run)


def case_source(case: Case) -> Path | WitText:
    """Where the WIT of a case is."""
    if isinstance(case.wit, str):
        return WitText(case.wit, case.file.name, case.file.lines_before("wit"))
    return case.wit


def segments(steps: Sequence[Step[str]]) -> Iterator[tuple[Step[str], ...]]:
    """Steps from one trap to the next; a case without steps is one run that only instantiates."""
    current: list[Step[str]] = []
    for step in steps:
        current.append(step)
        if trap_of(step) is not None:
            yield tuple(current)
            current = []
    if current or not steps:
        yield tuple(current)


def value_of(text: str, type: t.Type) -> Value:
    """The value of a text in a case: WAVE, or, after `!`, the notation of scripts."""
    if text.startswith("!") and not text.startswith('!"'):
        return Invalid(text[1:])
    return from_wave(text, type, in_step=True)


def _run(
    case: Case, composition: Composition, steps: tuple[Step[str], ...], mode: Role | None, lists: Lists, read: Bounded
) -> ScriptPlan:
    compiler = Compiler(composition, lists, read)
    last = steps[-1].path if steps else ()
    expected = ExpectedOutcome(trap_of(steps[-1]) if steps else None)
    try:
        called = tuple(with_callers(composition, steps, mode))
        scripts = compiler.compile(called, eager=expected.trap is not None)
        seen = model_run(composition, scripts, compiler.entries)
    except StepError as error:
        raise case.error(error.path, str(error)) from error
    except (Unpredictable, OutOfRegisters) as error:
        raise case.error(last, f"the model cannot predict this run: {error}") from error
    if expected.trap not in (seen.outcome.trap, *seen.outcome.also):
        raise _contradiction(case, last, expected, seen.outcome)
    _check_destroyed(case, steps, compiler.names, seen)
    texts = {role: script_text(script) for role, script in scripts.items()}
    functions = tuple(function.canonical for function, _ in compiler.calls)
    calls = tuple(_call_text(function, step) for function, step in compiler.calls)
    model = followed(composition, scripts)
    met = engine_faults(called) if composition.asynchronous else frozenset()
    return ScriptPlan(texts, seen.expected, seen.outcome, calls, tuple(compiler.entries), functions, model, met)


def _call_text(function: Function, step: CallStep[str]) -> str:
    arrow = f" -> {step.result}" if step.result is not None else ""
    return f"{function.canonical}({', '.join(step.args)}){arrow}"


def _contradiction(
    case: Case, path: Sequence[str | int], expected: ExpectedOutcome, found: ExpectedOutcome
) -> CaseError:
    said = f"the trap {expected.trap.value}" if expected.trap is not None else "no trap"
    model = f"the trap {found.trap.value}" if found.trap is not None else "no trap"
    detail = f" ({found.detail})" if found.detail else ""
    return case.error(path, f"the case expects {said}, by the specification there is {model}{detail}")


def _check_destroyed(case: Case, steps: tuple[Step[str], ...], names: HandleNames, seen: ModelRun) -> None:
    """If a step says which destructors run, all must: the lists of all steps together are the order of the run."""
    declared = [
        step
        for step in in_order_of_destruction(steps)
        if isinstance(step, CallStep | DropStep) and step.destroys is not None
    ]
    if not declared:
        return
    expected = [name for step in declared for name in step.destroys or ()]
    found = [names.reps.get((identity, rep), str(rep)) for identity, rep in seen.destroyed]
    if expected != found:
        listed = ", ".join(f"${name}" for name in found) or "none"
        raise case.error(declared[0].path, f"by the specification the destructors of the run are: {listed}")
