"""Values as scripts hold them, handles by name: into WAVE by their type, or into the interpreter's notation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.script import operations as s
from harness.script.encoding import read_numbers
from harness.script.text import value_text
from harness.values.values import Case, ErrorContext, Float, HandleName, Value
from harness.values.wave import to_wave
from harness.world import types as t


class NotExpressible(Exception):
    """A script does what no case can say."""


@dataclass(frozen=True, slots=True)
class Named:
    """A handle, by its name in a case."""

    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """An error context."""

    message: str


@dataclass(frozen=True, slots=True)
class Group:
    """A composite: `kind` as the script notation calls it (`rec`, `list`, `map`, `varp`), with the discriminant of a
    `varp`. The entries of a map are keys and values by turns."""

    kind: str
    items: tuple[Held, ...]
    discriminant: int = 0


Held = s.Number | s.Str | s.Raw | s.Pointer | s.Handle | s.Case | Named | Context | Group


def hold(value: s.Value, lookup: Callable[[s.Register | s.Argument], Held]) -> Held:
    """A script's value with what registers and arguments hold in their place."""
    match value:
        case s.Register() | s.Argument():
            return lookup(value)
        case s.Fields(items):
            return Group("rec", tuple(hold(item, lookup) for item in items))
        case s.Items(items):
            return Group("list", tuple(hold(item, lookup) for item in items))
        case s.Case(discriminant, payload) if payload is not None:
            return Group("varp", (hold(payload, lookup),), discriminant)
        case s.Entries(pairs):
            return Group("map", tuple(hold(part, lookup) for pair in pairs for part in pair))
        case s.Case(discriminant):
            return s.Case(discriminant)
    return value


def part_of(held: Held, path: Sequence[int]) -> Held:
    """What `pick` takes."""
    for step in path:
        if not isinstance(held, Group) or step >= len(held.items):
            raise NotExpressible(f"no part {step} in {held}")
        held = held.items[step]
    return held


def text_of(held: Held, type: t.Type) -> str:
    """WAVE; where the value is none of its type, the interpreter's notation after `!`."""
    try:
        return to_wave(value_of(held, type), type)
    except NotExpressible:
        return f"!{_notation(held)}"


def _notation(held: Held) -> str:
    match held:
        case Named(name):
            return f"${name}"
        case Context():
            raise NotExpressible("an error context inside a value that is none of its type")
        case Group(kind, items, discriminant):
            count = {"varp": discriminant, "map": len(items) // 2}.get(kind, len(items))
            return " ".join([kind, str(count), *map(_notation, items)])
    return value_text(held)


def value_of(held: Held, type: t.Type) -> Value:
    """A component value; `NotExpressible` where `held` is none of the type."""
    match held, type:
        case Named(name), t.Own() | t.Borrow():
            return HandleName(name)
        case Context(message), t.Prim.ERROR_CONTEXT:
            return ErrorContext(message)
        case s.Str(data), t.Prim.STRING:
            return _decoded(data)
        case s.Number("char", code), t.Prim.CHAR if code < 0x110000 and not 0xD800 <= code < 0xE000:
            return chr(code)
        case s.Number("bool", number), t.Prim.BOOL if number in (0, 1):
            return bool(number)
        case s.Number(kind, number), t.Prim() if kind == type.value and type in t.NUMBERS:
            width = t.NUMBERS[type]
            if type in t.FLOATS:
                return Float(number, width)
            low, high = (0, 1 << width) if type in t.UNSIGNED else (-(1 << (width - 1)), 1 << (width - 1))
            if low <= number < high:
                return number
        case s.Number("enum", number), t.EnumType() if number < len(type.cases):
            return number
        case s.Number("flags", bits), t.Flags() if bits >> len(type.labels) == 0:
            return frozenset(label for label in range(len(type.labels)) if bits >> label & 1)
        case Group("rec", items), t.Record() | t.Tuple():
            return _all(items, t.parts(type))
        case Group("rec", items), t.FixedLengthList():
            return _all(items, (type.type,) * type.size)
        case Group("list", items), t.List():
            return _all(items, (type.type,) * len(items))
        case Group("map", items), t.Map():
            keys = _all(items[::2], (type.key,) * (len(items) // 2))
            values = _all(items[1::2], (type.value,) * (len(items) // 2))
            return tuple(zip(keys, values, strict=True))
        case s.Raw(length, data), t.List() if isinstance(type.type, t.Prim) and type.type in t.NUMBERS:
            return _numbers(length, data, type.type)
        case Group("varp", (payload,), index), t.Variant() | t.Option() | t.Result() if index < len(t.payloads(type)):
            inner = t.payloads(type)[index]
            if inner is not None:
                return Case(index, value_of(payload, inner))
        case s.Case(index), t.Variant() | t.Option() | t.Result():
            if index < len(t.payloads(type)) and t.payloads(type)[index] is None:
                return Case(index)
    raise NotExpressible(f"{held} is no {type.canonical}")


def _all(items: Sequence[Held], types: Sequence[t.Type]) -> tuple[Value, ...]:
    if len(items) != len(types):
        raise NotExpressible("another number of parts")
    return tuple(value_of(item, type) for item, type in zip(items, types, strict=True))


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise NotExpressible("no UTF-8") from None


def _numbers(length: int, data: bytes, type: t.Prim) -> tuple[Value, ...]:
    width = t.NUMBERS[type]
    if len(data) != length * width // 8:
        raise NotExpressible("bytes of another length")
    numbers = [number.value for number in read_numbers(data, type)]
    return tuple(Float(number, width) if type in t.FLOATS else number for number in numbers)
