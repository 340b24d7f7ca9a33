"""How an interpreter reports the values of a list that goes whole (interpreters/PROTOCOL.md, "Lists that go whole")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.script import operations as s
from harness.script.text import value_text
from harness.values.values import without_payload

_U64 = (1 << 64) - 1
_FLOATS = {"f32": 32, "f64": 64}


class Reports:
    """The reports of lists. The caller and the callee often report the same list, which is then written once."""

    _MOST = 64

    def __init__(self) -> None:
        self._made: dict[int, tuple[s.Items, str]] = {}
        """By identity, with the list itself, which so stays alive. Lists are as slow to compare as to write."""

    def of(self, value: s.Items) -> str:
        known = self._made.get(id(value))
        if known is None:
            if len(self._made) >= self._MOST:
                self._made.clear()
            known = self._made[id(value)] = value, reported_items(value.items)
        return known[1]


def reported_items(items: Sequence[s.Value]) -> str:
    """The values in the notation of scripts, with numbers as the interpreter has them: 64 bits, and the canonical bits
    for a NaN."""
    return " ".join([value_text(_reported(item)) for item in items])


def _reported(value: s.Value) -> s.Value:
    """The very value, if the interpreter has the same numbers."""
    reported = _REPORTED.get(value.__class__)
    return value if reported is None else reported(value)


def _number(value: s.Number) -> s.Value:
    kind, number = value.kind, value.value
    if kind in _FLOATS:
        reported = without_payload(number, _FLOATS[kind])
    else:
        reported = number & _U64
        if reported >> 63 and kind[0] == "s":
            reported -= 1 << 64
    return value if reported == number else s.Number(kind, reported)


def _case(value: s.CaseValue) -> s.Value:
    return value if value.payload is None else s.CaseValue(value.discriminant, _reported(value.payload))


_REPORTED: dict[type, Callable[[Any], s.Value]] = {
    s.Number: _number,
    s.Fields: lambda value: s.Fields(tuple(map(_reported, value.items))),
    s.Items: lambda value: s.Items(tuple(map(_reported, value.items))),
    s.CaseValue: _case,
    s.Entries: lambda value: s.Entries(tuple([(_reported(key), _reported(mapped)) for key, mapped in value.pairs])),
    s.Pointer: lambda value: s.Pointer(value.address & _U64, value.length),
}
