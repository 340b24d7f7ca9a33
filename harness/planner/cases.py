"""A case into a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from harness.frontend.front_end import FrontEndError, WitText, surround
from harness.frontend.gates import unknown_gate
from harness.model import ModelRun, Unpredictable, run_model
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.planner.bare import planned_world
from harness.planner.composition import Composition
from harness.planner.needs import needs_of
from harness.planner.scripts import OutOfRegisters
from harness.planner.segment import SegmentPlanner, candidates, no_function
from harness.script.operations import Lists, script_text
from harness.suite.case import CallStep, Case, CaseError, DropStep, RepStep, Step


def case_plan(case: Case) -> Plan:
    """The plan of a case. Raises `CaseError` where the case contradicts its WIT, itself or the model."""
    unknown = unknown_gate(case.wit, case.features)
    if unknown is not None:
        raise case.error(["features"], unknown)
    source = WitText(case.wit, case.file.name, case.file.lines_before("wit")) if isinstance(case.wit, str) else case.wit
    try:
        surroundings = surround(source, case.world, case.features, case.merge_versions)
    except FrontEndError as error:
        if isinstance(case.wit, str) and error.line is not None:
            place = case.file.place_within("wit", error.line, error.column)
            raise CaseError(case.file.name, place, error.problem) from error
        key = "wit" if isinstance(case.wit, str) else "wit-file"
        raise case.error([key], f"the WIT is not usable: {error}") from error
    if case.sample is not None:
        random = Random(case.sample.seed)
        return planned_world(surroundings, random, case.sample.calls, case.title, case.encodings).plan
    worlds = {role: part.world for role, part in surroundings.parts.items()}
    composition = Composition(worlds, surroundings.wires)
    _check_functions(case, composition)
    runs = tuple(
        _run(case, composition, segment, mode, lists)
        for lists in case.lists
        for mode in _modes(composition, case.steps)
        for segment in _segments(case)
    )
    return Plan(
        title=case.title,
        components=tuple(part.plan for part in surroundings.parts.values()),
        wires=surroundings.wires,
        unmergeable=surroundings.unmergeable,
        worlds=worlds,
        entries=(),
        runs=runs,
        needs=needs_of(worlds.values(), surroundings.has_labels).engine,
        unsupported=surroundings.unsupported,
        encodings=case.encodings,
    )


def _check_functions(case: Case, composition: Composition) -> None:
    """Before it is said who calls: one call of what is not there must not make another one look open."""
    for step in case.steps:
        if isinstance(step, CallStep) and step.by is None and not candidates(composition, step):
            raise no_function(case, composition, step)


def _modes(composition: Composition, steps: Sequence[Step]) -> tuple[Role | None, ...]:
    """Both sides where every call that does not say who makes it can be made by either."""
    open_calls = [step for step in steps if isinstance(step, CallStep) and step.by is None]
    if open_calls and all(len(candidates(composition, step)) == 2 for step in open_calls):
        return (Role.SUBJECT, Role.DRIVER)
    return (None,)


def _segments(case: Case) -> Iterator[tuple[Step, ...]]:
    """Steps from one trap to the next; a case without steps is one run that only instantiates."""
    current: list[Step] = []
    for step in case.steps:
        current.append(step)
        if _trap(step) is not None:
            yield tuple(current)
            current = []
    if current or not case.steps:
        yield tuple(current)


def _trap(step: Step) -> TrapClass | None:
    """The trap that a step, or one of those during it, ends in."""
    if isinstance(step, CallStep | DropStep):
        inner = [found for found in map(_trap, step.during) if found is not None]
        return step.trap or (inner[0] if inner else None)
    return step.trap if isinstance(step, RepStep) else None


def _run(case: Case, composition: Composition, steps: tuple[Step, ...], mode: Role | None, lists: Lists) -> ScriptPlan:
    planner = SegmentPlanner(case, composition, mode, lists)
    last = steps[-1].path if steps else ()
    expected = ExpectedOutcome(_trap(steps[-1]) if steps else None)
    try:
        planner.plan(steps)
        scripts = {r: b.build(eager=expected.trap is not None, lists=lists) for r, b in planner.scripts.items()}
        seen = run_model(composition.crossings, scripts, planner.entries)
    except (Unpredictable, OutOfRegisters) as error:
        raise case.error(last, f"the model cannot say what must be seen: {error}") from error
    if expected.trap not in (seen.outcome.trap, *seen.outcome.also):
        raise _contradiction(case, last, expected, seen.outcome)
    _check_destroyed(case, steps, planner, seen)
    texts = {role: script_text(script) for role, script in scripts.items()}
    calls, functions = tuple(planner.calls), tuple(planner.functions)
    return ScriptPlan(texts, seen.expected, seen.outcome, calls, tuple(planner.entries), functions)


def _contradiction(
    case: Case, path: Sequence[str | int], expected: ExpectedOutcome, found: ExpectedOutcome
) -> CaseError:
    said = f"the trap {expected.trap.value}" if expected.trap is not None else "no trap"
    model = f"the trap {found.trap.value}" if found.trap is not None else "no trap"
    detail = f" ({found.detail})" if found.detail else ""
    return case.error(path, f"the case expects {said}, by the specification there is {model}{detail}")


def _check_destroyed(case: Case, steps: tuple[Step, ...], planner: SegmentPlanner, seen: ModelRun) -> None:
    """If a step says which destructors run, all must: the lists of all steps together are the order of the run."""
    declared = [step for step in _flat(steps) if isinstance(step, CallStep | DropStep) and step.destroys is not None]
    if not declared:
        return
    expected = [name for step in declared for name in step.destroys or ()]
    found = [planner.names.reps.get((identity, rep), str(rep)) for identity, rep in seen.destroyed]
    if expected != found:
        listed = ", ".join(f"${name}" for name in found) or "none"
        raise case.error(declared[0].path, f"by the specification the destructors of the run are: {listed}")


def _flat(steps: Sequence[Step]) -> Iterator[Step]:
    """Steps in the order in which they destroy: during a call before after it, a resource before what its destructor
    drops."""
    for step in steps:
        if isinstance(step, CallStep):
            yield from _flat(step.during)
        yield step
        if isinstance(step, DropStep):
            yield from _flat(step.during)
