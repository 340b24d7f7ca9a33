"""Mutants: our tools with one deliberate fault each, to check whether the harness notices it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, unique
from functools import partial
from typing import Any

from harness.mutants.patch import Patch, Seam
from harness.mutants.wrapping import Wrapper, wrap_export


@unique
class Area(Enum):
    """The tool that is wrong. A fault exists only while that tool works."""

    GENERATOR = "generator"
    LINKER = "linker"
    INTERPRETER = "interpreter"
    EMBEDDER = "embedder"
    """`component embed`, `component new` and `component wit`."""
    INITIALIZER = "initializer"
    """`component init`. The subjects of its runs are pre-initialised."""


@dataclass(frozen=True)
class Mutant:
    """`wrong` describes the fault; `needs` describes worlds that show it; `shown_by` names such a world in
    `worlds.py`, or a link case in `shown_link_cases.py`."""

    name: str
    area: Area
    wrong: str
    needs: str
    shown_by: str
    fault: Patch | Callable[[bytes], bytes]
    """For an interpreter: the function that makes its library wrong."""


class Table:
    """The mutants of one area, in the order of their definition. Each is a function of a few lines or a value."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.rows: list[Mutant] = []

    def value(self, name: str, seam: Seam, value: Any, wrong: str, *, needs: str, shown_by: str) -> None:
        """A wrong number or table entry."""
        self.rows.append(Mutant(name, self.area, wrong, needs, shown_by, Patch(seam, value)))

    def function(
        self, name: str, seam: Seam, wrong: str, *, needs: str, shown_by: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorates the replacement of a function; it gets the original before the arguments."""

        def add(function: Callable[..., Any]) -> Callable[..., Any]:
            self.rows.append(Mutant(name, self.area, wrong, needs, shown_by, Patch(seam, function)))
            return function

        return add

    def export(self, name: str, export: str, wrong: str, *, needs: str, shown_by: str) -> Callable[[Wrapper], Wrapper]:
        """Decorates a function that writes the body of a wrapper around one of the interpreter's exports."""

        def add(write: Wrapper) -> Wrapper:
            fault = partial(wrap_export, name=export, write=write)
            self.rows.append(Mutant(name, self.area, wrong, needs, shown_by, fault))
            return write

        return add
