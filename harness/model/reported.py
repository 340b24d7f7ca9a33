"""How an interpreter reports the values of a list that goes whole (interpreters/PROTOCOL.md, "Lists that go whole")."""

from __future__ import annotations

from collections.abc import Iterable

from harness.script import operations as s
from harness.script.text import value_text
from harness.values.values import without_payload

_U64 = (1 << 64) - 1
_FLOATS = {"f32": 32, "f64": 64}


def reported_items(items: Iterable[s.Value]) -> str:
    """The values in the notation of scripts."""
    return " ".join([value_text(_reported(item)) for item in items])


def _reported(value: s.Value) -> s.Value:
    """The value with numbers as the interpreter has them: 64 bits, and the canonical bits for a NaN."""
    match value:
        case s.Number(kind, number):
            reported = _number(kind, number)
            return value if reported == number else s.Number(kind, reported)
        case s.Fields(items):
            return s.Fields(tuple(map(_reported, items)))
        case s.Items(items):
            return s.Items(tuple(map(_reported, items)))
        case s.CaseValue(discriminant, payload) if payload is not None:
            return s.CaseValue(discriminant, _reported(payload))
        case s.Entries(pairs):
            return s.Entries(tuple([(_reported(key), _reported(mapped)) for key, mapped in pairs]))
        case s.Pointer(address, length):
            return s.Pointer(address & _U64, length)
    return value


def _number(kind: str, value: int) -> int:
    if kind in _FLOATS:
        return without_payload(value, _FLOATS[kind])
    value &= _U64
    return value - (1 << 64) if kind.startswith("s") and value >> 63 else value
