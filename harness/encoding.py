"""Component values as an interpreter is given them: `harness.values` to `harness.script` values, by type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness import script as s
from harness import types as t
from harness.model.take import write_numbers
from harness.values import Case, ErrorContext, Float, HandleName, Value, without_payload

HandleLookup = Callable[[HandleName | ErrorContext], s.Value]


def encode(value: Value, type: t.Type, handle: HandleLookup, lists: bool = False) -> s.Value:
    """`handle` gives the register for a handle or an error context; `lists`: lists of numbers whole."""
    match type, value:
        case t.Prim.STRING, str():
            return s.Str(value.encode())
        case t.Prim.CHAR, str():
            return s.Number("char", ord(value))
        case t.Prim.ERROR_CONTEXT, ErrorContext() | HandleName():
            return handle(value)
        case t.Prim(), Float():
            return s.Number(type.value, value.bits)
        case t.Prim(), int():
            return s.Number(type.value, int(value))
        case t.Record() | t.Tuple(), tuple():
            members = t.parts(type)
            return s.Fields(tuple(encode(v, m, handle, lists) for v, m in zip(value, members, strict=True)))
        case t.FixedLengthList(), tuple():
            return s.Fields(tuple(encode(item, type.type, handle, lists) for item in value))
        case t.List(), tuple():
            if lists and isinstance(type.type, t.Prim) and type.type in t.NUMBERS:
                return s.Raw(len(value), write_numbers([_number(item) for item in value], type.type))
            return s.Items(tuple(encode(item, type.type, handle, lists) for item in value))
        case t.Map(), tuple():
            return s.Entries(tuple(_pair(pair, type, handle, lists) for pair in value))
        case t.Variant() | t.Option() | t.Result(), Case():
            payload = t.payloads(type)[value.index]
            if payload is None or value.payload is None:
                return s.Case(value.index)
            return s.Case(value.index, encode(value.payload, payload, handle, lists))
        case t.EnumType(), int():
            return s.Number("enum", value)
        case t.Flags(), frozenset():
            return s.Number("flags", sum(1 << label for label in value))
        case t.Own() | t.Borrow(), HandleName():
            return handle(value)
    raise TypeError(f"{value!r} is not a value of {type.canonical}")


def _pair(pair: Value, type: t.Map, handle: HandleLookup, lists: bool) -> tuple[s.Value, s.Value]:
    assert isinstance(pair, tuple)
    return encode(pair[0], type.key, handle, lists), encode(pair[1], type.value, handle, lists)


def _number(value: Value) -> int:
    """A number of a list that goes whole; its NaNs are canonical, because a trace shows the list's bytes."""
    if isinstance(value, Float):
        return without_payload(value.bits, value.width)
    assert isinstance(value, int)
    return value


Place = tuple[tuple[int, ...], "t.Own | t.Borrow | t.Prim", Value]


def handles(value: Value, type: t.Type, path: tuple[int, ...] = ()) -> Iterator[Place]:
    """Handles and error contexts inside a value: the path that `pick` takes, the type, the value there."""
    if not t.holds_handles(type):
        return
    match type, value:
        case t.Own() | t.Borrow() | t.Prim.ERROR_CONTEXT, _:
            assert not isinstance(type, t.Prim) or type is t.Prim.ERROR_CONTEXT
            yield path, type, value
        case t.Record() | t.Tuple(), tuple():
            for index, (item, member) in enumerate(zip(value, t.parts(type), strict=True)):
                yield from handles(item, member, (*path, index))
        case t.List() | t.FixedLengthList(), tuple():
            for index, item in enumerate(value):
                yield from handles(item, type.type, (*path, index))
        case t.Map(), tuple():
            for index, pair in enumerate(value):
                assert isinstance(pair, tuple)
                yield from handles(pair[0], type.key, (*path, 2 * index))
                yield from handles(pair[1], type.value, (*path, 2 * index + 1))
        case t.Variant() | t.Option() | t.Result(), Case():
            payload = t.payloads(type)[value.index]
            if payload is not None and value.payload is not None:
                yield from handles(value.payload, payload, (*path, 0))
