"""Pop and lift: a value leaves an interpreter in the form of the Canonical ABI, and is lifted.

Each type is compiled once to a function (`Load`) for its values. The function gets the value on the interpreter's
stack, shows the pops, and returns the lifted value. A lifted value has the same shape (and is the same object if
nothing changes); its numbers are in range; the representation takes the place of a handle, and the message that of an
error context, because a lifted value is in no table. wit_dylib.h defines the order of pops. Sources: CanonicalABI.md,
"Flat Lifting" and "Loading".
"""

from __future__ import annotations

from enum import Enum, unique
from functools import partial

from harness.model import lift_handles, lift_sequences, scalars
from harness.model.context import LiftLowerContext, Load, Unpredictable
from harness.model.reported import Reports
from harness.model.scalars import U32
from harness.plan.outcomes import TrapClass
from harness.plan.places import Place, place_text
from harness.script import operations as s
from harness.trace import events as e
from harness.trace.event import NUMBERED, Each
from harness.trace.kinds import KINDS
from harness.values.values import without_payload
from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Scalar, Sequence, Sum, despecialize
from harness.world.layout import Layout, discriminant_size


@unique
class Way(Enum):
    """How a value reaches its lift: from the generated code, or from the interpreter."""

    LIFT_FLAT = "core values"
    LOAD = "stored by the generated code"
    LOAD_WHOLE = "stored by the interpreter, in a list that goes whole"


class Lifting:
    """The functions of all types, each made at its first use. `lists`: how lists leave the interpreter."""

    def __init__(self, layout: Layout, lists: s.Lists, reports: Reports | None = None) -> None:
        """`reports`: those of the run's other lists."""
        self._layout = layout
        self._lists = lists
        self._reports = reports or Reports()
        self._made: dict[Way, dict[t.Type, Load]] = {way: {} for way in Way}

    def lift_flat(self, type: t.Type) -> Load:
        return self._of(type, Way.LIFT_FLAT)

    def load(self, type: t.Type) -> Load:
        return self._of(type, Way.LOAD)

    def _of(self, type: t.Type, way: Way) -> Load:
        made = self._made[way]
        found = made.get(type)
        if found is None:
            found = made[type] = self._make(type, way)
        return found

    def _make(self, type: t.Type, way: Way) -> Load:
        match despecialize(type):
            case Scalar(scalar):
                if way is Way.LOAD_WHOLE:
                    return _whole_scalar(scalar)
                return _float(scalar) if scalar in t.FLOATS else _scalar(scalar, way is not Way.LIFT_FLAT)
            case Bits(labels):
                return _bits(type, labels)
            case Product(types, times):
                return _product(type, tuple([self._of(member, way) for member in types]) * times)
            case Sum(cases) if isinstance(type, t.EnumType):
                return _whole_enum(len(cases)) if way is Way.LOAD_WHOLE else _enum(type, len(cases))
            case Sum(cases):
                payloads = tuple([None if case is None else self._of(case, way) for case in cases])
                return _whole_sum(type, payloads) if way is Way.LOAD_WHOLE else _sum(type, payloads)
            case Sequence(()):
                return lift_sequences.string
            case Sequence() as sequence:
                return self._sequence(type, sequence, way)
            case Handle():
                return lift_handles.handle(type)

    def _sequence(self, type: t.Type, sequence: Sequence, way: Way) -> Load:
        size, alignment = self._layout.element(sequence)
        whole = way is Way.LOAD_WHOLE
        if isinstance(type, t.List) and self._lists is s.Lists.ANY and not type.holds_handles:
            whole = True
        inner = Way.LOAD_WHOLE if whole else Way.LOAD
        if isinstance(type, t.Map):
            return lift_sequences.map_of(type, self._of(type.key, inner), self._of(type.value, inner), size)
        (element_type,) = sequence.types
        element = self._of(element_type, inner)
        if whole:
            items = lift_sequences.items_whole(type, element, size, self._reports)
        else:
            items = lift_sequences.items_of(type, element, size)
        return lift_sequences.list_of(type, element_type, items, size, alignment)


def _scalar(type: t.Prim, in_memory: bool) -> Load:
    kind = type.canonical
    pops = NUMBERED[e.PopNumber, kind]
    numbers = scalars.in_range(type)
    low, high = numbers[0], numbers[-1]
    convert, mask = scalars.convert(type, in_memory), (1 << scalars.core_width(type)) - 1

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Number or value.kind != kind:
            return cx.otherwise(load, value, place)
        number = value.value
        if low <= number <= high:
            cx.show((pops[number], place))
            return value
        cx.show((pops[scalars.as_core(type, number)], place))
        lifted = convert(number & mask)
        if lifted is None:
            return cx.invalid(TrapClass.INVALID_CHAR)
        return value if lifted == number else s.Number(kind, lifted)

    return load


