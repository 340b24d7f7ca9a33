"""Pop and lift: a value leaves an interpreter, is stored as the Canonical ABI wants it, and is lifted from there.

Each type is made once into a function (`Load`) that does so with its values. It is given what the interpreter has on
its stack, shows what is popped, and returns the lifted value: of the same shape, and the same object where nothing
changes, with numbers in range, a handle replaced by the representation and an error context by its message, which is
what they are in no table. The order of pops is that of wit_dylib.h. Sources: CanonicalABI.md, "Flat Lifting" and
"Loading".
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique
from functools import partial

from harness.model import lift_sequences, scalars
from harness.model.context import NOTHING, LiftLowerContext, Load, Unpredictable
from harness.model.places import Place, place_text
from harness.model.scalars import U32
from harness.model.table import SpecTrap, Subtask
from harness.plan.outcomes import TrapClass
from harness.script import operations as s
from harness.trace import events as e
from harness.trace.event import Each, Event
from harness.trace.kinds import KINDS
from harness.values.values import without_payload
from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Scalar, Sequence, Sum, despecialize
from harness.world.layout import Layout, discriminant_size


@unique
class Way(Enum):
    """How the generated code, or the interpreter, hands a value to who lifts it."""

    LIFT_FLAT = "core values"
    LOAD = "stored by the generated code"
    LOAD_WHOLE = "stored by the interpreter, in a list that goes whole"


class Lifting:
    """The functions for all types, made when they are first asked for. `lists`: how lists leave the interpreter."""

    def __init__(self, layout: Layout, lists: s.Lists) -> None:
        self._layout = layout
        self._lists = lists
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
                return _handle(type)

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
        items = (
            lift_sequences.items_whole(type, element, size) if whole else lift_sequences.items_of(type, element, size)
        )
        return lift_sequences.list_of(type, element_type, items, size, alignment)


def _scalar(type: t.Prim, in_memory: bool) -> Load:
    kind = type.canonical
    pops = Each(partial(e.PopNumber, kind))
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


def _float(type: t.Prim) -> Load:
    kind, width = type.canonical, t.FLOATS[type]
    pops = Each(partial(e.PopFloat, kind))

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
    """Cut to its size in memory an invalid discriminant may be one of a case; it must not be taken for that case."""
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
    """Generated code that chooses by the discriminant may trap before the Canonical ABI does."""
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
        if value.__class__ is not s.Case:
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
            return value if index == value.discriminant else s.Case(index)
        if given is None:
            raise cx.inst.fail("stack")
        lifted = payload(cx, given, (place, steps[index]))
        return value if lifted is given and index == value.discriminant else s.Case(index, lifted)

    return load


def _whole_sum(type: t.Type, payloads: tuple[Load | None, ...]) -> Load:
    """Stored by the interpreter: the discriminant cut to its size, the payload if the case has one."""
    assert isinstance(type, t.Cases)
    count, size = len(payloads), discriminant_size(len(payloads))
    steps = [f".{name}" for name in type.case_names]

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Case:
            return cx.otherwise(load, value, place)
        given = value.discriminant & U32
        payload = payloads[given] if given < count else None
        if (payload is None) != (value.payload is None):
            raise cx.wrong_kind()
        index = _stored(given, size)
        if index >= count:
            return cx.invalid(TrapClass.INVALID_DISCRIMINANT)
        if payload is None and payloads[index] is not None:
            raise Unpredictable(f"{place_text(place)}: nobody stored a payload of case {index}")
        lifted = None
        if payload is not None and value.payload is not None:
            lifted = payload(cx, value.payload, (place, steps[index]))
        return value if lifted is value.payload and index == value.discriminant else s.Case(index, lifted)

    return load


def _handle(type: t.Type) -> Load:
    match type:
        case t.Own(resource):
            return _resource(resource, own=True)
        case t.Borrow(resource):
            return _resource(resource, own=False)
        case t.Stream() | t.Future():
            return _end(type)
    return _error_context


def _end(type: t.Stream | t.Future) -> Load:
    """A readable end: lifted it is the number of its channel, which no table has."""
    kind = KINDS[type.__class__]

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if not isinstance(value, s.End | s.BareEnd | s.Handle):
            return cx.otherwise(load, value, place)
        of_resource = isinstance(value, s.Handle) and value.resource is not None
        if of_resource or (isinstance(value, s.End) and value.type.__class__ is not type.__class__):
            raise cx.wrong_kind()
        number = value.number & U32
        cx.show((e.PopEnd(kind, type.canonical, number), place))
        if cx.trapped:
            return NOTHING
        try:
            return s.Number("u32", cx.inst.lift_async_value(number, type))
        except SpecTrap as trap:
            return cx.invalid(trap.cause, *trap.also)

    return load


def _error_context(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
    if value.__class__ is not s.Handle or value.resource not in (None, s.ERROR_CONTEXT):
        return cx.otherwise(_error_context, value, place)
    cx.show((e.PopErrorContext(value.number & U32), place))
    if cx.trapped:
        return NOTHING
    try:
        return s.Str(cx.inst.table.lift_error_context(value.number & U32).message)
    except SpecTrap as trap:
        return cx.invalid(trap.cause, *trap.also)


def _resource(resource: t.Resource, own: bool) -> Load:
    pop: Callable[[str, int], Event] = e.PopOwn if own else e.PopBorrow

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Handle or value.resource == s.ERROR_CONTEXT:
            return cx.otherwise(load, value, place)
        number = value.number & U32
        cx.show((pop(resource.canonical, number), place))
        if cx.trapped:
            return NOTHING
        try:
            return s.Number("u32", lift_own(cx, number, resource) if own else lift_borrow(cx, number, resource))
        except SpecTrap as trap:
            return cx.invalid(trap.cause, *trap.also)

    return load


def lift_own(cx: LiftLowerContext, number: int, resource: t.Resource) -> int:
    return cx.inst.table.lift_own(number, cx.inst.identity(resource))


def lift_borrow(cx: LiftLowerContext, number: int, resource: t.Resource) -> int:
    assert isinstance(cx.borrow_scope, Subtask), "a result holds no borrow"
    return cx.inst.table.lift_borrow(number, cx.inst.identity(resource), cx.borrow_scope)
