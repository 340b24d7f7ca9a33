"""Bad values at the raw level: runs in which one value of one call is not what its type allows.

What must be seen, and which trap there must be, says the model. Some bad values are no trap: a `bool` of 2 is true, and
unknown bits of flags are dropped (CanonicalABI.md, "Flat Lifting").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from harness import script as s
from harness import types as t
from harness.model import Unpredictable
from harness.plan import Role, ScriptPlan
from harness.planner.bare import PlannedWorld, plan_entries, predicted
from harness.planner.calls import Caller
from harness.planner.composition import Composition
from harness.planner.scripts import OutOfRegisters
from harness.sampling import Impossible
from harness.world import Function

_ATTEMPTS = 6
"""Some bad values have no outcome that the specification fixes; then another one is tried."""

_STRINGS = (b"\x80", b"\xff", b"\xc3", b"\xc0\x80", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\xe2\x82")
"""Lone, cut off, overlong, a surrogate, beyond the last code point (Unicode, table 3-7)."""

_CHARS = (0xD800, 0xDFFF, 0x11_0000, 0xFFFF_FFFF)
_U32 = 0xFFFF_FFFF
_BOOLS = (2, 255, 256, 0x8000_0000, 0xFFFF_FFFF)

_RANGES = (
    (9, 1), (9, 0), (10, 1), (12, 1), (1 << 28, 1), (0xFFFF_FFF0, 32), (0xFFFF_FFFC, 1), (8, 1 << 28),
    (8, (1 << 28) - 1), (8, 0xFFFF_FFFF), (16, 0x2000_0000),
)  # fmt: skip
"""Addresses and lengths: unaligned for some type, out of bounds, wrapped around, longer than any string or list."""

_HANDLES = (0, 0x00FF_FFFF, 0xFFFF_FFFF)
"""Never in a table: the first is reserved, the others are far beyond what a run makes."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value inside an op of a script, by the steps that lead to it."""

    role: Role
    frame: int
    op: int
    path: tuple[int, ...]
    """An argument's index (nothing for a result), then parts of the value."""
    type: t.Type
    value: s.Value
    function: Function
    registers: tuple[int, ...]
    """Those that the same call uses."""

    def __str__(self) -> str:
        steps = "".join(f"[{step}]" for step in self.path)
        type = self.type.canonical
        if isinstance(self.type, t.Variant | t.EnumType):
            type += f" ({len(self.type.cases)} cases)"
        return f"{self.function.canonical}: {type} at {steps or 'the result'}"


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
    for _ in range(_ATTEMPTS):
        chosen = [random.choice(planned.functions) for _ in range(1 + random.randrange(3))]
        caller = Caller(composition, random, lists=random.randrange(3) == 2)
        try:
            entries = plan_entries(caller, chosen, 1)
        except (Impossible, OutOfRegisters):
            continue
        scripts = caller.build()
        spots = [spot for role, script in scripts.items() for spot in _spots(composition, role, script)]
        if not spots:
            continue
        spot = random.choice(spots)
        bad = random.choice(_bad_values(spot))
        scripts = {role: replace(script, eager=True) for role, script in scripts.items()}
        scripts[spot.role] = _replaced(scripts[spot.role], spot, bad)
        note = f"with !{s.value_text(bad)} in {spot}"
        try:
            run = predicted(composition, scripts, entries, (*caller.calls, note))
        except (Unpredictable, ValueError):  # the model may meet a part that the bad value does not have
            continue
        return replace(run, entries=tuple(entries)), scripts
    return None


def _spots(composition: Composition, role: Role, script: s.Script) -> Iterator[Spot]:
    """All values of a script's calls and results that can be made bad."""
    world = composition.worlds[role]
    for frame_index, frame in enumerate(script.frames):
        for op_index, op in enumerate(frame.ops):
            function: Function | None = None
            values: list[tuple[tuple[int, ...], t.Type, s.Value]] = []
            if isinstance(op, s.Call):
                function = world.import_function(op.interface, op.name)
                if function is not None:
                    pairs = zip(function.params, op.args, strict=True)
                    values = [((index,), param.type, value) for index, (param, value) in enumerate(pairs)]
            elif isinstance(op, s.Return) and op.value is not None and isinstance(frame.key, s.OnExport):
                function = world.export_function(frame.key.interface, frame.key.name)
                if function is not None and function.result is not None:
                    values = [((), function.result, op.value)]
            if function is None:
                continue
            registers = tuple(index for _, _, value in values for index in _registers(value))
            for start, type, value in values:
                for path, inner, held in _parts(value, type, start):
                    yield Spot(role, frame_index, op_index, path, inner, held, function, registers)


