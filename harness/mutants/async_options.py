"""Linkers that define asynchronous functions and built-ins with wrong canonical options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from generator.canonical.flatten import AsyncAbi, Flattening
from generator.canonical.names import callback_name
from generator.component.canon import BuiltinOp, StringEncoding
from generator.componentize.canonical import CanonicalDefinitions
from generator.componentize.core_exports import CoreExports, LiftedFunction
from generator.componentize.definitions import CopyBuiltin, CoreImport, LoweredFunction, TaskReturn
from generator.componentize.options import NeededOptions, TypeContents
from generator.componentize.plan import PlanModule
from generator.resolved.instances import InterfaceInstance
from generator.resolved.model import Function, WorldKey
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Member

ASYNC_OPTIONS = Table(Area.LINKER)
_row = ASYNC_OPTIONS.function

Original = Callable[..., Any]

_DEFINITION = Member(CanonicalDefinitions, "core_function")


@_row(
    "async-import-lowered-synchronously",
    _DEFINITION,
    "asynchronous imports are lowered without the option `async`",
    needs="an asynchronous import",
    shown_by="async-calls",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, LoweredFunction):
        item = replace(item, meaning=replace(item.meaning, async_abi=AsyncAbi.SYNC))
    index: int = original(self, item, module)
    return index


@_row(
    "task-return-as-utf-16",
    _DEFINITION,
    "`task.return` has the string encoding UTF-16",
    needs="an asynchronous export with a string",
    shown_by="async-calls",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, TaskReturn):
        item = replace(item, encoding=StringEncoding.UTF16)
    index: int = original(self, item, module)
    return index


@_row(
    "task-return-without-memory",
    _DEFINITION,
    "`task.return` has no memory",
    needs="an asynchronous export with a string, or with a result of more than one flat value",
    shown_by="async-calls",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, TaskReturn):
        item = replace(item, needs=replace(item.needs, memory=False))
    index: int = original(self, item, module)
    return index


@_row(
    "task-return-with-options-of-its-result",
    Member(TypeContents, "to_return"),
    "`task.return` has memory and string encoding only if the result needs them",
    needs="an asynchronous export with a string as a parameter and a result of one flat value",
    shown_by="async-waits",
)
def _(original: Original, self: TypeContents, function: Function, flattening: Flattening) -> NeededOptions:
    needs: NeededOptions = original(self, replace(function, params=()), flattening)
    return needs


@_row(
    "read-without-realloc",
    _DEFINITION,
    "`read` has no function that allocates",
    needs="a stream or future of strings or lists",
    shown_by="async-streams",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, CopyBuiltin):
        item = replace(item, needs=replace(item.needs, realloc=False))
    index: int = original(self, item, module)
    return index


@_row(
    "copies-as-utf-16",
    _DEFINITION,
    "`read` and `write` have the string encoding UTF-16",
    needs="a stream or future of strings",
    shown_by="async-streams",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, CopyBuiltin):
        item = replace(item, encoding=StringEncoding.UTF16)
    index: int = original(self, item, module)
    return index


@_row(
    "reads-and-writes-without-async",
    _DEFINITION,
    "`read` and `write` are defined without the option `async`, so they block",
    needs="a write that finds no reader",
    shown_by="async-streams",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, CopyBuiltin):
        item = replace(item, meaning=replace(item.meaning, is_async=False))
    index: int = original(self, item, module)
    return index


@_row(
    "cancellations-as-async",
    _DEFINITION,
    "`cancel-read` and `cancel-write` are defined with the option `async`, which they are imported without",
    needs="a stream or future",
    shown_by="async-cancelled-copies",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, CopyBuiltin) and item.meaning.op in _OTHER_END:
        item = replace(item, meaning=replace(item.meaning, is_async=True))
    index: int = original(self, item, module)
    return index


_OTHER_END = {
    BuiltinOp.STREAM_CANCEL_READ: BuiltinOp.STREAM_CANCEL_WRITE,
    BuiltinOp.STREAM_CANCEL_WRITE: BuiltinOp.STREAM_CANCEL_READ,
    BuiltinOp.FUTURE_CANCEL_READ: BuiltinOp.FUTURE_CANCEL_WRITE,
    BuiltinOp.FUTURE_CANCEL_WRITE: BuiltinOp.FUTURE_CANCEL_READ,
}


@_row(
    "cancellation-of-the-other-end",
    _DEFINITION,
    "`cancel-read` is defined where `cancel-write` is imported, and the other way round",
    needs="a copy that is cancelled",
    shown_by="async-cancelled-copies",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    if isinstance(item.meaning, CopyBuiltin):
        op = item.meaning.op
        item = replace(item, meaning=replace(item.meaning, op=_OTHER_END.get(op, op)))
    index: int = original(self, item, module)
    return index


@_row(
    "lifted-with-the-callback-of-another",
    Member(CoreExports, "lifted"),
    "an asynchronous export is lifted with the callback of the first function of its interface",
    needs="two asynchronous exports, the second of which waits",
    shown_by="async-waits",
)
def _(
    original: Original, self: CoreExports, key: WorldKey, home: InterfaceInstance, function: Function, *rest: Any
) -> LiftedFunction:
    lifted: LiftedFunction = original(self, key, home, function, *rest)
    if lifted.callback is None or home.interface is None:
        return lifted
    functions = self.resolve.interfaces[home.interface].functions.values()
    first = next(other for other in functions if other.is_async)
    return replace(lifted, callback=callback_name(self.resolve, home.key, first))


@_row(
    "lifted-without-callback",
    Member(CanonicalDefinitions, "lift"),
    "asynchronous exports are lifted without the option `callback`",
    needs="an asynchronous export",
    shown_by="async-calls",
)
def _(original: Original, self: CanonicalDefinitions, lifted: LiftedFunction, home: InterfaceInstance) -> int:
    index: int = original(self, replace(lifted, callback=None), home)
    return index
