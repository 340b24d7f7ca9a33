"""Bad values at the raw level: runs in which one value of one call is not what its type allows, or in which a handle
is dropped twice, or a borrow not at all.

What must be seen, and which trap there must be, says the model. Some bad values are no trap: a `bool` of 2 is true, and
unknown bits of flags are dropped (CanonicalABI.md, "Flat Lifting").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from harness.fuzz.bad_values import Spot, bad_values, is_wide, spots
from harness.model import Unpredictable
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.planner.bare import PlannedWorld, Progress, plan_entries, predicted
from harness.planner.calls import Caller
from harness.planner.composition import Composition
from harness.script import operations as s
from harness.script.text import value_text
from harness.values.draws import Impossible
from harness.world import types as t
from harness.world.world import Function, World

_ATTEMPTS = 6
"""Some bad values have no outcome that the specification fixes; then another one is tried."""

_BAD_DROP_ONE_IN = 8
"""Of the runs that drop anything, those with a fault in that; most of those in which a borrow is dropped: few are."""

_WEIGHTS = {"handle": 4, "wide": 2}
"""Of kinds of values; of one that is not here, 1. With handles the most can go wrong; wide discriminants are rare."""


def with_bad_values(planned: PlannedWorld, random: Random, runs: int = 4) -> PlannedWorld:
    """`planned` with up to `runs` more runs, in each of which one value is bad."""
    plan, scripts = planned.plan, list(planned.scripts)
    more = []
    if planned.functions:
        for _ in range(runs):
            found = _bad_run(planned, random)
            if found is not None:
                more.append(found[0])
                scripts.append(found[1])
    return replace(planned, plan=replace(plan, runs=(*plan.runs, *more)), scripts=tuple(scripts))


def _bad_run(planned: PlannedWorld, random: Random) -> tuple[ScriptPlan, dict[Role, s.Script]] | None:
    composition = planned.composition
    mixed = [item for item in planned.functions if len(item[1].resources) > 1]
    lending = [item for item in planned.functions if _lends(composition, *item)]
    for _ in range(_ATTEMPTS):
        chosen = [random.choice(planned.functions) for _ in range(1 + random.randrange(3))]
        way = random.randrange(4)
        if mixed and way >= 2:
            chosen = [random.choice(mixed)]  # there are few, and only they can be given a handle of another resource
        elif lending and way == 1:
            chosen = [random.choice(lending)]  # there are fewer, and only their callees can leave a borrow
        caller = Caller(composition, random, lists=random.choice(tuple(s.Lists)))
        try:
            entries = plan_entries(caller, chosen, 1, Progress())
        except Impossible:
            continue
        scripts = caller.build()
        changed = _with_bad_drop(composition, scripts, random) or _with_bad_value(composition, scripts, random)
        if changed is None:
            continue
        scripts, note = changed
        scripts = {role: replace(script, eager=True) for role, script in scripts.items()}
        try:
            run = predicted(composition, scripts, entries, (*caller.calls, note), caller.calls.functions)
        except (Unpredictable, ValueError):  # the model may meet a part that the bad value does not have
            continue
        return replace(run, entries=tuple(entries)), scripts
    return None


def _lends(composition: Composition, role: Role, function: Function) -> bool:
    """Whether the callee gets a borrow of a resource that it does not define, so that it has to drop a handle."""
    callee, exported = composition.links.callee(role, function.interface, function.name)
    return any(
        isinstance(type, t.Borrow) and composition.identity(callee, type.resource).implementor is not callee
        for type in t.reachable(*(param.type for param in exported.params))
    )


Changed = tuple[dict[Role, s.Script], str]
"""Scripts with one fault, and what it is."""


def _with_bad_drop(composition: Composition, scripts: Mapping[Role, s.Script], random: Random) -> Changed | None:
    """Now and then, where there are drops: one more, or one less of a borrow, which must not outlive its call."""
    ops = [
        (role, frame, op)
        for role, script in scripts.items()
        for frame, of in enumerate(script.frames)
        for op, found in enumerate(of.ops)
        if isinstance(found, s.Drop)
    ]
    lent = [
        (role, frame, op)
        for role, frame, op in ops
        if _drops_borrow(composition.worlds[role], scripts[role].frames[frame], op)
    ]
    if not ops or random.randrange(_BAD_DROP_ONE_IN) < (2 if lent else _BAD_DROP_ONE_IN - 1):
        return None
    again = not lent or random.randrange(3) == 2
    role, frame, op = random.choice(ops if again else lent)
    old = scripts[role].frames[frame].ops
    changed = (*old[:op], *((old[op],) * 2 if again else ()), *old[op + 1 :])
    note = f"with a {'handle' if again else 'borrow'} of the {role.value} {'dropped twice' if again else 'not dropped'}"
    return {**scripts, role: _with_ops(scripts[role], frame, changed)}, note


def _drops_borrow(world: World, frame: s.Frame, op: int) -> bool:
    """Whether the handle that is dropped came as a borrow: the last that its register got, out of an argument."""
    dropped = frame.ops[op]
    function = world.export_function(frame.key.interface, frame.key.name) if isinstance(frame.key, s.OnExport) else None
    if function is None or not isinstance(dropped, s.Drop) or not isinstance(dropped.handle, s.Register):
        return False
    for before in reversed(frame.ops[:op]):
        if isinstance(before, s.Set | s.Pick) and before.register == dropped.handle.index:
            if not isinstance(before.value, s.Argument):
                return False
            path = before.path if isinstance(before, s.Pick) else ()
            return _may_be_borrow(function.params[before.value.index].type, path)
    return False


def _may_be_borrow(type: t.Type, path: Sequence[int]) -> bool:
    """Whether a borrow can be at a path; which case of a variant is there, the path does not say."""
    if not path:
        return isinstance(type, t.Borrow)
    at, *rest = path
    match type:
        case t.Record() | t.Tuple():
            return at < len(type.parts) and _may_be_borrow(type.parts[at], rest)
        case t.List() | t.FixedLengthList():
            return _may_be_borrow(type.type, rest)
        case t.Map():
            return _may_be_borrow(type.value if at % 2 else type.key, rest)
        case t.Variant() | t.Option() | t.Result():
            return any(payload is not None and _may_be_borrow(payload, rest) for payload in type.payloads)
    return False


def _with_bad_value(composition: Composition, scripts: Mapping[Role, s.Script], random: Random) -> Changed | None:
    """Of a kind that is drawn first: of small integers there are many everywhere, and their bad values are no traps."""
    kinds: dict[str, list[Spot]] = {}
    for role, script in scripts.items():
        for spot in spots(composition, role, script):
            kinds.setdefault(_kind(spot.type), []).append(spot)
    if not kinds:
        return None
    spot = random.choice(kinds[random.choice([kind for kind in sorted(kinds) for _ in range(_WEIGHTS.get(kind, 1))])])
    bad = random.choice(bad_values(spot))
    return {**scripts, spot.role: _replaced(scripts[spot.role], spot, bad)}, f"with !{value_text(bad)} in {spot}"


def _kind(type: t.Type) -> str:
    """What has bad values of one sort."""
    if isinstance(type, t.Prim):
        return "number" if type in t.NUMBERS else type.canonical
    if is_wide(type):
        return "wide"
    return "handle" if isinstance(type, t.Own | t.Borrow) else type.__class__.__name__


def _replaced(script: s.Script, spot: Spot, bad: s.Value) -> s.Script:
    frame = script.frames[spot.frame]
    op = frame.ops[spot.op]
    changed: s.Op
    if isinstance(op, s.Call):
        index, *rest = spot.path
        args = tuple(_put(arg, rest, bad) if at == index else arg for at, arg in enumerate(op.args))
        changed = replace(op, args=args)
    else:
        assert isinstance(op, s.Return) and op.value is not None
        changed = s.Return(_put(op.value, spot.path, bad))
    return _with_ops(script, spot.frame, (*frame.ops[: spot.op], changed, *frame.ops[spot.op + 1 :]))


def _with_ops(script: s.Script, frame: int, ops: tuple[s.Op, ...]) -> s.Script:
    frames = (*script.frames[:frame], replace(script.frames[frame], ops=ops), *script.frames[frame + 1 :])
    return replace(script, frames=frames)


def _put(value: s.Value, path: Sequence[int], bad: s.Value) -> s.Value:
    """`value` with what is at `path` replaced."""
    if not path:
        return bad
    at, *rest = path
    match value:
        case s.Fields(items):
            return s.Fields((*items[:at], _put(items[at], rest, bad), *items[at + 1 :]))
        case s.Items(items):
            return s.Items((*items[:at], _put(items[at], rest, bad), *items[at + 1 :]))
        case s.Case(index, payload) if payload is not None:
            return s.Case(index, _put(payload, rest, bad))
        case s.Entries(pairs):
            number, side = divmod(at, 2)
            key, mapped = pairs[number]
            pair = (key, _put(mapped, rest, bad)) if side else (_put(key, rest, bad), mapped)
            return s.Entries((*pairs[:number], pair, *pairs[number + 1 :]))
        case _:
            raise AssertionError("a path leads through parts that are there")
