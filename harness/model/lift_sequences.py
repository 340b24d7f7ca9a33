"""Pops and lifts strings, lists and maps, which go through memory (CanonicalABI.md, "Loading")."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from harness.model.context import LiftLowerContext, Load, Unpredictable, unseen
from harness.model.reported import Reports
from harness.model.scalars import U32
from harness.model.table import SpecTrap
from harness.plan.outcomes import TrapClass
from harness.plan.places import Place, place_text
from harness.script import operations as s
from harness.script.encoding import read_numbers
from harness.trace import events as e
from harness.world import types as t

MAX_LIST_BYTE_LENGTH = MAX_STRING_BYTE_LENGTH = (1 << 28) - 1
"""The constants with these names in CanonicalABI.md."""

UNREACHABLE_ADDRESS = 1 << 28
"""No interpreter's memory becomes this large: each address from here on is out of bounds."""


def string(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
    if value.__class__ is s.Pointer:
        cx.show((e.PopString(value.length & U32, b""), place))
        return _range(cx, value, 1, 1, s.Str(b""), place)
    if value.__class__ is not s.Str:
        return cx.otherwise(string, value, place)
    data = value.data
    cx.show((e.PopString(len(data), data), place))
    if len(data) > MAX_STRING_BYTE_LENGTH:
        return cx.invalid(TrapClass.TOO_LONG)
    try:
        data.decode()
    except UnicodeDecodeError:
        return cx.invalid(TrapClass.INVALID_UTF8)
    return value


def _claimed(length: int, size: int, place: Place) -> NoReturn:
    """The length that a list or map claims to have when it goes element by element; it has no elements. Generated code
    must ask for memory first, and traps by itself if there is no such memory (`store_list_into_range`)."""
    if length * size > U32:
        raise SpecTrap(TrapClass.TOO_LONG, also=frozenset((TrapClass.UNREACHABLE,)))
    raise Unpredictable(f"{place_text(place)}: memory for {length} elements may exist, the elements do not")


def _range(cx: LiftLowerContext, at: s.Pointer, size: int, alignment: int, empty: s.Value, place: Place) -> s.Value:
    """A pointer and a length that the script invents."""
    byte_length = (at.length & U32) * size
    address = at.address & U32
    broken = {
        TrapClass.TOO_LONG: byte_length > MAX_LIST_BYTE_LENGTH,
        TrapClass.UNALIGNED: address % alignment != 0,
        TrapClass.OUT_OF_BOUNDS: address + byte_length >= UNREACHABLE_ADDRESS or byte_length > MAX_LIST_BYTE_LENGTH,
    }
    causes = [cause for cause, holds in broken.items() if holds]
    if causes:
        return cx.invalid(*causes)
    if byte_length == 0:
        return empty
    raise Unpredictable(f"{place_text(place)}: {byte_length} bytes at {address} may lie in the memory")


_Items = Callable[[LiftLowerContext, s.Items, Place], s.Value]


def list_of(type: t.Type, element: t.Type, items: _Items, size: int, alignment: int) -> Load:
    name = type.canonical

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is s.Items:
            return items(cx, value, place)
        if value.__class__ is s.Pointer:
            length = value.length & U32
            if not value.address & U32 and cx.show is not unseen:  # in a list that goes whole an address is an address
                cx.show((e.PopList(name, length, ""), place))
                _claimed(length, size, place)
            cx.show((e.PopList(name, length, b""), place))
            return _range(cx, value, size, alignment, s.Items(()), place)
        if value.__class__ is not s.Raw:
            return cx.otherwise(load, value, place)
        cx.show((e.PopList(name, value.length, value.data), place))
        if value.length * size != len(value.data):
            raise Unpredictable(f"{place_text(place)}: {value.length} elements in {len(value.data)} bytes")
        if not isinstance(element, t.Prim) or element not in t.NUMBERS:
            raise Unpredictable(f"{place_text(place)}: bytes of a list of {element.canonical}")
        return s.Items(tuple(read_numbers(value.data, element))) if element in t.FLOATS else value

    return load


def items_of(type: t.Type, element: Load, size: int) -> _Items:
    name = type.canonical
    iter_next, iter_end = e.IterNext("list", name), e.IterEnd("list", name)

    def load(cx: LiftLowerContext, value: s.Items, place: Place) -> s.Value:
        cx.show((e.PopList(name, len(value.items), ""), place))
        lifted = []
        for index, item in enumerate(value.items):
            here = (place, index)
            cx.show((iter_next, here))
            lifted.append(element(cx, item, here))
        cx.show((iter_end, place))
        return _checked(cx, value, tuple(lifted), size)

    return load


def items_whole(type: t.Type, element: Load, size: int, reports: Reports) -> _Items:
    """The interpreter stores the elements by itself and reports them in one event, before any is lifted."""
    name = type.canonical

    def load(cx: LiftLowerContext, value: s.Items, place: Place) -> s.Value:
        given = cx.held(value)
        assert isinstance(given, s.Items)
        items = given.items
        show, cx.show = cx.show, unseen
        try:
            lifted = tuple([element(cx, item, (place, index)) for index, item in enumerate(items)])
        finally:
            cx.show = show
        if show is not unseen:
            show((e.PopList(name, len(lifted), reports.of(given)), place))
        return _checked(cx, value, lifted, size)

    return load


def _checked(cx: LiftLowerContext, value: s.Items, lifted: tuple[s.Value, ...], size: int) -> s.Value:
    if len(lifted) * size > MAX_LIST_BYTE_LENGTH:
        return cx.invalid(TrapClass.TOO_LONG)
    return value if lifted == value.items else s.Items(lifted)


def map_of(type: t.Type, key: Load, mapped: Load, size: int) -> Load:
    name = type.canonical
    iter_next, iter_end = e.IterNext("map", name), e.IterEnd("map", name)

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is s.Pointer and not value.address & U32:
            cx.show((e.PopMap(name, value.length & U32), place))
            _claimed(value.length & U32, size, place)
        if value.__class__ is not s.Entries:
            return cx.otherwise(load, value, place)
        cx.show((e.PopMap(name, len(value.pairs)), place))
        pairs = []
        for index, (one, other) in enumerate(value.pairs):
            here = (place, index)
            cx.show((iter_next, here))
            pairs.append((key(cx, one, (here, ".key")), mapped(cx, other, (here, ".value"))))
        cx.show((iter_end, place))
        if len(pairs) * size > MAX_LIST_BYTE_LENGTH:
            return cx.invalid(TrapClass.TOO_LONG)
        lifted = tuple(pairs)
        return value if lifted == value.pairs else s.Entries(lifted)

    return load
