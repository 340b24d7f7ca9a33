"""Fault injection: runs with one change to their steps that the types do not allow. One value of one call is invalid, a
handle is dropped twice, or a borrow is not dropped.

The model predicts the events and the trap. Some invalid values cause no trap: a `bool` of 2 is true, and unknown bits
of flags are dropped (CanonicalABI.md, "Flat Lifting").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from harness.fuzz.async_faults import one_step_more
from harness.fuzz.edits import Steps, edited, ended
from harness.fuzz.invalid_values import Spot, invalid_values, is_wide, spots
from harness.model import Unpredictable
from harness.plan.outcomes import TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, Step, StepError
from harness.planner.bare import PlannedWorld, Progress, RunSteps, plan_steps, predicted
from harness.planner.calls import Caller
from harness.planner.composition import Composition
from harness.planner.registers import OutOfRegisters
from harness.planner.task_calls import TaskCaller
from harness.planner.visits import At, Visit, visits
from harness.script import operations as s
from harness.values.draws import Impossible
from harness.values.parts import value_parts, with_parts
from harness.values.values import HandleName, Invalid, Value
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import Function

_ATTEMPTS = 6
"""The specification does not define the outcome of some invalid values; then the planner tries another one."""

_DROP_FAULT_ONE_IN = 8
"""One in so many runs with drops gets a faulty drop; most runs that drop a borrow get one, because they are rare."""

_WEIGHTS = {"handle": 4, "end": 2, "wide": 2}
"""Weights of kinds of values; others weigh 1. Most can go wrong with handles; wide discriminants are rare."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One change to the steps of a run. `change` gives the steps that replace the one at `at`; with a trap, those of a
    run that ends there."""

    note: str
    at: At
    change: Callable[[Step[Value], TrapClass | None], Steps]


def with_faults(planned: PlannedWorld, random: Random, runs: int = 4) -> PlannedWorld:
    """`planned` with up to `runs` more runs, each with one fault."""
    found = [_faulty_run(planned, random) for _ in range(runs)] if planned.functions else []
    more = [run for run in found if run is not None]
    plan = replace(planned.plan, runs=(*planned.plan.runs, *(run for run, _ in more)))
    return replace(planned, plan=plan, runs=(*planned.runs, *(steps for _, steps in more)))


def _faulty_run(planned: PlannedWorld, random: Random) -> tuple[ScriptPlan, RunSteps] | None:
    composition = planned.composition
    mixed = [item for item in planned.functions if len(item[1].resources) > 1]
    lending = [item for item in planned.functions if _lends(composition, *item)]
    for _ in range(_ATTEMPTS):
        if composition.asynchronous and random.randrange(2):
            stray = _run_with_a_stray_step(planned, random)
            if stray is not None:
                return stray
            continue
        chosen = [random.choice(planned.functions) for _ in range(1 + random.randrange(3))]
        way = random.randrange(4)
        if mixed and way >= 2:
            chosen = [random.choice(mixed)]  # there are few, and only they can be given a handle of another resource
        elif lending and way == 1:
            chosen = [random.choice(lending)]  # there are fewer, and only their callees can leave a borrow
        caller = Caller(composition, random, lists=random.choice(tuple(s.Lists)))
        try:
            steps = plan_steps(caller, chosen, 1, Progress())
        except Impossible:
            continue
        there = visits(composition, steps)
        fault = _drop_fault(there, random) or _value_fault(there, caller.lists is s.Lists.NUMBERS, random)
        found = None if fault is None else _with_fault(composition, RunSteps(steps, caller.lists), fault)
        if found is not None:
            return found
    return None


def _run_with_a_stray_step(planned: PlannedWorld, random: Random) -> tuple[ScriptPlan, RunSteps] | None:
    """A run with a wrong use of the built-ins for asynchronous worlds; None if the model cannot predict it."""
    composition = planned.composition
    # where one side lacks the option `async`, calls do not go on at once: their tasks would yield in place (F7 in
    # docs/async.md)
    waiting = [item for item in planned.functions if composition.concurrent(*item)]
    fit = [item for item in planned.functions if not item[1].is_async or item in waiting]
    if not fit:
        return None
    apart = waiting and random.randrange(4) > 0  # only asynchronous functions give calls that go on by themselves
    chosen = [random.choice(waiting if apart else fit) for _ in range(1 + random.randrange(3))]
    try:
        steps = plan_steps(TaskCaller(composition, random, chosen), chosen, 1, Progress())
    except Impossible:
        return None
    stray = one_step_more(composition, steps, random)
    if stray is None:
        return None
    run = RunSteps(stray.change(steps), s.Lists.BY_ELEMENT)
    try:
        return predicted(composition, run, (f"with {stray.kind}",), eager=True), run
    except (Unpredictable, OutOfRegisters, StepError, ValueError):
        return None


def _with_fault(composition: Composition, run: RunSteps, fault: Fault) -> tuple[ScriptPlan, RunSteps] | None:
    """The run with the fault; None if the model cannot predict it.

    A later step may need a handle that the invalid value does not have. Such a run ends at its fault if that is a trap.
    """
    whole = replace(run, steps=edited(run.steps, fault.at, lambda step: fault.change(step, None)))
    try:
        return _prediction(composition, whole, fault)
    except StepError:
        cut = replace(run, steps=ended(run.steps, fault.at, lambda step: fault.change(step, TrapClass.OTHER)))
    try:
        found = _prediction(composition, cut, fault)
    except StepError:
        return None
    if found is None or found[0].outcome.trap is None or found[0].outcome.detail == _WENT_ON:
        return None
    trap = found[0].outcome.trap
    return found[0], replace(run, steps=ended(run.steps, fault.at, lambda step: fault.change(step, trap)))


_WENT_ON = "script_trap"
"""A run that is cut off at its fault has this trap where the callee would return: the fault itself was none."""


def _prediction(composition: Composition, run: RunSteps, fault: Fault) -> tuple[ScriptPlan, RunSteps] | None:
    """Raises `StepError`. None if the model cannot predict the events, because it may meet a part that is missing."""
    try:
        return predicted(composition, run, (fault.note,), eager=True), run
    except (Unpredictable, OutOfRegisters, ValueError):
        return None


def _lends(composition: Composition, role: Role, function: Function) -> bool:
    """Whether the callee gets a borrow of a resource that it does not define, so that it has to drop a handle."""
    callee, exported = composition.links.callee(role, function.interface, function.name)
    return any(
        isinstance(type, t.Borrow) and composition.identity(callee, type.resource).implementor is not callee
        for type in reachable(*(param.type for param in exported.params))
    )


def _drop_fault(there: Sequence[Visit], random: Random) -> Fault | None:
    """A fault of a drop, in some runs: a second drop of a handle, or no drop of a borrow, which must not outlive its
    call."""
    drops = [visit for visit in there if isinstance(visit.step, DropStep)]
    lent = [visit for visit in drops if visit.lent]
    if not drops or random.randrange(_DROP_FAULT_ONE_IN) < (2 if lent else _DROP_FAULT_ONE_IN - 1):
        return None
    again = not lent or random.randrange(3) == 2
    visit = random.choice(drops if again else lent)
    note = f"with a {'handle' if again else 'borrow'} of the {visit.role.value}"
    if again:
        return Fault(f"{note} dropped twice", visit.at, _dropped_again)
    *call, number = visit.at

    def not_dropped(step: Step[Value], trap: TrapClass | None) -> Steps:
        assert isinstance(step, CallStep)
        return (replace(step, during=(*step.during[:number], *step.during[number + 1 :]), trap=trap),)

    return Fault(f"{note} not dropped", tuple(call), not_dropped)


def _dropped_again(step: Step[Value], trap: TrapClass | None) -> Steps:
    assert isinstance(step, DropStep)
    return step, replace(step, during=(), trap=trap)


def _value_fault(there: Sequence[Visit], numbers_whole: bool, random: Random) -> Fault | None:
    """An invalid value. The kind of its type is drawn first: most values are small integers, whose invalid values cause
    no trap."""
    kinds: dict[str, list[Spot]] = {}
    for visit in there:
        for spot in spots(visit, numbers_whole):
            kinds.setdefault(_kind(spot.type), []).append(spot)
    if not kinds:
        return None
    spot = random.choice(kinds[random.choice([kind for kind in sorted(kinds) for _ in range(_WEIGHTS.get(kind, 1))])])
    invalid = random.choice(invalid_values(spot))

    function = spot.visit.function
    assert function is not None

    def change(step: Step[Value], trap: TrapClass | None) -> Steps:
        assert isinstance(step, CallStep)
        if spot.visit.answers:
            assert step.result is not None and function.result is not None
            return (replace(step, result=_put(step.result, function.result, spot.path, invalid), trap=trap),)
        index, *rest = spot.path
        invalid_arg = _put(step.args[index], function.params[index].type, rest, invalid)
        args = (*step.args[:index], invalid_arg, *step.args[index + 1 :])
        if trap is None:
            return (replace(step, args=args),)
        return (replace(step, args=args, result=None, during=(), keep=frozenset(), trap=trap),)

    return Fault(f"with !{_said(invalid)} in {spot}", spot.visit.at, change)


def _said(invalid: Value) -> str:
    if isinstance(invalid, HandleName):
        return f"${invalid.name}"
    assert isinstance(invalid, Invalid)
    return invalid.text


def _kind(type: t.Type) -> str:
    """The kind of types that share their invalid values."""
    if isinstance(type, t.Prim):
        return "number" if type in t.NUMBERS else type.canonical
    if is_wide(type):
        return "wide"
    if isinstance(type, t.End):
        return "end"
    return "handle" if isinstance(type, t.Own | t.Borrow) else type.__class__.__name__


def _put(value: Value, type: t.Type, path: Sequence[int], invalid: Value) -> Value:
    """`value` with the part at `path` replaced."""
    if not path:
        return invalid
    at, *rest = path
    parts = value_parts(value, type)
    others = [part for part, _ in parts]
    part, inner = parts[at]
    others[at] = _put(part, inner, rest, invalid)
    return with_parts(value, type, others)
