"""Generators that describe the elements of streams and futures wrongly, or move them wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import generator.dylib.wit_t.copies as copies
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.globals import STACK_POINTER_INDEX
from generator.dylib.code.helpers import Helpers
from generator.dylib.code.plan import Mode
from generator.dylib.generate import Generation
from generator.dylib.wit_t.copies import CopyEntry, CopyUse
from generator.dylib.world.type_table import TypeTable
from generator.dylib.world.types import Node
from generator.wasm.code import Op
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Member

COPY_PAYLOADS = Table(Area.GENERATOR)
_row = COPY_PAYLOADS.function

Original = Callable[..., Any]

_ENTRY = FunctionOf(copies, "copy_entry")


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
