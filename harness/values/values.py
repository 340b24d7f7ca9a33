"""Component-level values: plain Python data whose meaning depends on a WIT type, and their equality.

| type | Python value |
|---|---|
| bool | `bool` |
| u8..u64, s8..s64 | `int` |
| f32, f64 | `Float`, by its bits |
| char | `str` of one code point |
| string | `str` |
| list, fixed-length list, record, tuple | `tuple` (fields in order) |
| map | `tuple` of pairs, in order, duplicates kept |
| variant, option, result | `VariantValue(index, payload)` |
| enum | `int`, the index of the case |
| flags | `frozenset` of indices of labels |
| own, borrow, a readable end of a stream or future | `HandleName`, a name from the case or the planner |
| error-context | `ErrorContext(message)`, or `HandleName` of an existing one |

`Invalid` replaces a part of a value that does not have its type.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from harness.records.unguarded import unguarded
from harness.world import types as t

CANONICAL_NAN = {32: 0x7FC0_0000, 64: 0x7FF8_0000_0000_0000}
"""CanonicalABI.md, CANONICAL_FLOAT32_NAN and CANONICAL_FLOAT64_NAN."""

_INFINITY = {32: 0x7F80_0000, 64: 0x7FF0_0000_0000_0000}
_FORMAT = {32: ("<f", "<I"), 64: ("<d", "<Q")}


def is_nan_bits(bits: int, width: int) -> bool:
    return bits & ((1 << (width - 1)) - 1) > _INFINITY[width]


def without_payload(bits: int, width: int) -> int:
    """The bits, with any NaN replaced by the canonical one: its payload and sign may change at any boundary."""
    return CANONICAL_NAN[width] if is_nan_bits(bits, width) else bits


@unguarded
@dataclass(frozen=True, slots=True)
class Float:
    """An f32 or f64 by its bits. Python's `==` compares bits; `equal` treats all NaNs as one value."""

    bits: int
    width: int

    @staticmethod
    def of(value: float, width: int) -> Float:
        """The nearest float of `width` bits; infinity if it does not fit."""
        float_format, int_format = _FORMAT[width]
        try:
            data = struct.pack(float_format, value)
        except OverflowError:
            data = struct.pack(float_format, math.copysign(math.inf, value))
        return Float(struct.unpack(int_format, data)[0], width)

    @property
    def value(self) -> float:
        float_format, int_format = _FORMAT[self.width]
        found: float = struct.unpack(float_format, struct.pack(int_format, self.bits))[0]
        return found

    @property
    def is_nan(self) -> bool:
        return is_nan_bits(self.bits, self.width)


@unguarded
@dataclass(frozen=True, slots=True)
class VariantValue:
    """A case of a variant, option (none 0, some 1) or result (ok 0, err 1)."""

    index: int
    payload: Value | None = None


@unguarded
@dataclass(frozen=True, slots=True)
class HandleName:
    """A handle by its name in the plan; its number at run time is unknown.

    `arrives`: the receiver's name for it, where that is another.
    """

    name: str
    arrives: str | None = None


@unguarded
@dataclass(frozen=True, slots=True)
class ErrorContext:
    message: str


@unguarded
@dataclass(frozen=True, slots=True)
class Invalid:
    """An interpreter's replacement of a value, valid or not: `text` is in the notation of interpreters/PROTOCOL.md,
    "Values"; `$x` in it is a handle. `arrives`: the receiver's name for the handle that it gets, if it gets one."""

    text: str
    arrives: str | None = None


Value = (
    bool | int | str | Float | VariantValue | HandleName | ErrorContext | Invalid | frozenset[int] | tuple["Value", ...]
)


def arriving(given: Value) -> str | None:
    """The receiver's name for what a giver has at a place for a handle; None if the receiver gets no handle there."""
    match given:
        case HandleName(name, arrives):
            return arrives or name
        case Invalid(_, arrives):
            return arrives
        case ErrorContext():
            return None
    raise AssertionError(f"{given!r} at a place for a handle")


NONE = VariantValue(0)


def some(value: Value) -> VariantValue:
    return VariantValue(1, value)


def ok(value: Value | None = None) -> VariantValue:
    return VariantValue(0, value)


def err(value: Value | None = None) -> VariantValue:
    return VariantValue(1, value)