def _whole_scalar(type: t.Prim) -> Load:
    """It shows no event: a list that goes whole reports its elements."""
    kind = type.canonical
    numbers = range(0) if type in t.FLOATS else scalars.in_range(type)
    low, high = (numbers[0], numbers[-1]) if numbers else (0, -1)
    slow = _float(type) if type in t.FLOATS else _scalar(type, in_memory=True)

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is s.Number and value.kind == kind and low <= value.value <= high:
            return value
        return slow(cx, value, place)

    return load


def _float(type: t.Prim) -> Load:
    kind, width = type.canonical, t.FLOATS[type]
    pops = NUMBERED[e.PopFloat, kind]

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Number or value.kind != kind:
            return cx.otherwise(load, value, place)
        number = without_payload(value.value, width)
        cx.show((pops[number], place))
        return value if number == value.value else s.Number(kind, number)

    return load


def _bits(type: t.Type, labels: int) -> Load:
    pops, mask = Each(partial(e.PopFlags, "flags", type.canonical)), (1 << labels) - 1

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Number or value.kind != "flags":
            return cx.otherwise(load, value, place)
        number = value.value & U32
        cx.show((pops[number], place))
        return value if value.value == number & mask else s.Number("flags", number & mask)

    return load


def _product(type: t.Type, members: tuple[Load, ...]) -> Load:
    assert isinstance(type, t.Members)
    pop, steps, count = e.PopProduct(KINDS[type.__class__], type.canonical), type.steps, len(members)

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Fields or len(value.items) != count:
            return cx.otherwise(load, value, place)
        cx.show((pop, place))
        pairs = zip(members, value.items, steps, strict=True)
        items = tuple([member(cx, item, (place, step)) for member, item, step in pairs])
        return value if items == value.items else s.Fields(items)

    return load


def _enum(type: t.EnumType, cases: int) -> Load:
    """An invalid discriminant that is cut to its size in memory may be that of a case. It must still trap."""
    pops = Each(partial(e.PopSum, "enum", type.canonical))

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Number or value.kind != "enum":
            return cx.otherwise(load, value, place)
        index = value.value & U32
        cx.show((pops[index], place))
        if index >= cases:
            return _invalid_discriminant(cx)
        return value if index == value.value else s.Number("enum", index)

    return load


def _invalid_discriminant(cx: LiftLowerContext) -> s.Value:
    """Generated code that branches on the discriminant may trap before the lift does."""
    return cx.invalid(TrapClass.INVALID_DISCRIMINANT, TrapClass.UNREACHABLE)


def _whole_enum(cases: int) -> Load:
    size = discriminant_size(cases)

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Number or value.kind != "enum":
            return cx.otherwise(load, value, place)
        index = _stored(value.value, size)
        if index >= cases:
            return cx.invalid(TrapClass.INVALID_DISCRIMINANT)
        return value if index == value.value else s.Number("enum", index)

    return load


def _stored(number: int, size: int) -> int:
    return number & ((1 << 8 * size) - 1)


def _sum(type: t.Type, payloads: tuple[Load | None, ...]) -> Load:
    assert isinstance(type, t.Cases)
    pops, count = Each(partial(e.PopSum, KINDS[type.__class__], type.canonical)), len(payloads)
    steps = [f".{name}" for name in type.case_names]

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.CaseValue:
            return cx.otherwise(load, value, place)
        index = value.discriminant & U32
        cx.show((pops[index], place))
        if index >= count:
            if value.payload is not None:
                raise Unpredictable(f"{place_text(place)}: a payload of case {index}, of {count}, stays on the stack")
            return _invalid_discriminant(cx)
        payload, given = payloads[index], value.payload
        if payload is None:
            if given is not None:
                raise Unpredictable(
                    f"{place_text(place)}: a payload of case {index}, which has none, stays on the stack"
                )
            return value if index == value.discriminant else s.CaseValue(index)
        if given is None:
            raise cx.inst.fail("stack")
        lifted = payload(cx, given, (place, steps[index]))
        return value if lifted is given and index == value.discriminant else s.CaseValue(index, lifted)

    return load


def _whole_sum(type: t.Type, payloads: tuple[Load | None, ...]) -> Load:
    """The interpreter stores the discriminant, cut to its size, and the payload if the case has one."""
    assert isinstance(type, t.Cases)
    count, size = len(payloads), discriminant_size(len(payloads))
    steps = [f".{name}" for name in type.case_names]

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.CaseValue:
            return cx.otherwise(load, value, place)
        given = value.discriminant & U32
        payload = payloads[given] if given < count else None
        if (payload is None) != (value.payload is None):
            raise cx.wrong_kind()
        index = _stored(given, size)
        if index >= count:
            return cx.invalid(TrapClass.INVALID_DISCRIMINANT)
        if payload is None and payloads[index] is not None:
            raise Unpredictable(f"{place_text(place)}: the interpreter stored no payload for case {index}")
        lifted = None
        if payload is not None and value.payload is not None:
            lifted = payload(cx, value.payload, (place, steps[index]))
        return value if lifted is value.payload and index == value.discriminant else s.CaseValue(index, lifted)

    return load
