"""Component values for an interpreter: values of `harness.values` as values of a script, by type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from harness.script import operations as s
from harness.script.parser import parse_value
from harness.values.numbers import write_numbers
from harness.values.parts import value_parts
from harness.values.values import ErrorContext, Float, HandleName, Invalid, Value, VariantValue, without_payload
from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Scalar, Sequence, Sum, despecialize

HandleLookup = Callable[[HandleName | ErrorContext], s.Value]


def encode(value: Value, type: t.Type, handle: HandleLookup, lists: bool = False) -> s.Value:
    """`handle` returns the register for a handle or an error context; `lists`: lists of numbers go whole.

    Raises `TypeError` for a value that does not have the type, `ScriptValueError` for a malformed `Invalid`.
    """
    shape = despecialize(type)
    return _ENCODE[shape.__class__](value, type, shape, handle, lists)


def _scalar(value: Value, type: t.Type, _: Scalar, handle: HandleLookup, _lists: bool) -> s.Value:
    if isinstance(value, int):
        return s.Number(type.canonical, int(value))
    if isinstance(value, Float):
        return s.Number(type.canonical, value.bits)
    return s.Number("char", ord(value)) if isinstance(value, str) else _invalid(value, type, handle)


def _bits(value: Value, type: t.Type, _: Bits, handle: HandleLookup, _lists: bool) -> s.Value:
    if not isinstance(value, frozenset):
        return _invalid(value, type, handle)
    return s.Number("flags", sum([1 << label for label in value]))


def _product(value: Value, type: t.Type, shape: Product, handle: HandleLookup, lists: bool) -> s.Value:
    if not isinstance(value, tuple):
        return _invalid(value, type, handle)
    types = shape.types * shape.times
    return s.Fields(tuple([encode(item, part, handle, lists) for item, part in zip(value, types, strict=True)]))


def _sequence(value: Value, type: t.Type, shape: Sequence, handle: HandleLookup, lists: bool) -> s.Value:
    if isinstance(value, str):
        return s.Str(value.encode())
    if not isinstance(value, tuple):
        return _invalid(value, type, handle)
    if len(shape.types) > 1:
        return s.Entries(tuple([_pair(pair, shape, handle, lists) for pair in value]))
    (element,) = shape.types
    whole = lists and not any(isinstance(item, Invalid) for item in value)
    if whole and isinstance(element, t.Prim) and element in t.NUMBERS:
        return s.Raw(len(value), write_numbers([_number(item) for item in value], element))
    return s.Items(tuple([encode(item, element, handle, lists) for item in value]))


def _sum(value: Value, type: t.Type, shape: Sum, handle: HandleLookup, lists: bool) -> s.Value:
    if isinstance(type, t.EnumType) and isinstance(value, int):
        return s.Number("enum", value)
    if not isinstance(value, VariantValue):
        return _invalid(value, type, handle)
    payload = shape.cases[value.index]
    if payload is None or value.payload is None:
        return s.CaseValue(value.index)
    return s.CaseValue(value.index, encode(value.payload, payload, handle, lists))


def _handle(value: Value, type: t.Type, _: Handle, handle: HandleLookup, _lists: bool) -> s.Value:
    if isinstance(value, HandleName) or (isinstance(value, ErrorContext) and type is t.Prim.ERROR_CONTEXT):
        return handle(value)
    return _invalid(value, type, handle)


_ENCODE: dict[type, Callable[[Value, t.Type, Any, HandleLookup, bool], s.Value]] = {
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


def _pair(pair: Value, shape: Sequence, handle: HandleLookup, lists: bool) -> tuple[s.Value, s.Value]:
    assert isinstance(pair, tuple)
    (key, value), (key_type, value_type) = pair, shape.types
    return encode(key, key_type, handle, lists), encode(value, value_type, handle, lists)


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


def handles(value: Value, type: t.Type) -> Iterable[FoundHandle]:
    """Handles, ends and error contexts inside a value: the path for `pick`, the type, the value there."""
    return _handles(value, type, ()) if type.holds_handles else ()


def _handles(value: Value, type: t.Type, path: tuple[int, ...]) -> Iterator[FoundHandle]:
    if not type.holds_handles:
        return
    if isinstance(type, t.Own | t.Borrow | t.Future | t.Stream | t.Prim):
        yield path, type, value
    for index, (part, inner) in enumerate(value_parts(value, type)):
        yield from _handles(part, inner, (*path, index))
