"""Generators that give streams and futures other built-ins, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.dylib.wit_t.copies as copies
from generator.canonical.names import CopyIntrinsic
from generator.dylib.code.assembly import Assembly, Body
from generator.dylib.code.helpers import Helpers
from generator.dylib.wit_t.copies import CopyEntry, CopyUse
from generator.dylib.wit_t.encoder import Description, Encoder
from generator.dylib.world.type_table import TypeTable
from generator.dylib.world.types import Kind
from generator.wasm.code import Op
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Member

COPY_BUILTINS = Table(Area.GENERATOR)
_row = COPY_BUILTINS.function

Original = Callable[..., Any]

_ENTRY = FunctionOf(copies, "copy_entry")
_ORDER = list(CopyIntrinsic)


def _exchanged(entry: CopyEntry, one: CopyIntrinsic, other: CopyIntrinsic) -> CopyEntry:
    builtins = list(entry.builtins)
    first, second = _ORDER.index(one), _ORDER.index(other)
    builtins[first], builtins[second] = builtins[second], builtins[first]
    return replace(entry, builtins=tuple(builtins))


def instead(
    assembly: Assembly, entry: CopyEntry, intrinsic: CopyIntrinsic, write: Callable[[Body, Callable[[], None]], None]
) -> CopyEntry:
    """A function in the place of a built-in; `write` gets its body, and what calls the built-in with its arguments."""
    at = _ORDER.index(intrinsic)
    place = entry.builtins[at]
    assert place is not None
    builtin = assembly.elements[place]
    wrong = assembly.declare(f"wrong {builtin.name}", builtin.type)
    body = wrong.body = Body(len(builtin.type.params))

    def call() -> None:
        for local in range(len(builtin.type.params)):
            body.local_get(local)
        body.call_to(builtin)

    write(body, call)
    builtins = [*entry.builtins]
    builtins[at] = assembly.element(wrong)
    return replace(entry, builtins=tuple(builtins))


@_row(
    "built-ins-missing",
    Member(Encoder, "encode"),
    "the interpreter gets no functions for streams and futures",
    needs="a function with a stream or future",
    shown_by="async-streams",
)
def _(original: Original, self: Encoder, description: Description) -> int:
    root: int = original(self, replace(description, copies={}))
    return root


@_row(
    "read-and-write-exchanged",
    _ENTRY,
    "`read` and `write` of a stream or future are exchanged",
    needs="a stream of which something is read",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    return _exchanged(original(assembly, helpers, table, copy), CopyIntrinsic.READ, CopyIntrinsic.WRITE)


@_row(
    "cancel-read-and-cancel-write-exchanged",
    _ENTRY,
    "`cancel-read` and `cancel-write` of a stream or future are exchanged",
    needs="a copy that is cancelled",
    shown_by="async-cancelled-copies",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return _exchanged(entry, CopyIntrinsic.CANCEL_READ, CopyIntrinsic.CANCEL_WRITE)


@_row(
    "drop-readable-and-drop-writable-exchanged",
    _ENTRY,
    "`drop-readable` and `drop-writable` of a stream or future are exchanged",
    needs="a stream whose ends are dropped",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return _exchanged(entry, CopyIntrinsic.DROP_READABLE, CopyIntrinsic.DROP_WRITABLE)


@_row(
    "ends-exchanged",
    _ENTRY,
    "`new` of a stream or future has its writable end in the lower half",
    needs="a stream that the component makes",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    def write(body: Body, call: Callable[[], None]) -> None:
        call()
        both = body.local(ValType.I64)
        body.local_tee(both)
        body.i64_const(32)
        body.op(Op.I64_SHL)
        body.local_get(both)
        body.i64_const(32)
        body.op(Op.I64_SHR_U, Op.I64_OR)

    return instead(assembly, original(assembly, helpers, table, copy), CopyIntrinsic.NEW, write)


@_row(
    "drop-readable-does-nothing",
    _ENTRY,
    "`drop-readable` does nothing",
    needs="a readable end that is dropped before its writable end",
    shown_by="async-dropped-ends",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return instead(assembly, entry, CopyIntrinsic.DROP_READABLE, lambda body, call: None)


@_row(
    "drop-writable-does-nothing",
    _ENTRY,
    "`drop-writable` does nothing",
    needs="a writable end that is dropped before its readable end",
    shown_by="async-dropped-ends",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return instead(assembly, entry, CopyIntrinsic.DROP_WRITABLE, lambda body, call: None)


@_row(
    "cancel-read-does-nothing",
    _ENTRY,
    "`cancel-read` says CANCELLED and cancels nothing",
    needs="a read that is cancelled",
    shown_by="async-cancelled-copies",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return instead(assembly, entry, CopyIntrinsic.CANCEL_READ, lambda body, call: body.i32_const(2))


@_row(
    "streams-in-another-order",
    Member(Encoder, "encode"),
    "the built-ins and payloads of the stream types are in the reverse order",
    needs="two stream types",
    shown_by="async-streams",
)
def _(original: Original, self: Encoder, description: Description) -> int:
    words = [word for word in description.copies if word.kind is Kind.STREAM]
    entries: Sequence[CopyEntry] = [description.copies[word] for word in reversed(words)]
    wrong = description.copies | dict(zip(words, entries, strict=True))
    root: int = original(self, replace(description, copies=wrong))
    return root
