"""Generators that import the built-ins of streams and futures under wrong names: of another type, or with the wrong
waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import generator.dylib.wit_t.copies as copies
from generator.canonical.names import CopyIntrinsic, ImportName
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Here

COPY_IMPORTS = Table(Area.GENERATOR)
_row = COPY_IMPORTS.function

Original = Callable[..., Any]

_NAME = Here(copies, "copy_import_name")


@_row(
    "built-ins-of-the-other-side",
    _NAME,
    "a stream or future that an exported function mentions has the built-ins of the imported one",
    needs="a stream of handles of an interface that is imported and exported",
    shown_by="async-streams-on-both-sides",
)
def _(original: Original, *args: Any, exported: bool, async_lower: bool = False) -> ImportName:
    name: ImportName = original(*args, exported=False, async_lower=async_lower)
    return name


@_row(
    "built-ins-of-the-first-type-of-a-function",
    _NAME,
    "all streams and futures of a function have the built-ins of the first one",
    needs="a function with two stream types",
    shown_by="async-streams",
)
def _(
    original: Original,
    resolve: Any,
    key: Any,
    function: Any,
    kind: str,
    intrinsic: CopyIntrinsic,
    ordinal: int,
    exported: bool,
    async_lower: bool = False,
) -> ImportName:
    name: ImportName = original(resolve, key, function, kind, intrinsic, 0, exported=exported, async_lower=async_lower)
    return name


@_row(
    "reads-block",
    _NAME,
    "`read` is imported without `[async-lower]`, so it blocks",
    needs="a read that finds no writer",
    shown_by="async-cancelled-copies",
)
def _(original: Original, *args: Any, exported: bool, async_lower: bool = False) -> ImportName:
    waits = async_lower and CopyIntrinsic.READ not in args
    name: ImportName = original(*args, exported=exported, async_lower=waits)
    return name


@_row(
    "writes-block",
    _NAME,
    "`write` is imported without `[async-lower]`, so it blocks",
    needs="a write that finds no reader",
    shown_by="async-streams",
)
def _(original: Original, *args: Any, exported: bool, async_lower: bool = False) -> ImportName:
    waits = async_lower and CopyIntrinsic.WRITE not in args
    name: ImportName = original(*args, exported=exported, async_lower=waits)
    return name


@_row(
    "cancellations-do-not-wait",
    _NAME,
    "`cancel-read` and `cancel-write` are imported with `[async-lower]`, so they may answer BLOCKED",
    needs="a stream or future",
    shown_by="async-cancelled-copies",
)
def _(original: Original, *args: Any, exported: bool, async_lower: bool = False) -> ImportName:
    cancels = CopyIntrinsic.CANCEL_READ in args or CopyIntrinsic.CANCEL_WRITE in args
    name: ImportName = original(*args, exported=exported, async_lower=async_lower or cancels)
    return name
