"""Mutants: our tools with one deliberate fault each, to find out whether the harness notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, unique
from functools import partial
from typing import Any

from harness.mutants.patch import Patch, Place
from harness.mutants.wrapping import Wrapper, wrap_export


@unique
class Area(Enum):
    """Which tool is wrong. A fault is there only while that tool works."""

    GENERATOR = "generator"
    LINKER = "linker"
    INTERPRETER = "interpreter"
    EMBEDDER = "embedder"
    """`component embed`, `component new` and `component wit`."""


@dataclass(frozen=True)
class Mutant:
    """`wrong` says what it does; `needs`, in words, what a world must have to show it; `shown_by` names such a world
    in `worlds.py`, or a program in `shown_programs.py`."""

    name: str
    area: Area
    wrong: str
    needs: str
    shown_by: str
    fault: Patch | Callable[[bytes], bytes]
    """For an interpreter: what makes its library wrong."""


class Table:
    """The mutants of one area, in the order of their definition. Each is a function of a few lines or a value."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.rows: list[Mutant] = []

    def value(self, name: str, place: Place, value: Any, wrong: str, *, needs: str, shown_by: str) -> None:
        """A number or table entry that is wrong."""
        self.rows.append(Mutant(name, self.area, wrong, needs, shown_by, Patch(place, value)))

    def function(
        self, name: str, place: Place, wrong: str, *, needs: str, shown_by: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorates what takes a function's place; it gets the original before the arguments."""

        def add(function: Callable[..., Any]) -> Callable[..., Any]:
            self.rows.append(Mutant(name, self.area, wrong, needs, shown_by, Patch(place, function)))
            return function

        return add

    def export(self, name: str, export: str, wrong: str, *, needs: str, shown_by: str) -> Callable[[Wrapper], Wrapper]:
        """Decorates what writes the body of a function around one that the interpreter exports."""

        def add(write: Wrapper) -> Wrapper:
            fault = partial(wrap_export, name=export, write=write)
            self.rows.append(Mutant(name, self.area, wrong, needs, shown_by, fault))
            return write

        return add
