"""What a run calls, as text for people: put together only where somebody reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from harness.values import Value
from harness.wave import function_call
from harness.world import Function


class Calls(Sequence[str]):
    """Calls in order; each becomes text when it is asked for."""

    def __init__(self) -> None:
        self._calls: list[tuple[Function, Sequence[Value], Value | None]] = []

    def add(self, function: Function, args: Sequence[Value], result: Value | None) -> None:
        self._calls.append((function, args, result))

    def cut(self, count: int) -> None:
        """Only the first `count` remain."""
        del self._calls[count:]

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [function_call(*call) for call in self._calls[index]]
        return function_call(*self._calls[index])

    def __len__(self) -> int:
        return len(self._calls)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calls) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(len(self._calls))
