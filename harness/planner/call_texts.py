"""The calls of a run as text for people, made only on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from harness.plan.steps import CallStep
from harness.values.values import Value
from harness.values.wave import function_call
from harness.world.world import Function


class CallTexts(Sequence[str]):
    """Calls in order, then `notes`; each becomes text on demand."""

    def __init__(self, calls: Sequence[tuple[Function, CallStep[Value]]], notes: Sequence[str] = ()) -> None:
        self._calls = calls
        self._notes = notes

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        numbers = range(len(self))[index]
        return self._text(numbers) if isinstance(numbers, int) else [self._text(number) for number in numbers]

    def _text(self, number: int) -> str:
        if number >= len(self._calls):
            return self._notes[number - len(self._calls)]
        function, step = self._calls[number]
        return function_call(function, step.args, step.result)

    def __len__(self) -> int:
        return len(self._calls) + len(self._notes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CallTexts) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(len(self))
