"""Linkers with faults about generated libraries and their interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import generator.link.worlds as worlds
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf

GENERATED = Table(Area.LINKER)

Original = Callable[..., Any]


@GENERATED.function(
    "two-generated-libraries-linked",
    FunctionOf(worlds, "refuse_two_generated"),
    "two generated libraries are linked to one interpreter, and the last world counts",
    needs="two generated libraries",
    shown_by="two-generated",
)
def _(original: Original, libraries: Any, *, several_worlds: bool = False) -> None:
    pass


@GENERATED.function(
    "generated-library-dropped",
    FunctionOf(worlds, "companions"),
    "a generated library whose world only imports is dropped, although its interpreter is linked",
    needs="a generated library whose world only imports, and an interpreter that exports something",
    shown_by="native-exports",
)
def _(original: Original, libraries: Any, bindings: Any) -> Mapping[str, str]:
    return {}
