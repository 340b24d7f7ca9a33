"""What a run calls, as text for people: put together only where somebody reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from harness.values.values import Case, HandleName, Value
from harness.values.wave import function_call
from harness.world import types as t
from harness.world.world import Function


@dataclass(slots=True)
class Called:
    """A call. `given` and `returned`: the names of the handles in its arguments and in its result, in the order in
    which `harness.script.encoding.handles` finds them; empty for an error context, which has no name. One name is one
    resource, on both sides and from call to call."""

    function: Function
    args: Sequence[Value]
    result: Value | None
    given: Sequence[str] = ()
    returned: Sequence[str] = ()

    def __str__(self) -> str:
        names = iter(self.given)
        args = [named(value, param.type, names) for value, param in zip(self.args, self.function.params, strict=True)]
        result = self.result
        if result is not None and self.function.result is not None:
            result = named(result, self.function.result, iter(self.returned))
        return function_call(self.function, args, result)


class Calls(Sequence[str]):
    """Calls in order; each becomes text when it is asked for."""

    def __init__(self) -> None:
        self._calls: list[Called] = []

    def add(self, called: Called) -> None:
        self._calls.append(called)

    @property
    def functions(self) -> tuple[str, ...]:
        """The canonical name of each call's function."""
        return tuple(called.function.canonical for called in self._calls)

    def cut(self, count: int) -> None:
        """Only the first `count` remain."""
        del self._calls[count:]

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return list(map(str, self._calls[index])) if isinstance(index, slice) else str(self._calls[index])

    def __len__(self) -> int:
        return len(self._calls)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calls) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(len(self._calls))


def named(value: Value, type: t.Type, names: Iterator[str]) -> Value:
    """The value with its handles called by `names`, one for each handle and error context in it."""
    if not type.holds_handles:
        return value
    match type, value:
        case t.Own() | t.Borrow(), HandleName():
            return HandleName(next(names, "") or value.name)
        case t.Prim.ERROR_CONTEXT, _:
            next(names, "")
            return value
        case t.Record() | t.Tuple(), tuple():
            return tuple(named(item, member, names) for item, member in zip(value, t.parts(type), strict=True))
        case t.List() | t.FixedLengthList(), tuple():
            return tuple(named(item, type.type, names) for item in value)
        case t.Map(), tuple():
            return tuple(_entry(pair, type, names) for pair in value)
        case t.Variant() | t.Option() | t.Result(), Case(index, payload):
            inner = t.payloads(type)[index]
            return value if inner is None or payload is None else Case(index, named(payload, inner, names))
    return value


def _entry(pair: Value, type: t.Map, names: Iterator[str]) -> Value:
    assert isinstance(pair, tuple)
    return named(pair[0], type.key, names), named(pair[1], type.value, names)
