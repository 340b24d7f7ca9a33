"""Generators that describe the adapters of asynchronous functions wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from generator.dylib.wit_t.encoder import Encoder, FunctionEntry
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Member

ASYNC_DESCRIPTION = Table(Area.GENERATOR)
_row = ASYNC_DESCRIPTION.function

Original = Callable[..., Any]
Slice = tuple[int, int | None]


@_row(
    "async-area-of-no-size",
    Member(Encoder, "write_import"),
    "the interpreter is told that asynchronous calls need no area",
    needs="an asynchronous import with a result",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, area=(0, entry.area[1])), params)


@_row(
    "async-area-of-alignment-1",
    Member(Encoder, "write_import"),
    "the interpreter is told that the area of an asynchronous call needs no alignment",
    needs="an asynchronous import with a result of an alignment above 1",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, area=(entry.area[0], min(entry.area[1], 1))), params)


@_row(
    "async-impl-missing",
    Member(Encoder, "write_import"),
    "the interpreter gets no adapter that starts an asynchronous call",
    needs="an asynchronous import",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, async_impl=None), params)


@_row(
    "impl-of-async-import",
    Member(Encoder, "write_import"),
    "an asynchronous import also has a synchronous adapter, which is the asynchronous one",
    needs="an asynchronous import",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, impl=entry.async_impl if entry.impl is None else entry.impl), params)


@_row(
    "async-lift-impl-missing-without-result",
    Member(Encoder, "write_import"),
    "the interpreter gets no adapter that lifts the result of an asynchronous import without a result",
    needs="an asynchronous import without a result",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, async_lift_impl=None) if entry.result is None else entry, params)


@_row(
    "async-impls-exchanged",
    Member(Encoder, "write_import"),
    "asynchronous imports have the adapters of the import before them",
    needs="two asynchronous imports of one signature",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    place = entry.async_impl
    original(self, replace(entry, async_impl=place - 2 if place is not None and place >= 2 else place), params)


@_row(
    "async-impl-of-the-first-import",
    Member(Encoder, "write_import"),
    "every asynchronous import starts as the first one",
    needs="two asynchronous imports",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    if entry.async_impl is not None:
        entry = replace(entry, async_impl=self.__dict__.setdefault("first_async_impl", entry.async_impl))
    original(self, entry, params)


@_row(
    "task-return-missing",
    Member(Encoder, "write_export"),
    "the interpreter gets no adapter that returns from an asynchronous export",
    needs="an asynchronous export",
    shown_by="async-calls",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: Slice) -> None:
    original(self, replace(entry, task_return=None), params)
