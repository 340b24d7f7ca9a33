"""Generators with wrong adapters of asynchronous imports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import generator.canonical.flatten as flatten
import generator.dylib.adapters.async_imports as async_imports
import generator.dylib.adapters.call_area as places
from generator.canonical.layout import Layout
from generator.dylib.adapters.call_area import CallArea
from generator.dylib.adapters.kit import Kit
from generator.dylib.code.assembly import Body, Func
from generator.dylib.world.functions import FunctionUse
from harness.mutants.kept_frames import write_without_leaving
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here

ASYNC_IMPORTS = Table(Area.GENERATOR)
_row = ASYNC_IMPORTS.function

Original = Callable[..., Any]


@_row(
    "async-result-not-aligned",
    FunctionOf(places, "async_call_area"),
    "the result of an asynchronous import lies behind the parameters without alignment",
    needs="more than four parameters of an asynchronous import, and a result of a larger alignment",
    shown_by="async-calls",
)
def _(original: Original, layout: Layout, use: FunctionUse) -> CallArea:
    area: CallArea = original(layout, use)
    if not use.signature.indirect_params or not use.signature.result_pointer:
        return area
    return replace(area, result_at=layout.record([param.type for param in use.function.params])[0])


@_row(
    "async-area-one-word-short",
    FunctionOf(places, "async_call_area"),
    "the area of an asynchronous call is one word too small",
    needs="an asynchronous import with a result of at least one word",
    shown_by="async-calls",
)
def _(original: Original, layout: Layout, use: FunctionUse) -> CallArea:
    area: CallArea = original(layout, use)
    return replace(area, size=max(area.size - 4, 0))


@_row(
    "async-result-lifted-from-the-start",
    Here(async_imports, "lift_result"),
    "the result of an asynchronous import is lifted from the start of the area",
    needs="more than four parameters of an asynchronous import, and a result",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int, result_at: int) -> None:
    original(kit, body, cx, use, area, 0)


@_row(
    "async-result-lifted-twice",
    Here(async_imports, "lift_result"),
    "the result of an asynchronous import is lifted twice",
    needs="an asynchronous import with a result",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int, result_at: int) -> None:
    for _ in range(2):
        original(kit, body, cx, use, area, result_at)


@_row(
    "async-result-never-lifted",
    Here(async_imports, "lift_result"),
    "the result of an asynchronous import is not lifted",
    needs="an asynchronous import with a result",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int, result_at: int) -> None:
    pass


@_row(
    "async-parameters-exchanged-in-the-area",
    Here(async_imports, "lower_params"),
    "the first two parameters of an asynchronous import are exchanged in the area",
    needs="more than four parameters of an asynchronous import, the first two of one type",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int) -> None:
    params = use.function.params
    if not use.signature.indirect_params or len(params) < 2 or params[0].type != params[1].type:
        original(kit, body, cx, use, area)
        return
    offsets = kit.layout.field_offsets([param.type for param in params])
    for param, offset in zip(use.params, [offsets[1], offsets[0], *offsets[2:]], strict=False):
        kit.lower.to_memory(body, cx, param.node, area, offset)
    body.local_get(area)


@_row(
    "async-import-keeps-its-frame",
    FunctionOf(async_imports, "write_start"),
    "the adapter of an asynchronous import does not restore the stack pointer",
    needs="an asynchronous import with a string or list and up to four flat parameters",
    shown_by="async-calls",
)
def _(original: Original, kit: Kit, adapter: Func, use: FunctionUse) -> None:
    write_without_leaving(original, kit, adapter, use)


ASYNC_IMPORTS.value(
    "async-import-of-five-flat-parameters",
    Here(flatten, "MAX_FLAT_ASYNC_PARAMS"),
    5,
    "an asynchronous import has up to five flat parameters",
    needs="five flat parameters of an asynchronous import",
    shown_by="async-calls",
)
