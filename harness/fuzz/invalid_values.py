"""The values in steps that a fault can replace, and the invalid values of each type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.plan.steps import CallStep
from harness.planner.visits import Visit
from harness.script import operations as s
from harness.script.encoding import handles
from harness.script.text import value_text
from harness.values.parts import value_parts
from harness.values.values import HandleName, Invalid, Value
from harness.world import despecialize as shapes
from harness.world import types as t
from harness.world.despecialize import Bits, Product, Scalar, Shape, Sum, despecialize
from harness.world.layout import Layout

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
"""Never in a table: the first is reserved, the others are far above the handles of a run."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value inside the arguments or the result of a call, by its path."""

    visit: Visit
    path: tuple[int, ...]
    """The index of an argument (absent for a result), then parts of the value."""
    type: t.Type
    value: Value
    others: tuple[str, ...]
    """Other handles of the same call, and earlier handles of the frame, which it may have lost since."""

    def __str__(self) -> str:
        assert self.visit.function is not None
        steps = "".join(f"[{step}]" for step in self.path)
        type = self.type.canonical
        if isinstance(self.type, t.Variant | t.EnumType):
            type += f" ({len(self.type.cases)} cases)"
        elif isinstance(self.type, t.Option | t.Result) and self.type.name is not None:
            type += " (2 cases)"
        return f"{self.visit.function.canonical}: {type} at {steps or 'the result'}"


def spots(visit: Visit, numbers_whole: bool) -> Iterator[Spot]:
    """The values of a call or its result that a fault can replace. `numbers_whole`: lists of numbers have no parts."""
    function, step = visit.function, visit.step
    if function is None or not isinstance(step, CallStep):
        return
    values: list[tuple[tuple[int, ...], t.Type, Value]] = []
    if visit.answers:
        if function.result is not None and step.result is not None:
            values = [((), function.result, step.result)]
    else:
        pairs = zip(function.params, step.args, strict=True)
        values = [((index,), param.type, value) for index, (param, value) in enumerate(pairs)]
    known = (*visit.names, *(name for _, type, value in values for name in _names(value, type)))
    ends = [name for _, type, value in values for name in _names(value, type, ends=True)]
    for start, type, value in values:
        for path, inner, held in _parts(value, type, start, numbers_whole):
            here = {held.name} if isinstance(held, HandleName) else set()
            others = dict.fromkeys(ends if isinstance(inner, t.End) else known)
            yield Spot(visit, path, inner, held, tuple(name for name in others if name not in here))


def _names(value: Value, type: t.Type, ends: bool = False) -> list[str]:
    """Of the ends of streams and futures, or of all other handles."""
    return [
        held.name
        for _, found, held in handles(value, type)
        if isinstance(held, HandleName) and isinstance(found, t.End) is ends
    ]


def _parts(
    value: Value, type: t.Type, path: tuple[int, ...], numbers_whole: bool
) -> Iterator[tuple[tuple[int, ...], t.Type, Value]]:
    """The value and all its parts that a fault can replace."""
    if not _only_parts(despecialize(type)):
        yield path, type, value
    if not (numbers_whole and isinstance(type, t.List) and type.type in t.NUMBERS):
        for index, (part, inner) in enumerate(value_parts(value, type)):
            yield from _parts(part, inner, (*path, index), numbers_whole)


def _only_parts(shape: Shape) -> bool:
    """If a type has two cases, wasm-tools takes any discriminant but 0 for the second and pops a payload that is not
    there, with all consequences. These faults have cases of their own (cases/traps) and would hide everything else
    here."""
    match shape:
        case Product() | shapes.Sequence((_, _)):
            return True
        case Sum(cases):
            return len(cases) == 2 and any(cases)
    return False


def is_wide(type: t.Type) -> bool:
    """Whether the discriminant of a type just fills a byte, or just does not: a larger discriminant may be cut to a
    valid one."""
    return isinstance(type, t.Variant | t.EnumType) and len(type.cases) >= 255


def invalid_values(spot: Spot) -> Sequence[Value]:
    """The invalid values for a spot. The receiver knows a value in the place of a handle by the handle's name."""
    arrives = spot.value.name if isinstance(spot.value, HandleName) else None
    match spot.type:
        case t.Own() | t.Borrow() | t.Stream() | t.Future():
            others = [HandleName(name, arrives) for name in spot.others * len(_HANDLES)]
            return [*(Invalid(f"handle {number}", arrives) for number in _HANDLES), *others]
        case t.Prim.ERROR_CONTEXT:
            return [Invalid(f"handle {number}", arrives) for number in _HANDLES]
    return [Invalid(value_text(value)) for value in _no_handles(spot.type)]


def _no_handles(type: t.Type) -> Sequence[s.Value]:
    match despecialize(type):
        case shapes.Sequence(types):
            if not types:
                return [*map(s.Str, _STRINGS), *(s.Pointer(*at) for at in _RANGES)]
            return [*(s.Pointer(*at) for at in _RANGES), *_overflowing(types[0])]
        case Sum(cases) if isinstance(type, t.EnumType):
            enums = (len(cases), len(cases) + 1, 255, 256, 0xFFFF, 1 << 16, 1 << 31, 0xFFFF_FFFF)
            return [s.Number("enum", number) for number in (*(len(cases),) * is_wide(type), *enums)]
        case Sum(cases):
            count = len(cases)
            return [s.CaseValue(number) for number in (count, count + 1, max(count, 256), 1 << 16, 1 << 31, _U32)]
        case Bits(labels):
            return [s.Number("flags", number) for number in ((1 << labels) & _U32, 0xFF, 0xFFFF, _U32)]
        case Scalar(scalar):
            return [s.Number(scalar.canonical, number) for number in _invalid_numbers(scalar)]
        case _:
            raise AssertionError(f"{type.canonical} is no spot")


def _overflowing(element: t.Type) -> Iterator[s.Pointer]:
    """The smallest length whose size in bytes does not fit 32 bits, for a list that goes element by element (address
    0); twice, because there are many others. The size wraps around to less than one element."""
    size = Layout().elem_size(element)
    if size > 1:
        yield from [s.Pointer(0, -(-(1 << 32) // size))] * 2


def _invalid_numbers(type: t.Prim) -> Sequence[int]:
    if type is t.Prim.CHAR:
        return _CHARS
    if type is t.Prim.BOOL:
        return _BOOLS
    width = t.NUMBERS[type]
    if type in t.FLOATS:
        return (1 << width) - 1, (1 << width) - 2
    numbers = [1 << width, (1 << width) + 1, -1] if width < 64 else [-1, 1 << 63]
    return *numbers, 1 << (width - 1)