def _registers(value: s.Value) -> Iterator[int]:
    match value:
        case s.Register(index):
            yield index
        case s.Fields(items) | s.Items(items):
            for item in items:
                yield from _registers(item)
        case s.Case(_, payload) if payload is not None:
            yield from _registers(payload)
        case s.Entries(pairs):
            for key, mapped in pairs:
                yield from _registers(key)
                yield from _registers(mapped)


def _parts(value: s.Value, type: t.Type, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], t.Type, s.Value]]:
    """The value and everything in it that can be bad."""
    if not isinstance(type, t.Record | t.Tuple | t.FixedLengthList | t.Map) and not _is_taken_as_some(type):
        yield path, type, value
    match type, value:
        case t.Record() | t.Tuple(), s.Fields(items):
            for index, (item, member) in enumerate(zip(items, t.parts(type), strict=True)):
                yield from _parts(item, member, (*path, index))
        case t.List() | t.FixedLengthList(), s.Fields(items) | s.Items(items):
            for index, item in enumerate(items):
                yield from _parts(item, type.type, (*path, index))
        case t.Map(), s.Entries(pairs):
            for index, (key, mapped) in enumerate(pairs):
                yield from _parts(key, type.key, (*path, 2 * index))
                yield from _parts(mapped, type.value, (*path, 2 * index + 1))
        case t.Variant() | t.Option() | t.Result(), s.Case(index, payload) if payload is not None:
            inner = t.payloads(type)[index]
            assert inner is not None
            yield from _parts(payload, inner, (*path, 0))


def _is_taken_as_some(type: t.Type) -> bool:
    """Of two cases, wasm-tools takes any discriminant but 0 for the second, and pops a payload that is not there,
    whatever else that brings about: these have cases of their own (cases/traps) and would hide everything else here."""
    if not isinstance(type, t.Option | t.Result | t.Variant):
        return False
    payloads = t.payloads(type)
    return len(payloads) == 2 and any(payloads)


def _bad_values(spot: Spot) -> Sequence[s.Value]:
    match spot.type:
        case t.Prim.STRING:
            return [*map(s.Str, _STRINGS), *(s.Pointer(*at) for at in _RANGES)]
        case t.List():
            return [s.Pointer(*at) for at in _RANGES]
        case t.Prim.CHAR:
            return [s.Number("char", number) for number in _CHARS]
        case t.Prim.BOOL:
            return [s.Number("bool", number) for number in _BOOLS]
        case t.Prim.ERROR_CONTEXT:
            return [s.Handle(number) for number in _HANDLES]
        case t.Own() | t.Borrow():
            others = sorted(set(spot.registers) - set(_registers(spot.value)))
            return [*map(s.Handle, _HANDLES), *map(s.Register, others)]
        case t.EnumType(cases=cases):
            return [s.Number("enum", number) for number in (len(cases), len(cases) + 1, 255, 256, 0xFFFF, 0xFFFF_FFFF)]
        case t.Flags(labels=labels):
            return [s.Number("flags", number) for number in ((1 << len(labels)) & _U32, 0xFF, 0xFFFF, _U32)]
        case t.Variant() | t.Option() | t.Result():
            count = len(t.payloads(spot.type))
            return [s.Case(number) for number in (count, count + 1, max(count, 256), 0xFFFF_FFFF)]
        case t.Prim() if spot.type in t.FLOATS:
            width = t.NUMBERS[spot.type]
            return [s.Number(spot.type.canonical, (1 << width) - 1), s.Number(spot.type.canonical, (1 << width) - 2)]
        case t.Prim():
            width = t.NUMBERS[spot.type]
            numbers = [1 << width, (1 << width) + 1, -1] if width < 64 else [-1, 1 << 63]
            return [s.Number(spot.type.canonical, number) for number in (*numbers, 1 << (width - 1))]
        case _:
            raise AssertionError(f"{spot.type.canonical} is no spot")


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
    ops = (*frame.ops[: spot.op], changed, *frame.ops[spot.op + 1 :])
    frames = (*script.frames[: spot.frame], replace(frame, ops=ops), *script.frames[spot.frame + 1 :])
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
