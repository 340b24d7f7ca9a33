"""Values in scripts that can be made bad, and what is bad for each type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.plan.roles import Role
from harness.planner.composition import Composition
from harness.script import operations as s
from harness.world import types as t
from harness.world.world import Function

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
    """Those that the same call uses, and those that got a handle earlier in the frame, which may be gone by now."""

    def __str__(self) -> str:
        steps = "".join(f"[{step}]" for step in self.path)
        type = self.type.canonical
        if isinstance(self.type, t.Variant | t.EnumType):
            type += f" ({len(self.type.cases)} cases)"
        elif isinstance(self.type, t.Option | t.Result) and self.type.name is not None:
            type += " (2 cases)"
        return f"{self.function.canonical}: {type} at {steps or 'the result'}"


def spots(composition: Composition, role: Role, script: s.Script) -> Iterator[Spot]:
    """All values of a script's calls and results that can be made bad."""
    world = composition.worlds[role]
    for frame_index, frame in enumerate(script.frames):
        earlier: list[int] = []
        for op_index, op in enumerate(frame.ops):
            if isinstance(op, s.Set | s.Pick | s.New):
                earlier.append(op.register)
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
            registers = (*earlier, *(index for _, _, value in values for index in _registers(value)))
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


def is_wide(type: t.Type) -> bool:
    """Whether the discriminant of a type fills a byte, or just does not: what is beyond may be cut to a case."""
    return isinstance(type, t.Variant | t.EnumType) and len(type.cases) >= 255


def bad_values(spot: Spot) -> Sequence[s.Value]:
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
            return [*map(s.Handle, _HANDLES), *map(s.Register, others * len(_HANDLES))]
        case t.EnumType(cases=cases):
            enums = (len(cases), len(cases) + 1, 255, 256, 0xFFFF, 0xFFFF_FFFF)
            return [s.Number("enum", number) for number in (*(len(cases),) * is_wide(spot.type), *enums)]
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
