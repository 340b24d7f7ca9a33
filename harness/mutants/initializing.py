"""Wrong `component init`: state that is lost, or set back, between initialisation and the first call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import generator.preinit.rewrite as rewrite
import generator.preinit.snapshot as snapshots
from generator.preinit.data_segments import DataSegments
from generator.preinit.instrument import Instrumented
from generator.preinit.kept_pages import PAGE_SIZE
from generator.preinit.sections import Part
from generator.preinit.snapshot import Contents, InitOptions, Snapshot
from generator.preinit.state import StatefulModule
from generator.wasm.encode import encode_limits, encode_section, encode_vector
from generator.wasm.types import RefType, ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, Member

INITIALIZING = Table(Area.INITIALIZER)
_row = INITIALIZING.function
_WORLD = "initialized"
_ANY = "a component with an initialisation function"
_STACK_POINTER = "__stack_pointer"

Original = Callable[..., Any]
Runs = list[tuple[int, Part]]


def _without(snapshot: Snapshot, module: StatefulModule, *globals: int) -> Snapshot:
    lost = {(module.module, index) for index in globals}
    return replace(snapshot, globals={place: bits for place, bits in snapshot.globals.items() if place not in lost})


@_row(
    "init-forgets-a-global",
    FunctionOf(rewrite, "encode_globals"),
    "the last global of each module begins as it did before initialisation",
    needs="a global that initialisation changes",
    shown_by=_WORLD,
)
def _(original: Original, module: StatefulModule, snapshot: Snapshot) -> bytes:
    section: bytes = original(module, _without(snapshot, module, module.globals[-1]))
    return section


@_row(
    "init-leaves-the-stack-pointer",
    FunctionOf(rewrite, "encode_globals"),
    "the stack pointer begins where it began before initialisation",
    needs="a stack pointer that initialisation moves for good",
    shown_by=_WORLD,
)
def _(original: Original, module: StatefulModule, snapshot: Snapshot) -> bytes:
    pointers = [item.index for item in module.decoded.exports if item.name == _STACK_POINTER]
    section: bytes = original(module, _without(snapshot, module, *pointers))
    return section


@_row(
    "init-halves-wide-globals",
    FunctionOf(rewrite, "constant"),
    "the upper half of a global of 64 bits is lost",
    needs="a global of 64 bits that initialisation sets to a large value",
    shown_by=_WORLD,
)
def _(original: Original, type: ValType | RefType, bits: int) -> bytes:
    expression: bytes = original(type, bits & 0xFFFF_FFFF if type is ValType.I64 else bits)
    return expression


@_row(
    "init-skips-pages-of-zeros",
    FunctionOf(rewrite, "runs"),
    "a page of zeros is skipped, and what comes after it moves down",
    needs="a page of zeros before one with data",
    shown_by=_WORLD,
)
def _(original: Original, contents: Contents) -> Runs:
    pages = [contents[start : start + PAGE_SIZE] for start in range(0, len(contents), PAGE_SIZE)]
    found: Runs = original(b"".join(page for page in pages if any(page)))
    return found


@_row(
    "init-keeps-the-first-page",
    FunctionOf(rewrite, "runs"),
    "only the first page of a memory is kept",
    needs="data of initialisation behind the first page",
    shown_by=_WORLD,
)
def _(original: Original, contents: Contents) -> Runs:
    found: Runs = original(contents[:PAGE_SIZE])
    return found


@_row(
    "init-forgets-memory",
    FunctionOf(rewrite, "runs"),
    "the contents of memories are lost",
    needs="memory that initialisation writes",
    shown_by=_WORLD,
)
def _(original: Original, contents: Contents) -> Runs:
    return []


@_row(
    "init-forgets-the-last-data",
    FunctionOf(rewrite, "runs"),
    "the last part of a memory is lost",
    needs="data of initialisation at the end of a memory",
    shown_by=_WORLD,
)
def _(original: Original, contents: Contents) -> Runs:
    found: Runs = original(contents)
    return found[:-1]


@_row(
    "init-cuts-data",
    FunctionOf(rewrite, "data_segment"),
    "the last byte of each data segment is lost",
    needs="data of initialisation",
    shown_by=_WORLD,
)
def _(original: Original, memory: int, start: int, data: Part) -> list[Part]:
    segment: list[Part] = original(memory, start, data[:-1])
    return segment


@_row(
    "init-writes-data-twice",
    Member(DataSegments, "done"),
    "instantiation copies the original data segments again",
    needs="data that initialisation clears",
    shown_by=_WORLD,
)
def _(original: Original, self: DataSegments) -> list[bytes]:
    return [segment.raw for segment in self.segments]


@_row(
    "init-starts-again",
    Here(rewrite, "with_sections"),
    "start functions stay, so data relocations and constructors run again",
    needs="a constructor with an effect",
    shown_by=_WORLD,
)
def _(original: Original, binary: bytes, replacements: Mapping[int, list[Part]]) -> list[Part]:
    kept = {id: body for id, body in replacements.items() if id != rewrite.START}
    module: list[Part] = original(binary, kept)
    return module


@_row(
    "init-forgets-growth",
    FunctionOf(rewrite, "encode_memories"),
    "memories have the size that they had before initialisation",
    needs="a memory that initialisation makes larger",
    shown_by=_WORLD,
)
def _(original: Original, module: StatefulModule, snapshot: Snapshot) -> bytes:
    limits = [encode_limits(module.decoded.memories[index].limits) for index in module.memories]
    return encode_section(rewrite.MEMORY, encode_vector(limits))


@_row(
    "init-without-its-function",
    FunctionOf(snapshots, "take_snapshot"),
    "the state is taken before the initialisation function ran",
    needs=_ANY,
    shown_by=_WORLD,
)
def _(original: Original, instrumented: Instrumented, options: InitOptions) -> Snapshot:
    found: Snapshot = original(instrumented, replace(options, init=None))
    return found
