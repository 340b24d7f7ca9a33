"""Linkers that lay out, order or initialize libraries wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import generator.link.layout as layout
import generator.link.main_module as main_module
import generator.link.order as order
from generator.componentize.plan import CoreExport
from generator.link import names
from generator.link.layout import MemoryLayout
from generator.link.library import Library
from generator.link.plan_link import Linking
from generator.link.symbols import STUBS, Definitions, FunctionSymbol
from generator.wasm.types import FuncType, Limits
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Member
from harness.mutants.worlds import PROGRAMS

LINKING = Table(Area.LINKER)
_row = LINKING.function

_plan_link = import_module("generator.link.plan_link")
"""The package has a function of the same name."""

Original = Callable[..., Any]


@_row(
    "slot-0-used",
    FunctionOf(layout, "lay_out"),
    "the first function of the libraries gets the table's slot 0, the null pointer",
    needs="an imported function",
    shown_by="numbers",
)
def _(original: Original, *args: Any) -> MemoryLayout:
    found: MemoryLayout = original(*args)
    bases = {library: base - 1 for library, base in found.table_bases.items()}
    return replace(found, table_bases=bases)


@_row(
    "data-bases-off-by-four",
    FunctionOf(layout, "lay_out"),
    "the data of a library begins 4 bytes after its alignment",
    needs="an exported function with a result in memory that is aligned to 8",
    shown_by="results",
)
def _(original: Original, *args: Any) -> MemoryLayout:
    found: MemoryLayout = original(*args)
    bases = {library: base + 4 for library, base in found.memory_bases.items()}
    return replace(found, memory_bases=bases, heap_base=found.heap_base + layout.HEAP_ALIGNMENT)


@_row(
    "data-of-libraries-overlaps",
    FunctionOf(layout, "lay_out"),
    "the data of all libraries begins at one address",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, *args: Any) -> MemoryLayout:
    found: MemoryLayout = original(*args)
    return replace(found, memory_bases=dict.fromkeys(found.memory_bases, min(found.memory_bases.values())))


@_row(
    "stack-of-256-bytes",
    FunctionOf(layout, "lay_out"),
    "the stack is much smaller than requested",
    needs="code that uses the stack",
    shown_by="numbers",
)
def _(original: Original, libraries: Sequence[Library], slots: Any, stack_size: int, *rest: Any) -> MemoryLayout:
    found: MemoryLayout = original(libraries, slots, 256, *rest)
    return found


@_row(
    "stack-begins-in-the-data",
    FunctionOf(main_module, "build_main_module"),
    "the stack begins 2048 bytes too high, in the data of the first library",
    needs="code that uses the stack",
    shown_by="numbers",
)
def _(original: Original, layout: MemoryLayout, **rest: Any) -> bytes:
    binary: bytes = original(replace(layout, stack_size=layout.stack_size + 2048), **rest)
    return binary


@_row(
    "memory-cannot-grow",
    FunctionOf(layout, "lay_out"),
    "the memory's maximum is its initial size",
    needs="values that need memory",
    shown_by="lists",
)
def _(original: Original, *args: Any) -> MemoryLayout:
    found: MemoryLayout = original(*args)
    return replace(found, memory=Limits(found.memory.minimum, found.memory.minimum))


@_row(
    "wrong-library-order",
    FunctionOf(order, "dependency_order"),
    "libraries are instantiated and constructed before the libraries that they need",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, *args: Any) -> list[str]:
    found: list[str] = original(*args)
    return found[::-1]


def _calls(original: Original, libraries: Iterable[Library], functions: Sequence[str], times: int) -> list[CoreExport]:
    found: list[CoreExport] = list(original(libraries, *functions))
    return found * times if names.CALL_CTORS in functions else found


@_row(
    "constructors-not-run",
    FunctionOf(_plan_link, "initial_calls"),
    "the constructors of libraries are never called",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, libraries: Iterable[Library], *functions: str) -> list[CoreExport]:
    return _calls(original, libraries, functions, 0)


@_row(
    "constructors-run-twice",
    FunctionOf(_plan_link, "initial_calls"),
    "the constructors of libraries are called twice",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, libraries: Iterable[Library], *functions: str) -> list[CoreExport]:
    return _calls(original, libraries, functions, 2)


@_row(
    "initialize-before-constructors",
    FunctionOf(_plan_link, "initial_calls"),
    "libraries with `_initialize` are started before all libraries with constructors",
    needs="a library with `_initialize` that needs one with constructors",
    shown_by=PROGRAMS,
)
def _(original: Original, libraries: Iterable[Library], *functions: str) -> list[CoreExport]:
    return [call for name in reversed(functions) for call in original(libraries, name)]


@_row(
    "constructors-before-initialize",
    FunctionOf(_plan_link, "initial_calls"),
    "libraries with constructors are started before all libraries with `_initialize`",
    needs="a library with constructors that needs one with `_initialize`",
    shown_by=PROGRAMS,
)
def _(original: Original, libraries: Iterable[Library], *functions: str) -> list[CoreExport]:
    return [call for name in functions for call in original(libraries, name)]


@_row(
    "constructors-before-relocations",
    Member(Linking, "initialization"),
    "constructors run before addresses are relocated",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, self: Linking) -> Any:
    found = original(self)
    return replace(found, calls=found.calls[::-1])


@_row(
    "no-relocations",
    FunctionOf(_plan_link, "initial_calls"),
    "relocations are missing",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, libraries: Iterable[Library], *functions: str) -> list[CoreExport]:
    return [] if names.APPLY_DATA_RELOCS in functions else list(original(libraries, *functions))


@_row(
    "stub-called",
    Member(Definitions, "function"),
    "a function of the interpreter is bound to a trapping stub, although a library defines it",
    needs="a list that is lowered element by element",
    shown_by="lists",
)
def _(original: Original, self: Definitions, name: str, type: FuncType) -> FunctionSymbol | None:
    if name == "wit_dylib_pop_list_iter":
        return FunctionSymbol(STUBS, name, type)
    found: FunctionSymbol | None = original(self, name, type)
    return found
