"""Generators that describe streams and futures wrongly, or give them wrong built-ins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import generator.dylib.wit_t.copies as copies
from generator.canonical.names import CopyIntrinsic, ImportName
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.globals import STACK_POINTER_INDEX
from generator.dylib.code.helpers import Helpers
from generator.dylib.code.plan import Mode
from generator.dylib.generate import Generation
from generator.dylib.wit_t.copies import CopyEntry, CopyUse
from generator.dylib.wit_t.encoder import Description, Encoder
from generator.dylib.world.type_table import TypeTable
from generator.dylib.world.types import Kind, Node
from generator.wasm.code import Op
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, Member

COPYING = Table(Area.GENERATOR)
_row = COPYING.function

Original = Callable[..., Any]

_ENTRY = FunctionOf(copies, "copy_entry")
_NAME = Here(copies, "copy_import_name")
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


# Payloads


@_row(
    "payload-size-without-padding",
    _ENTRY,
    "the size of a payload lacks the padding behind its last field",
    needs="a stream of records whose last field is smaller than their alignment",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return replace(entry, size=entry.size - entry.alignment + 1) if entry.size > entry.alignment else entry


@_row(
    "payload-size-too-large",
    _ENTRY,
    "the size of a payload has a gap behind each element",
    needs="a stream of which two elements are copied at once",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return replace(entry, size=entry.size + entry.alignment) if entry.lift is not None else entry


@_row(
    "payload-of-alignment-1",
    _ENTRY,
    "a payload has the alignment 1",
    needs="a stream or future of a payload with a larger alignment",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return replace(entry, alignment=1)


@_row(
    "absent-payload-with-a-size",
    _ENTRY,
    "the size of an absent payload is 1",
    needs="a stream without a payload",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return replace(entry, size=max(entry.size, 1))


@_row(
    "payload-lift-missing",
    _ENTRY,
    "the interpreter gets no function that lifts a payload",
    needs="a stream of which something is read",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return replace(entry, lift=None)


@_row(
    "payload-lower-missing",
    _ENTRY,
    "the interpreter gets no function that lowers a payload",
    needs="a stream to which something is written",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return replace(entry, lower=None)


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
    "payload-lift-and-lower-exchanged",
    _ENTRY,
    "the functions that lift and lower a payload are exchanged",
    needs="a stream or future with a payload",
    shown_by="async-streams",
)
def _(original: Original, assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    entry: CopyEntry = original(assembly, helpers, table, copy)
    return replace(entry, lift=entry.lower, lower=entry.lift)


class _MovesTheStack:
    """Helpers of which one kind takes bytes from the stack and never gives them back."""

    def __init__(self, generation: Generation, moving: Mode) -> None:
        self._assembly, self._helpers, self._moving = generation.assembly, generation.helpers, moving
        generation.frames.uses_global = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._helpers, name)

    def find(self, node: Node, mode: Mode) -> Func | None:
        function = self._helpers.find(node, mode)
        if function is None or mode is not self._moving:
            return function
        wrong = self._assembly.declare(f"wrong {function.name}", function.type)
        body = wrong.body = Body(len(function.type.params))
        for local in range(len(function.type.params)):
            body.local_get(local)
        body.call_to(function)
        body.global_get(STACK_POINTER_INDEX)
        body.i32_const(16)
        body.op(Op.I32_SUB)
        body.global_set(STACK_POINTER_INDEX)
        return wrong


@_row(
    "payload-lift-moves-the-stack",
    Member(Generation, "run"),
    "the function that lifts a payload does not restore the stack pointer",
    needs="a stream of which something is read",
    shown_by="async-streams",
)
def _(original: Original, self: Generation, component_type: Any) -> Any:
    self.helpers = cast(Helpers, _MovesTheStack(self, Mode.LIFT_MEMORY))
    return original(self, component_type)


@_row(
    "payload-lower-moves-the-stack",
    Member(Generation, "run"),
    "the function that lowers a payload does not restore the stack pointer",
    needs="a stream to which something is written",
    shown_by="async-streams",
)
def _(original: Original, self: Generation, component_type: Any) -> Any:
    self.helpers = cast(Helpers, _MovesTheStack(self, Mode.LOWER_MEMORY))
    return original(self, component_type)


# Built-ins


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
