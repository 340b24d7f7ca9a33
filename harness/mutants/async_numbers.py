"""Generators that change what passes between the engine and the interpreter: callback codes, counts of elements, the
context slot; and one that keeps spilled arguments in a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import generator.dylib.adapters.async_exports as async_exports
import generator.dylib.adapters.async_imports as async_imports
import generator.dylib.adapters.task_return as task_return
import generator.dylib.wit_t.copies as copies
from generator.canonical.names import ROOT, CopyIntrinsic, callback_name, export_name
from generator.dylib.adapters.kit import Kit
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.helpers import Helpers
from generator.dylib.wit_t.copies import CopyEntry, CopyUse
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.type_table import TypeTable
from generator.dylib.world.types import Kind
from generator.wasm.code import Op
from generator.wasm.types import FuncType, ValType
from harness.mutants.copy_builtins import instead
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here

ASYNC_NUMBERS = Table(Area.GENERATOR)
_row = ASYNC_NUMBERS.function

I32 = ValType.I32

Original = Callable[..., Any]


# Tasks


def _ends_at_once(kit: Kit, name: str) -> None:
    """The exported function of this name returns 0, EXIT."""
    (body,) = [func.body for known, func in kit.assembly.exports if known == name]
    assert body is not None
    body.i32_const(0)
    body.op(Op.I32_AND)


@_row(
    "code-of-a-start-ignored",
    FunctionOf(async_exports, "write_async_export"),
    "an asynchronous export ends where the interpreter's callback code says that it waits",
    needs="an asynchronous export that waits",
    shown_by="async-waits",
)
def _(original: Original, kit: Kit, index: int, use: FunctionUse) -> None:
    original(kit, index, use)
    _ends_at_once(kit, export_name(kit.layout.resolve, use.instance.key, use.function, use.async_abi))


@_row(
    "code-of-a-callback-ignored",
    FunctionOf(async_exports, "write_callback"),
    "a callback ends its task where the interpreter's callback code says that it waits again",
    needs="an asynchronous export that waits twice",
    shown_by="async-parts",
)
def _(original: Original, kit: Kit, index: int, use: FunctionUse) -> None:
    original(kit, index, use)
    _ends_at_once(kit, callback_name(kit.layout.resolve, use.instance.key, use.function))


@_row(
    "task-return-clears-the-context-slot",
    FunctionOf(task_return, "write_task_return"),
    "`task_return` clears context slot 0, which belongs to the interpreter",
    needs="an asynchronous export that waits after its return",
    shown_by="async-parts",
)
def _(original: Original, kit: Kit, adapter: Func, use: FunctionUse) -> None:
    original(kit, adapter, use)
    assert adapter.body is not None
    adapter.body.i32_const(0)
    adapter.body.call_to(kit.assembly.import_function((ROOT, "[context-set-0]"), FuncType((I32,))))


# Counts of elements


def _offers_bytes(body: Body, call: Callable[[], None], size: int) -> None:
    count = 2
    body.local_get(count)
    body.i32_const(size)
    body.op(Op.I32_MUL)
    body.local_set(count)
    call()


def _tells_bytes(body: Body, call: Callable[[], None], size: int) -> None:
    """`code | count << 4` with the count in bytes; BLOCKED stays."""
    result = body.local(I32)
    call()
    body.local_tee(result)
    body.local_get(result)
    body.i32_const(15)
    body.op(Op.I32_AND)
    body.local_get(result)
    body.i32_const(4)
    body.op(Op.I32_SHR_U)
    body.i32_const(size)
    body.op(Op.I32_MUL)
    body.i32_const(4)
    body.op(Op.I32_SHL)
    body.op(Op.I32_OR)
    body.local_get(result)
    body.i32_const(-1)
    body.op(Op.I32_EQ)
    body.op(Op.SELECT)


def _counts(intrinsic: CopyIntrinsic, write: Callable[[Body, Callable[[], None], int], None]) -> Callable[..., Any]:
    """A fault of one built-in of all streams whose elements have more than one byte."""

    def fault(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
        entry: CopyEntry = original(assembly, helpers, table, copy)
        if copy.node.kind is not Kind.STREAM or entry.size < 2:
            return entry
        return instead(assembly, entry, intrinsic, lambda body, call: write(body, call, entry.size))

    return fault


for _word, _intrinsic in (("read", CopyIntrinsic.READ), ("write", CopyIntrinsic.WRITE)):
    _row(
        f"{_word}-offers-bytes",
        FunctionOf(copies, "copy_entry"),
        f"a {_word} offers as many elements as its buffer has bytes",
        needs="a stream of elements of two bytes or more, whose other end offers more elements",
        shown_by="async-parts",
    )(_counts(_intrinsic, _offers_bytes))

for _word, _intrinsic in (
    ("read", CopyIntrinsic.READ),
    ("write", CopyIntrinsic.WRITE),
    ("cancel-read", CopyIntrinsic.CANCEL_READ),
    ("cancel-write", CopyIntrinsic.CANCEL_WRITE),
):
    _row(
        f"{_word}-tells-bytes",
        FunctionOf(copies, "copy_entry"),
        f"`{_word}` tells the number of copied bytes in the place of elements",
        needs=f"a stream of elements of two bytes or more, and a {_word} that finds some copied",
        shown_by="async-parts",
    )(_counts(_intrinsic, _tells_bytes))


# Arguments


@_row(
    "async-arguments-in-a-frame",
    Here(async_imports, "lower_params"),
    "spilled parameters of an asynchronous import are in a frame of the stack that ends with the adapter",
    needs="two calls with more than four flat parameters that are STARTING at once",
    shown_by="async-spilled",
)
def _(original: Original, kit: Kit, body: Body, cx: int, use: FunctionUse, area: int) -> None:
    if not use.signature.indirect_params:
        original(kit, body, cx, use, area)
        return
    size, alignment = kit.layout.record([param.type for param in use.function.params])
    frame = kit.frames.enter(body, cx, size, alignment)
    original(kit, body, cx, use, frame)
    kit.frames.leave(body, frame, size)
