"""Lower and push: a lifted value arrives in a component and is pushed to its interpreter.

Each type is compiled once to a function (`Store`). It gets a lifted value (`harness/model/lift.py`), shows the pushes
and returns the value that the interpreter has then. The events do not depend on whether a value goes through memory, so
`lower_flat` and `store` are one function. Sources: CanonicalABI.md, "Flat Lowering" and "Storing"; wit_dylib.h defines
the order of pushes.
"""

from __future__ import annotations

from functools import partial

from harness.model import lower_handles
from harness.model.context import LiftLowerContext, unseen
from harness.model.context import Store as Store
from harness.model.reported import Reports
from harness.plan.places import Place
from harness.script import operations as s
from harness.script.encoding import read_numbers
from harness.trace import events as e
from harness.trace.event import NUMBERED, Each
from harness.trace.kinds import KINDS
from harness.values.numbers import write_numbers
from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Scalar, Sequence, Sum, despecialize


class Lowering:
    """The functions of all types, each made at its first use. `lists`: how lists reach the interpreter."""

    def __init__(self, lists: s.Lists, reports: Reports | None = None) -> None:
        """`reports`: those of the run's other lists."""
        self._lists = lists
        self._reports = reports or Reports()
        self._made: dict[t.Type, Store] = {}

    def store(self, type: t.Type) -> Store:
        found = self._made.get(type)
        if found is None:
            found = self._made[type] = self._make(type)
        return found

    def _make(self, type: t.Type) -> Store:
        match despecialize(type):
            case Scalar(scalar):
                push = e.PushFloat if scalar in t.FLOATS else e.PushNumber
                return _number(NUMBERED[push, scalar.canonical])
            case Bits():
                return _number(Each(partial(e.PushFlags, "flags", type.canonical)))
            case Product(types, times):
                return _product(type, tuple(map(self.store, types)) * times)
            case Sum() if isinstance(type, t.EnumType):
                return _number(Each(partial(e.PushSum, "enum", type.canonical)))
            case Sum(cases):
                return _sum(type, tuple([None if case is None else self.store(case) for case in cases]))
            case Sequence(()):
                return _string
            case Sequence((element,)):
                return self._list(type, element)
            case Sequence((key, value)):
                return _map(type, self.store(key), self.store(value))
            case Handle():
                return lower_handles.handle(type)
            case Sequence():
                raise TypeError(f"{type.canonical} has elements of more than two types")

    def _list(self, type: t.Type, element: t.Type) -> Store:
        if self._lists is s.Lists.ANY and not type.holds_handles:
            return _list_whole(type, element, self._in_whole(element), self._reports)
        if self._lists is s.Lists.NUMBERS and isinstance(element, t.Prim) and element in t.NUMBERS:
            return _numbers(type, element)
        return _list(type, element, self.store(element))

    def _in_whole(self, element: t.Type) -> Store | None:
        """None for numbers, which stay as they are."""
        return None if isinstance(despecialize(element), Scalar | Bits) else self.store(element)


def _number(pushes: Each) -> Store:
    def store(cx: LiftLowerContext, value: s.Number, place: Place) -> s.Value:
        cx.show((pushes[value.value], place))
        return value

    return store


def _string(cx: LiftLowerContext, value: s.Str, place: Place) -> s.Value:
    cx.show((e.PushString(len(value.data), value.data), place))
    return value


def _product(type: t.Type, members: tuple[Store, ...]) -> Store:
    assert isinstance(type, t.Members)
    push, steps = e.PushProduct(KINDS[type.__class__], type.canonical), type.steps

    def store(cx: LiftLowerContext, value: s.Fields, place: Place) -> s.Value:
        fields = zip(members, value.items, steps, strict=True)
        items = tuple([member(cx, item, (place, step)) for member, item, step in fields])
        cx.show((push, place))
        return value if items == value.items else s.Fields(items)

    return store


def _sum(type: t.Type, payloads: tuple[Store | None, ...]) -> Store:
    assert isinstance(type, t.Cases)
    pushes = Each(partial(e.PushSum, KINDS[type.__class__], type.canonical))
    steps = [f".{name}" for name in type.case_names]

    def store(cx: LiftLowerContext, value: s.CaseValue, place: Place) -> s.Value:
        index, given, payload = value.discriminant, value.payload, payloads[value.discriminant]
        if payload is not None:
            given = payload(cx, given, (place, steps[index]))
        cx.show((pushes[index], place))
        return value if given is value.payload else s.CaseValue(index, given)

    return store


def _list(type: t.Type, element_type: t.Type, element: Store) -> Store:
    name, append = type.canonical, e.Append("list", type.canonical)

    def store(cx: LiftLowerContext, value: s.Items | s.Raw, place: Place) -> s.Value:
        items = _elements(value, element_type)
        cx.show((e.PushList(name, len(items), 0, ""), place))
        given = []
        for index, item in enumerate(items):
            here = (place, index)
            given.append(element(cx, item, here))
            cx.show((append, here))
        return _same(value, tuple(given))

    return store


def _elements(value: s.Items | s.Raw, type: t.Type) -> tuple[s.Value, ...]:
    """The lifted elements of a list; bytes as numbers."""
    if isinstance(value, s.Items):
        return value.items
    assert isinstance(type, t.Prim)
    return tuple(read_numbers(value.data, type))


def _numbers(type: t.Type, element: t.Prim) -> Store:
    """The interpreter takes the bytes of the list."""
    name = type.canonical

    def store(cx: LiftLowerContext, value: s.Items | s.Raw, place: Place) -> s.Value:
        if isinstance(value, s.Items):
            numbers = [item.value for item in value.items if isinstance(item, s.Number)]
            value = s.Raw(len(numbers), write_numbers(numbers, element))
        cx.show((e.PushList(name, value.length, 1, value.data), place))
        return value

    return store


def _list_whole(type: t.Type, element_type: t.Type, element: Store | None, reports: Reports) -> Store:
    """The interpreter loads the elements by itself and reports them in one event."""
    name = type.canonical

    def store(cx: LiftLowerContext, value: s.Items | s.Raw, place: Place) -> s.Value:
        items = _elements(value, element_type)
        show, cx.show = cx.show, unseen
        try:
            if element is not None:
                items = tuple([element(cx, item, (place, index)) for index, item in enumerate(items)])
        finally:
            cx.show = show
        given = _same(value, items)
        if show is not unseen:
            show((e.PushList(name, len(items), 1, reports.of(given)), place))
        return given

    return store


def _same(value: s.Items | s.Raw, items: tuple[s.Value, ...]) -> s.Items:
    return value if isinstance(value, s.Items) and items == value.items else s.Items(items)


def _map(type: t.Type, key: Store, mapped: Store) -> Store:
    name, append = type.canonical, e.Append("map", type.canonical)

    def store(cx: LiftLowerContext, value: s.Entries, place: Place) -> s.Value:
        cx.show((e.PushMap(name, len(value.pairs)), place))
        pairs = []
        for index, (one, other) in enumerate(value.pairs):
            here = (place, index)
            pairs.append((key(cx, one, (here, ".key")), mapped(cx, other, (here, ".value"))))
            cx.show((append, here))
        given = tuple(pairs)
        return value if given == value.pairs else s.Entries(given)

    return store
