"""Component values for an interpreter: values of `harness.values` as values of a script, by type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from harness.script import operations as s
from harness.script.parser import parse_value
from harness.values.numbers import write_numbers
from harness.values.values import Case, ErrorContext, Float, HandleName, Invalid, Value, without_payload
from harness.world import types as t

HandleLookup = Callable[[HandleName | ErrorContext], s.Value]


def encode(value: Value, type: t.Type, handle: HandleLookup, lists: bool = False) -> s.Value:
    """`handle` returns the register for a handle or an error context; `lists`: lists of numbers go whole.

    Raises `TypeError` for a value that does not have the type, `ScriptValueError` for a malformed `Invalid`.
    """
    return _ENCODE[type.__class__](value, type, handle, lists)


def _primitive(value: Value, type: t.Prim, handle: HandleLookup, _lists: bool) -> s.Value:
    if isinstance(value, int):
        return s.Number(type.canonical, int(value))
    if isinstance(value, Float):
        return s.Number(type.canonical, value.bits)
    if isinstance(value, str):
        return s.Str(value.encode()) if type is t.Prim.STRING else s.Number("char", ord(value))
    if isinstance(value, (ErrorContext, HandleName)):
        return handle(value)
    return _invalid(value, type, handle)


def _members(value: Value, type: t.Record | t.Tuple, handle: HandleLookup, lists: bool) -> s.Value:
    if not isinstance(value, tuple):
        return _invalid(value, type, handle)
    return s.Fields(tuple([encode(item, part, handle, lists) for item, part in zip(value, type.parts, strict=True)]))


def _fixed_length_list(value: Value, type: t.FixedLengthList, handle: HandleLookup, lists: bool) -> s.Value:
    if not isinstance(value, tuple):
        return _invalid(value, type, handle)
    return s.Fields(tuple([encode(item, type.type, handle, lists) for item in value]))


def _list(value: Value, type: t.List, handle: HandleLookup, lists: bool) -> s.Value:
    if not isinstance(value, tuple):
        return _invalid(value, type, handle)
    element = type.type
    whole = lists and not any(isinstance(item, Invalid) for item in value)
    if whole and isinstance(element, t.Prim) and element in t.NUMBERS:
        return s.Raw(len(value), write_numbers([_number(item) for item in value], element))
    return s.Items(tuple([encode(item, element, handle, lists) for item in value]))


def _map(value: Value, type: t.Map, handle: HandleLookup, lists: bool) -> s.Value:
    if not isinstance(value, tuple):
        return _invalid(value, type, handle)
    return s.Entries(tuple([_pair(pair, type, handle, lists) for pair in value]))


def _case(value: Value, type: t.Variant | t.Option | t.Result, handle: HandleLookup, lists: bool) -> s.Value:
    if not isinstance(value, Case):
        return _invalid(value, type, handle)
    payload = type.payloads[value.index]
    if payload is None or value.payload is None:
        return s.Case(value.index)
    return s.Case(value.index, encode(value.payload, payload, handle, lists))


def _enum(value: Value, type: t.EnumType, handle: HandleLookup, _lists: bool) -> s.Value:
    if not isinstance(value, int):
        return _invalid(value, type, handle)
    return s.Number("enum", value)


def _flags(value: Value, type: t.Flags, handle: HandleLookup, _lists: bool) -> s.Value:
    if not isinstance(value, frozenset):
        return _invalid(value, type, handle)
    return s.Number("flags", sum([1 << label for label in value]))


def _resource(value: Value, type: t.Own | t.Borrow, handle: HandleLookup, _lists: bool) -> s.Value:
    if not isinstance(value, HandleName):
        return _invalid(value, type, handle)
    return handle(value)


def _asynchronous(value: Value, type: t.Future | t.Stream, handle: HandleLookup, _lists: bool) -> s.Value:
    return _invalid(value, type, handle)


_ENCODE: dict[type, Callable[[Value, Any, HandleLookup, bool], s.Value]] = {
    t.Prim: _primitive,
    t.Record: _members,
    t.Tuple: _members,
    t.FixedLengthList: _fixed_length_list,
    t.List: _list,
    t.Map: _map,
    t.Variant: _case,
    t.Option: _case,
    t.Result: _case,
    t.EnumType: _enum,
    t.Flags: _flags,
    t.Own: _resource,
    t.Borrow: _resource,
    t.Future: _asynchronous,
    t.Stream: _asynchronous,
}


def _invalid(value: Value, type: t.Type, handle: HandleLookup) -> s.Value:
    """The replacement of a value of the type."""
    if not isinstance(value, Invalid):
        raise TypeError(f"{value!r} is not a value of {type.canonical}")
    return parse_value(value.text, lambda name: handle(HandleName(name)))


def _pair(pair: Value, type: t.Map, handle: HandleLookup, lists: bool) -> tuple[s.Value, s.Value]:
    assert isinstance(pair, tuple)
    return encode(pair[0], type.key, handle, lists), encode(pair[1], type.value, handle, lists)


def _number(value: Value) -> int:
    """A number of a list that goes whole; its NaNs are canonical, because a trace shows the list's bytes."""
    if isinstance(value, Float):
        return without_payload(value.bits, value.width)
    assert isinstance(value, int)
    return value


def read_numbers(data: bytes, type: t.Prim) -> list[s.Number]:
    """The elements of a list of numbers from its canonical bytes, NaNs canonical."""
    size = t.NUMBERS[type] // 8
    signed = type in t.SIGNED
    numbers = [int.from_bytes(data[i : i + size], "little", signed=signed) for i in range(0, len(data), size)]
    if type in t.FLOATS:
        numbers = [without_payload(number, 8 * size) for number in numbers]
    return [s.Number(type.canonical, number) for number in numbers]


Place = tuple[tuple[int, ...], "t.Own | t.Borrow | t.Prim", Value]


def handles(value: Value, type: t.Type) -> Iterable[Place]:
    """Handles and error contexts inside a value: the path for `pick`, the type, the value there."""
    return _handles(value, type, ()) if type.holds_handles else ()


def _handles(value: Value, type: t.Type, path: tuple[int, ...]) -> Iterator[Place]:
    if not type.holds_handles:
        return
    match type, value:
        case t.Own() | t.Borrow() | t.Prim.ERROR_CONTEXT, _:
            assert not isinstance(type, t.Prim) or type is t.Prim.ERROR_CONTEXT
            yield path, type, value
        case t.Record() | t.Tuple(), tuple():
            for index, (item, member) in enumerate(zip(value, t.parts(type), strict=True)):
                yield from _handles(item, member, (*path, index))
        case t.List() | t.FixedLengthList(), tuple():
            for index, item in enumerate(value):
                yield from _handles(item, type.type, (*path, index))
        case t.Map(), tuple():
            for index, pair in enumerate(value):
                assert isinstance(pair, tuple)
                yield from _handles(pair[0], type.key, (*path, 2 * index))
                yield from _handles(pair[1], type.value, (*path, 2 * index + 1))
        case t.Variant() | t.Option() | t.Result(), Case():
            payload = t.payloads(type)[value.index]
            if payload is not None and value.payload is not None:
                yield from _handles(value.payload, payload, (*path, 0))