def equal(left: Value | None, right: Value | None) -> bool:
    """Equality of values of one type: every NaN equals every NaN, -0.0 differs from 0.0, a map's order counts."""
    match left, right:
        case Float(), Float():
            return without_payload(left.bits, left.width) == without_payload(right.bits, right.width)
        case VariantValue(), VariantValue():
            return left.index == right.index and equal(left.payload, right.payload)
        case tuple(), tuple():
            return len(left) == len(right) and all(map(equal, left, right))
        case _:
            return left == right


class ValueMismatch(ValueError):
    """A value that does not have the type; `path` is the place, in the notation of event paths (`field[2].some`)."""

    def __init__(self, path: str, expected: str, found: object) -> None:
        super().__init__(f"{path or 'value'}: expected {expected}, found {found!r}")
        self.path = path


def check(value: Value | None, type: t.Type, path: str = "") -> None:
    """Raise `ValueMismatch` unless `value` is a value of `type`."""
    match type:
        case t.Prim():
            _check_primitive(value, type, path)
        case t.Record() | t.Tuple():
            members = type.parts
            items = _tuple(value, path, f"{len(members)} fields")
            if len(items) != len(members):
                raise ValueMismatch(path, f"{len(members)} fields", value)
            for step, item, part in zip(field_steps(type), items, members, strict=True):
                check(item, part, f"{path}{step}")
        case t.List() | t.FixedLengthList():
            items = _tuple(value, path, "a list")
            if isinstance(type, t.FixedLengthList) and len(items) != type.size:
                raise ValueMismatch(path, f"{type.size} elements", value)
            for index, item in enumerate(items):
                check(item, type.type, f"{path}[{index}]")
        case t.Map():
            for index, pair in enumerate(_tuple(value, path, "a map")):
                if not isinstance(pair, tuple) or len(pair) != 2:
                    raise ValueMismatch(f"{path}[{index}]", "a key and a value", pair)
                check(pair[0], type.key, f"{path}[{index}].key")
                check(pair[1], type.value, f"{path}[{index}].value")
        case t.Variant() | t.Option() | t.Result():
            _check_case(value, type, path)
        case t.EnumType():
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < len(type.cases):
                raise ValueMismatch(path, f"an index of the {len(type.cases)} cases", value)
        case t.Flags():
            if not isinstance(value, frozenset) or not all(0 <= label < len(type.labels) for label in value):
                raise ValueMismatch(path, f"a set of indices of the {len(type.labels)} labels", value)
        case t.Own() | t.Borrow() | t.Future() | t.Stream():
            if not isinstance(value, HandleName):
                raise ValueMismatch(path, "a handle", value)


def _tuple(value: Value | None, path: str, expected: str) -> tuple[Value, ...]:
    if not isinstance(value, tuple):
        raise ValueMismatch(path, expected, value)
    return value


def _check_case(value: Value | None, type: t.Variant | t.Option | t.Result, path: str) -> None:
    cases = type.payloads
    if not isinstance(value, VariantValue) or not 0 <= value.index < len(cases):
        raise ValueMismatch(path, f"one of {len(cases)} cases", value)
    payload = cases[value.index]
    inner = f"{path}.{case_name(type, value.index)}"
    if payload is None:
        if value.payload is not None:
            raise ValueMismatch(inner, "no payload", value.payload)
    else:
        check(value.payload, payload, inner)


def _check_primitive(value: Value | None, type: t.Prim, path: str) -> None:
    if type is t.Prim.BOOL:
        good = isinstance(value, bool)
    elif type in t.FLOATS:
        good = isinstance(value, Float) and value.width == t.FLOATS[type]
    elif type in t.UNSIGNED:
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << t.UNSIGNED[type]
    elif type in t.SIGNED:
        half = 1 << (t.SIGNED[type] - 1)
        good = isinstance(value, int) and not isinstance(value, bool) and -half <= value < half
    elif type is t.Prim.ERROR_CONTEXT:
        good = isinstance(value, ErrorContext | HandleName)
    else:
        good = isinstance(value, str) and (type is t.Prim.STRING or len(value) == 1) and is_scalar_text(value)
    if not good:
        raise ValueMismatch(path, f"a value of {type.value}", value)


def is_scalar_text(text: str) -> bool:
    """Whether every code point is a Unicode scalar value (none is a surrogate)."""
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in text)


def field_steps(type: t.Record | t.Tuple) -> tuple[str, ...]:
    """The path steps of a record's or tuple's members: `.name` or `.0`."""
    return type.steps


def case_name(type: t.Variant | t.Option | t.Result, index: int) -> str:
    return type.case_names[index]
