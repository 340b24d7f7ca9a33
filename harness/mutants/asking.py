"""Generators whose `dylink.0` section requests too little from the loader of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.dylib.output as output
import generator.dylib.sections as sections
from generator.dylib.output import Library
from generator.wasm.module import CustomSection
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf

ASKING = Table(Area.GENERATOR)
_row = ASKING.function

Original = Callable[..., Any]


@_row(
    "memory-8-bytes-short",
    FunctionOf(output, "encode_library"),
    "the library requests 8 bytes less memory than it uses",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, library: Library) -> bytes:
    binary: bytes = original(replace(library, memory_size=library.memory_size - 8))
    return binary


@_row(
    "memory-of-data-only",
    FunctionOf(output, "encode_library"),
    "the library requests no memory for uninitialized data: the areas of results",
    needs="an exported function with a result in memory",
    shown_by="results",
)
def _(original: Original, library: Library) -> bytes:
    binary: bytes = original(replace(library, memory_size=len(library.data)))
    return binary


@_row(
    "no-memory",
    FunctionOf(output, "encode_library"),
    "the library requests no memory",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, library: Library) -> bytes:
    binary: bytes = original(replace(library, memory_size=0))
    return binary


_DYLINK = FunctionOf(sections, "dylink_section")


@_row(
    "memory-alignment-1",
    _DYLINK,
    "the library requests no alignment of its memory",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, size: int, alignment: int, table: int, needed: Sequence[str]) -> CustomSection:
    section: CustomSection = original(size, 1, table, needed)
    return section


@_row(
    "memory-alignment-4",
    _DYLINK,
    "the library requests an alignment of 4 for its memory",
    needs="an exported function with a result in memory that is aligned to 8",
    shown_by="results",
)
def _(original: Original, size: int, alignment: int, table: int, needed: Sequence[str]) -> CustomSection:
    section: CustomSection = original(size, 4, table, needed)
    return section


@_row(
    "table-1-element-short",
    _DYLINK,
    "the library requests one table element less than it fills",
    needs="an imported function",
    shown_by="numbers",
)
def _(original: Original, size: int, alignment: int, table: int, needed: Sequence[str]) -> CustomSection:
    section: CustomSection = original(size, alignment, max(0, table - 1), needed)
    return section


@_row("needs-nothing", _DYLINK, "the library needs no interpreter", needs="any world", shown_by="numbers")
def _(original: Original, size: int, alignment: int, table: int, needed: Sequence[str]) -> CustomSection:
    section: CustomSection = original(size, alignment, table, ())
    return section
