"""Tools that are right only for small numbers: their counts, lengths or distances fail beyond one byte, or two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import generator.component.encode_types as encode_types
import generator.dylib.code.allocate as allocate
import generator.dylib.wit_t.relocations as relocations
import generator.wasm.encode as encode
from generator.dylib.adapters.sync_exports import SyncExports
from generator.dylib.code.assembly import Body
from generator.dylib.code.joined import Source
from generator.dylib.code.lift import Lift
from generator.dylib.code.lower import Lower
from generator.dylib.wit_t.encoder import Encoder
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.types import Kind, Node, TypeWord
from generator.wasm.code import Code, Mem, Op
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, Member

SIZES = Table(Area.GENERATOR)
LINKED_SIZES = Table(Area.LINKER)
_row = SIZES.function

Original = Callable[..., Any]


def _cut(body: Body, source: Source, mask: int) -> None:
    local, type = source
    if type is ValType.I32:
        body.local_get(local)
        body.i32_const(mask)
        body.op(Op.I32_AND)
        body.local_set(local)


@_row(
    "list-lengths-of-16-bits",
    Member(Lift, "sequence_from_flat"),
    "only the lower 16 bits of the length of a list count",
    needs="a list of 65,536 elements or more",
    shown_by="long-values",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.LIST:
        _cut(body, sources[1], 0xFFFF)
    original(self, body, cx, node, sources)


@_row(
    "map-lengths-of-8-bits",
    Member(Lift, "sequence_from_flat"),
    "only the lower 8 bits of the length of a map count",
    needs="a map of 256 entries or more",
    shown_by="long-values",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.MAP:
        _cut(body, sources[1], 0xFF)
    original(self, body, cx, node, sources)


@_row(
    "string-lengths-of-16-bits",
    Member(Lift, "inline_from_flat"),
    "only the lower 16 bits of the length of a flat string count",
    needs="a string of 65,536 bytes or more as a parameter",
    shown_by="long-values",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.STRING:
        _cut(body, sources[1], 0xFFFF)
    original(self, body, cx, node, sources)


@_row(
    "representations-of-31-bits",
    Member(Lift, "inline_from_flat"),
    "the representation of a borrow loses its highest bit",
    needs="a resource of the component with a representation of 2^31 or more, borrowed",
    shown_by="representations",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    if node.kind is Kind.BORROW:
        _cut(body, sources[0], 0x7FFF_FFFF)
    original(self, body, cx, node, sources)


@_row(
    "no-representation-0",
    Member(Lift, "inline_from_flat"),
    "a representation of 0 becomes 1",
    needs="a resource of the component with the representation 0, borrowed",
    shown_by="representations",
)
def _(original: Original, self: Lift, body: Body, cx: int, node: Node, sources: Sequence[Source]) -> None:
    local, type = sources[0]
    if node.kind is Kind.BORROW and type is ValType.I32:
        body.local_get(local)
        body.local_get(local)
        body.op(Op.I32_EQZ, Op.I32_ADD)
        body.local_set(local)
    original(self, body, cx, node, sources)


@_row(
    "allocation-not-checked-for-overflow",
    FunctionOf(allocate, "check_size"),
    "the size of a list's elements has only 32 bits, so that memory for many elements is small",
    needs="a list of 2^32 bytes or more that is lowered element by element",
    shown_by="bad-lengths",
)
def _(original: Original, body: Body, size: int) -> None:
    pass


@_row(
    "discriminants-checked-in-16-bits",
    Member(Lower, "check_discriminant"),
    "only the lower 16 bits of a discriminant are checked before it is stored",
    needs="a discriminant of 65,536 or more for an enum or variant in memory",
    shown_by="bad-65536",
)
def _(original: Original, self: Lower, body: Body, discriminant: int, cases: int) -> None:
    lower = body.local(ValType.I32)
    body.local_get(discriminant)
    body.i32_const(0xFFFF)
    body.op(Op.I32_AND)
    body.local_set(lower)
    original(self, body, lower, cases)
    body.free_local(lower)


@_row(
    "flat-enums-of-16-bits",
    Member(Lower, "inline_to_flat"),
    "only the lower 16 bits of a flat enum are lowered",
    needs="a discriminant of 65,536 or more for a flat enum",
    shown_by="bad-65536",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node, slot: int, wanted: tuple[ValType, ...]) -> None:
    original(self, body, cx, node, slot, wanted)
    if node.kind is Kind.ENUM and wanted[0] is ValType.I32:
        body.i32_const(0xFFFF)
        body.op(Op.I32_AND)


@_row(
    "export-numbers-of-8-bits",
    Member(SyncExports, "write_export"),
    "the interpreter gets only 8 bits of the number of an export that is called",
    needs="257 exported functions",
    shown_by="many-exports",
)
def _(original: Original, self: SyncExports, index: int, use: FunctionUse) -> None:
    original(self, index & 0xFF, use)


@_row(
    "offsets-of-8-bits",
    Member(Code, "mem"),
    "only the lower 8 bits of an offset in memory count",
    needs="a record of more than 256 bytes",
    shown_by="large-records",
)
def _(original: Original, self: Code, op: Mem, align: int, offset: int) -> None:
    original(self, op, align, offset & 0xFF)


@_row(
    "handles-of-8-bits",
    Member(Lower, "pop_value"),
    "only the lower 8 bits of a handle are lowered",
    needs="256 handles at once, the last of which is given away or lent",
    shown_by="many-handles",
)
def _(original: Original, self: Lower, body: Body, cx: int, node: Node) -> None:
    original(self, body, cx, node)
    if node.kind in (Kind.OWN, Kind.BORROW):
        body.i32_const(0xFF)
        body.op(Op.I32_AND)


@_row(
    "relocations-far-apart-misplaced",
    FunctionOf(relocations, "encode_distances"),
    "a relocation more than 254 words after the previous one is applied 254 words after it",
    needs="a tuple of 255 types, or a function of 255 parameters",
    shown_by="wide",
)
def _(original: Original, places: Iterable[int]) -> bytes:
    near: list[int] = []
    previous, shift = -1, 0
    for place in places:
        shift += max(0, place - previous - 254)
        near.append(place - shift)
        previous = place
    found: bytes = original(near)
    return found


@_row(
    "members-counted-in-8-bits",
    Member(Encoder, "write_slice"),
    "the number of fields, cases, labels, items and parameters has only 8 bits",
    needs="a record, variant, enum, tuple or function with 256 of them",
    shown_by="wide",
)
def _(original: Original, self: Encoder, pointed: tuple[int, int | None]) -> None:
    length, start = pointed
    original(self, (length & 0xFF, start))


@_row(
    "type-numbers-of-8-bits",
    Member(Encoder, "write_type"),
    "the interpreter gets only 8 bits of the number of a type",
    needs="257 types of one kind",
    shown_by="many-types",
)
def _(original: Original, self: Encoder, word: TypeWord | None) -> None:
    original(self, word if word is None else word._replace(number=word.number & 0xFF))


@_row(
    "counts-of-7-bits",
    FunctionOf(encode, "encode_vector"),
    "numbers of items in a core module, such as functions and exports, are written in one byte",
    needs="a world for which the library has 128 functions",
    shown_by="many-functions",
)
def _(original: Original, items: Sequence[bytes]) -> bytes:
    return bytes([len(items) & 0x7F]) + b"".join(items)


def _unsigned_index(original: Original, value: int) -> bytes:
    return encode_unsigned(value)


SIZES.value(
    "type-indices-unsigned-in-worlds",
    Here(encode_types, "encode_signed"),
    _unsigned_index,
    "in a library's encoded world, the index of a type from 64 to 127 is written without its sign byte",
    needs="64 types in one scope",
    shown_by="many-types",
)
LINKED_SIZES.value(
    "type-indices-unsigned",
    Here(encode_types, "encode_signed"),
    _unsigned_index,
    "in a component, the index of a type from 64 to 127 is written without its sign byte",
    needs="64 types in one scope",
    shown_by="many-types",
)
LINKED_SIZES.value(
    "names-of-127-bytes",
    Here(encode_types, "encode_text"),
    lambda original, out, text: original(out, text if len(text) < 128 else text[:127]),
    "in a component, names of labels, fields and parameters are cut at 127 bytes",
    needs="a name of 128 bytes",
    shown_by="many-types",
)
