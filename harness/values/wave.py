"""WAVE, the text form of component values: printing by type; `harness.values.wave_parser` reads it.

WAVE is defined in the wasm-tools repository (crates/wasm-wave). It leaves some values open; this module writes them as
follows:

| value | text |
|---|---|
| map | `{"a": 1, "b": 2}`, entries in order, duplicates kept; `{}` |
| fixed-length list | as a list |
| own, borrow | `$name`, the name of a handle in a case |
| error-context | `error-context("message")`, or `$name` |
| a handle that its receiver calls by another name | `$name as $other` |
| what is none of the type | `!"char d800"`: the interpreter's notation in quotes |
| long string, list or map | `repeat(1000, "ab")`, `repeat(1000, [1, 2])`: read, never written |
| NaN other than the canonical one | `nan:0x7fc00001`, all bits of the float |
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.values.values import (
    CANONICAL_NAN,
    ErrorContext,
    Float,
    HandleName,
    Invalid,
    Value,
    VariantValue,
    case_name,
)
from harness.world import types as t
from harness.world.world import Function

KEYWORDS = frozenset(("true", "false", "inf", "nan", "some", "none", "ok", "err"))
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def to_wave(value: Value, type: t.Type) -> str:
    """`value` as WAVE text on one line. It parses to an equal value."""
    match type, value:
        case t.Prim.BOOL, bool():
            return "true" if value else "false"
        case t.Prim.CHAR, str():
            return quoted(value, "'")
        case t.Prim.STRING, str():
            return quoted(value, '"')
        case t.Prim(), Float():
            return float_text(value)
        case t.Prim(), int():
            return str(value)
        case t.Prim.ERROR_CONTEXT, ErrorContext(message):
            return f"error-context({quoted(message, chr(34))})"
        case _, HandleName(name, arrives):
            return f"${name}{_arriving(arrives)}"
        case _, Invalid(text, arrives):
            return f"!{quoted(text, chr(34))}{_arriving(arrives)}"
        case t.Tuple(), tuple():
            return f"({_join(value, type.types)})"
        case t.Record(), tuple():
            pairs = zip(type.fields, value, strict=True)
            return "{" + ", ".join(f"{field.name}: {to_wave(item, field.type)}" for field, item in pairs) + "}"
        case t.List() | t.FixedLengthList(), tuple():
            return f"[{_join(value, (type.type,) * len(value))}]"
        case t.Map(), tuple():
            return "{" + ", ".join(_entry(pair, type) for pair in value) + "}"
        case t.Variant() | t.Option() | t.Result(), VariantValue(index, payload):
            return _case(type, index, payload)
        case t.EnumType(), int():
            return _label(type.cases[value])
        case t.Flags(), frozenset():
            return "{" + ", ".join(type.labels[label] for label in sorted(value)) + "}"
    raise TypeError(f"{value!r} is not a value of {type.canonical}")


def _arriving(name: str | None) -> str:
    return "" if name is None else f" as ${name}"


def function_call(function: Function, args: Sequence[Value], result: Value | None) -> str:
    """A call for people: `a:b/c#f(1, "x") -> ok(3)`."""
    given = _join(args, [param.type for param in function.params])
    if function.result is None or result is None:
        return f"{function.canonical}({given})"
    return f"{function.canonical}({given}) -> {to_wave(result, function.result)}"


def _join(values: Sequence[Value], types: Sequence[t.Type]) -> str:
    return ", ".join(to_wave(value, type) for value, type in zip(values, types, strict=True))


def _entry(pair: Value, type: t.Map) -> str:
    assert isinstance(pair, tuple)
    return f"{to_wave(pair[0], type.key)}: {to_wave(pair[1], type.value)}"


def _case(type: t.Variant | t.Option | t.Result, index: int, payload: Value | None) -> str:
    name = case_name(type, index)
    label = _label(name) if isinstance(type, t.Variant) else name
    inner = type.payloads[index]
    return label if inner is None or payload is None else f"{label}({to_wave(payload, inner)})"


def _label(name: str) -> str:
    return f"%{name}" if name in KEYWORDS else name


def quoted(text: str, quote: str) -> str:
    """A char (`'`) or string (`"`) with escapes; control and unassigned characters as `\\u{...}`."""
    out = [quote]
    for char in text:
        if char == quote:
            out.append("\\" + char)
        elif char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif char.isprintable():
            out.append(char)
        else:
            out.append(f"\\u{{{ord(char):x}}}")
    return "".join(out) + quote


def float_text(value: Float) -> str:
    """The shortest decimal number that reads back to the same bits, or a keyword."""
    if value.is_nan:
        canonical = value.bits == CANONICAL_NAN[value.width]
        return "nan" if canonical else f"nan:0x{value.bits:0{value.width // 4}x}"
    number = value.value
    if math.isinf(number):
        return "inf" if number > 0 else "-inf"
    if number == int(number) and abs(number) < 1e16:
        return "-0" if value.bits >> (value.width - 1) and number == 0 else str(int(number))
    if value.width == 64:
        return repr(number)
    for digits in range(1, 10):
        text = f"{number:.{digits}g}"
        if Float.of(float(text), 32).bits == value.bits:
            return text
    raise AssertionError("nine digits distinguish any two f32")
