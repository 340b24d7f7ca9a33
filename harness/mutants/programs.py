"""Linkers with faults that a library with an interpreter hardly shows: programs of several libraries show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.link.dl_table as dl_table
import generator.link.layout as layout
import generator.link.order as order
from generator.componentize.plan import CanonicalOptions
from generator.link.dylink import Dylink
from generator.link.layout import MemoryLayout
from generator.link.library import Library
from generator.link.plan_link import Linking
from generator.link.symbols import STUBS, Definitions, FunctionSymbol, Resolver
from generator.wasm.types import FuncType, Limits
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, Member
from harness.mutants.worlds import PROGRAMS as SHOWN_BY

PROGRAMS = Table(Area.LINKER)
_row = PROGRAMS.function

Original = Callable[..., Any]


PROGRAMS.value(
    "heap-base-unaligned",
    Here(layout, "HEAP_ALIGNMENT"),
    1,
    "`__heap_base` is the unaligned end of the data",
    needs="a library of an odd size that imports `__heap_base`",
    shown_by=SHOWN_BY,
)


@_row(
    "memory-maximum-ignored",
    FunctionOf(layout, "needed_limits"),
    "the memory has no maximum, although a library imports it with one",
    needs="a library that limits the memory",
    shown_by=SHOWN_BY,
)
def _(original: Original, what: str, *args: Any) -> Limits:
    found: Limits = original(what, *args)
    return Limits(found.minimum, None) if what == "memory" else found


@_row(
    "memory-minimum-ignored",
    FunctionOf(layout, "needed_limits"),
    "the memory is as large as the data, although a library imports a larger one",
    needs="a library that imports a memory with a large minimum",
    shown_by=SHOWN_BY,
)
def _(original: Original, what: str, unit: str, needed: int, *args: Any) -> Limits:
    found: Limits = original(what, unit, needed, *args)
    return Limits(needed, found.maximum) if what == "memory" else found


@_row(
    "reallocs-exchanged",
    Member(Linking, "canonical_options"),
    "imports allocate with the `realloc` for exports, and exports with the one for imports",
    needs="a library with an allocator for only one of the two, and a string",
    shown_by=SHOWN_BY,
)
def _(original: Original, self: Linking, library: Library) -> CanonicalOptions:
    found: CanonicalOptions = original(self, library)
    return replace(found, import_realloc=found.export_realloc, export_realloc=found.import_realloc)


@_row(
    "imports-allocate-as-the-first-library",
    Member(Linking, "canonical_options"),
    "all libraries' imports allocate with the `realloc` of the first library",
    needs="two libraries with an allocator each, both with an import that returns a string",
    shown_by="strings-from-imports",
)
def _(original: Original, self: Linking, library: Library) -> CanonicalOptions:
    found: CanonicalOptions = original(self, library)
    first = vars(self).setdefault("first_import_realloc", found.import_realloc)
    return replace(found, import_realloc=first)


@_row(
    "relocations-just-before-constructors",
    Member(Linking, "initialization"),
    "each library is relocated and constructed before the next one is relocated",
    needs="a constructor that reads relocated data of a later library, in a circle",
    shown_by=SHOWN_BY,
)
def _(original: Original, self: Linking) -> Any:
    found = original(self)
    places = {library.name: place for place, library in enumerate(self.selection.in_order)}
    return replace(found, calls=sorted(found.calls, key=lambda call: places[call.function.module]))


@_row(
    "dlsym-table-backwards",
    Here(dl_table, "symbols_of"),
    "the symbols that `dlsym` searches are sorted in reverse",
    needs="a library of several symbols that is opened",
    shown_by=SHOWN_BY,
)
def _(original: Original, library: Library) -> list[str]:
    found: list[str] = original(library)
    return found[::-1]


@_row(
    "last-definition-counts",
    Member(Definitions, "__init__"),
    "the last of several libraries that export a symbol defines it",
    needs="two libraries that export one symbol",
    shown_by=SHOWN_BY,
)
def _(original: Original, self: Definitions, libraries: Sequence[Library]) -> None:
    original(self, libraries[::-1])


@_row(
    "circles-constructed-backwards",
    FunctionOf(order, "dependency_order"),
    "libraries that need each other are constructed in the wrong order",
    needs="a circle of libraries with constructors",
    shown_by=SHOWN_BY,
)
def _(original: Original, libraries: Sequence[str], dependencies: Any) -> list[str]:
    found: list[str] = original(libraries[::-1], dependencies)
    return found


def _asking(library: Library, dylink: Dylink) -> Library:
    return replace(library, contents=replace(library.contents, dylink=dylink))


@_row(
    "memory-aligned-to-16-at-most",
    FunctionOf(layout, "lay_out"),
    "the data of a library that requests a larger alignment is aligned to 16 bytes",
    needs="a library whose memory is aligned to 32",
    shown_by=SHOWN_BY,
)
def _(original: Original, libraries: Sequence[Library], *args: Any) -> MemoryLayout:
    asked = [item.contents.dylink for item in libraries]
    asked = [replace(item, memory_alignment=min(4, item.memory_alignment)) for item in asked]
    found: MemoryLayout = original(list(map(_asking, libraries, asked)), *args)
    return found


@_row(
    "table-not-aligned",
    FunctionOf(layout, "lay_out"),
    "the elements of a library begin anywhere in the table",
    needs="a library whose elements are aligned",
    shown_by=SHOWN_BY,
)
def _(original: Original, libraries: Sequence[Library], *args: Any) -> MemoryLayout:
    asked = [replace(item.contents.dylink, table_alignment=0) for item in libraries]
    found: MemoryLayout = original(list(map(_asking, libraries, asked)), *args)
    return found


@_row(
    "weak-function-not-null",
    Member(Resolver, "function_address"),
    "an undefined weak function has an address",
    needs="an undefined weak function",
    shown_by=SHOWN_BY,
)
def _(original: Original, self: Resolver, library: Library, name: str, called: FunctionSymbol | None) -> FunctionSymbol:
    found: FunctionSymbol | None = original(self, library, name, called)
    return found or called or FunctionSymbol(STUBS, name, FuncType(()))
