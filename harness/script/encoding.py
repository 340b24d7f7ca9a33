"""Component values for an interpreter: values of `harness.values` as values of a script, by type."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Several
from functools import lru_cache, partial
from typing import Any

from harness.script import operations as s
from harness.script.parser import parse_value
from harness.values.numbers import write_numbers
from harness.values.parts import value_parts
from harness.values.values import ErrorContext, Float, HandleName, Invalid, Value, VariantValue, without_payload
from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Scalar, Sequence, Sum, despecialize

HandleLookup = Callable[[HandleName | ErrorContext], s.Value]
Encode = Callable[[Value, HandleLookup], s.Value]
"""Encodes a value of one type; the lookup returns the register for a handle or an error context."""

_REMEMBERED = 1 << 13
"""Types whose `Encode` is kept: those of the worlds that are in work."""


def encode(value: Value, type: t.Type, handle: HandleLookup, lists: bool = False) -> s.Value:
    """`lists`: lists of numbers go whole.

    Raises `TypeError` for a value that does not have the type, `ScriptValueError` for a malformed `Invalid`.
    """
    return encoder(type, lists)(value, handle)


@lru_cache(maxsize=_REMEMBERED)
def encoder(type: t.Type, lists: bool) -> Encode:
    """The function for a type, made once, because a run has many values of few types."""
    shape = despecialize(type)
    return _ENCODER[shape.__class__](type, shape, lists)


def _scalar(type: t.Type, _: Scalar, _lists: bool) -> Encode:
    kind = type.canonical

    def encode(value: Value, handle: HandleLookup) -> s.Value:
        if isinstance(value, int):
            return s.Number(kind, int(value))
        if isinstance(value, Float):
            return s.Number(kind, value.bits)
        return s.Number("char", ord(value)) if isinstance(value, str) else _invalid(value, type, handle)

    return encode


def _bits(type: t.Type, _: Bits, _lists: bool) -> Encode:
    def encode(value: Value, handle: HandleLookup) -> s.Value:
        if not isinstance(value, frozenset):
            return _invalid(value, type, handle)
        return s.Number("flags", sum([1 << label for label in value]))

    return encode


def _product(type: t.Type, shape: Product, lists: bool) -> Encode:
    members = tuple([encoder(part, lists) for part in shape.types]) * shape.times

    def encode(value: Value, handle: HandleLookup) -> s.Value:
        if not isinstance(value, tuple):
            return _invalid(value, type, handle)
        return s.Fields(tuple([member(item, handle) for member, item in zip(members, value, strict=True)]))

    return encode


def _sequence(type: t.Type, shape: Sequence, lists: bool) -> Encode:
    match shape.types:
        case ():
            return partial(_string, type)
        case (element,):
            whole = lists and isinstance(element, t.Prim) and element in t.NUMBERS
            return _list(type, element, encoder(element, lists), whole)
        case (key, mapped):
            return _map(type, encoder(key, lists), encoder(mapped, lists))
    raise TypeError(f"{type.canonical} has elements of more than two types")


def _string(type: t.Type, value: Value, handle: HandleLookup) -> s.Value:
    return s.Str(value.encode()) if isinstance(value, str) else _invalid(value, type, handle)


def _list(type: t.Type, element_type: t.Type, element: Encode, whole: bool) -> Encode:
    def encode(value: Value, handle: HandleLookup) -> s.Value:
        if not isinstance(value, tuple):
            return _invalid(value, type, handle)
        if whole and not any(isinstance(item, Invalid) for item in value):
            assert isinstance(element_type, t.Prim)
            return s.Raw(len(value), write_numbers([_number(item) for item in value], element_type))
        return s.Items(tuple([element(item, handle) for item in value]))

    return encode


def _map(type: t.Type, key: Encode, mapped: Encode) -> Encode:
    def pair(item: Value, handle: HandleLookup) -> tuple[s.Value, s.Value]:
        assert isinstance(item, tuple)
        one, other = item
        return key(one, handle), mapped(other, handle)

    def encode(value: Value, handle: HandleLookup) -> s.Value:
        if not isinstance(value, tuple):
            return _invalid(value, type, handle)
        return s.Entries(tuple([pair(item, handle) for item in value]))

    return encode


def _sum(type: t.Type, shape: Sum, lists: bool) -> Encode:
    payloads = tuple([None if case is None else encoder(case, lists) for case in shape.cases])
    is_enum = isinstance(type, t.EnumType)

    def encode(value: Value, handle: HandleLookup) -> s.Value:
        if is_enum and isinstance(value, int):
            return s.Number("enum", value)
        if not isinstance(value, VariantValue):
            return _invalid(value, type, handle)
        payload, given = payloads[value.index], value.payload
        if payload is None or given is None:
            return s.CaseValue(value.index)
        return s.CaseValue(value.index, payload(given, handle))

    return encode


def _handle(type: t.Type, _: Handle, _lists: bool) -> Encode:
    is_context = type is t.Prim.ERROR_CONTEXT

    def encode(value: Value, handle: HandleLookup) -> s.Value:
        if isinstance(value, HandleName) or (isinstance(value, ErrorContext) and is_context):
            return handle(value)
        return _invalid(value, type, handle)

    return encode


_ENCODER: dict[type, Callable[[t.Type, Any, bool], Encode]] = {
    Scalar: _scalar,
    Bits: _bits,
    Product: _product,
    Sequence: _sequence,
    Sum: _sum,
    Handle: _handle,
}


def _invalid(value: Value, type: t.Type, handle: HandleLookup) -> s.Value:
    """The replacement of a value of the type."""
    if not isinstance(value, Invalid):
        raise TypeError(f"{value!r} is not a value of {type.canonical}")
    return parse_value(value.text, lambda name: handle(HandleName(name)))


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


FoundHandle = tuple[tuple[int, ...], "t.Own | t.Borrow | t.Future | t.Stream | t.Prim", Value]


def handles(value: Value, type: t.Type) -> Several[FoundHandle]:
    """Handles, ends and error contexts inside a value: the path for `pick`, the type, the value there."""
    if not type.holds_handles:
        return ()
    found: list[FoundHandle] = []
    _add_handles(found, value, type, ())
    return found


def _add_handles(found: list[FoundHandle], value: Value, type: t.Type, path: tuple[int, ...]) -> None:
    if isinstance(type, t.Own | t.Borrow | t.Future | t.Stream | t.Prim):
        found.append((path, type, value))
        return
    for index, (part, inner) in enumerate(value_parts(value, type)):
        if inner.holds_handles:
            _add_handles(found, part, inner, (*path, index))
