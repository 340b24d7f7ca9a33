"""Generators that are wrong about sizes, offsets and flat types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import generator.canonical.flatten as flatten
import generator.canonical.layout as layout
import generator.dylib.code.joined as joined
import generator.resolved.despecialize as despecialize
from generator.canonical.flatten import CoreSignature, Flattening
from generator.canonical.layout import Layout
from generator.dylib.code.lift import Lift
from generator.dylib.world.types import Node
from generator.resolved.model import Function, Method
from generator.resolved.types import Primitive, Type
from generator.wasm.code import Op
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Here, MappingEntry, Member

LAYOUT = Table(Area.GENERATOR)
_row, _value = LAYOUT.function, LAYOUT.value

I32, I64, F32, F64 = ValType.I32, ValType.I64, ValType.F32, ValType.F64

# Opcodes that are not in `Op`: the correct instructions do not need them.
_F32_CONVERT_I32_S = 0xB2
_F32_CONVERT_I64_S = 0xB4
_I32_TRUNC_SAT_F32_S = (0xFC, 0x00)
_I64_TRUNC_SAT_F32_S = (0xFC, 0x04)


@_row(
    "u64-aligned-to-4",
    Member(Layout, "size_and_alignment"),
    "u64 is aligned to 4 bytes",
    needs="a u64 in memory after a value of 4 bytes",
    shown_by="layout",
)
def _(original: Callable[..., tuple[int, int]], self: Layout, type: Type) -> tuple[int, int]:
    return (8, 4) if type is Primitive.U64 else original(self, type)


@_row(
    "fields-packed",
    Member(Layout, "field_offsets"),
    "fields of a record have no padding between them",
    needs="a record with padding in memory",
    shown_by="layout",
)
def _(original: object, self: Layout, types: Iterable[Type]) -> list[int]:
    offsets, offset = [], 0
    for type in types:
        offsets.append(offset)
        offset += self.elem_size(type)
    return offsets


@_row(
    "stride-without-padding",
    Member(Layout, "record"),
    "a record's size is not rounded up to its alignment",
    needs="a list of records with padding at the end",
    shown_by="layout",
)
def _(original: Callable[..., tuple[int, int]], self: Layout, types: Iterable[Type]) -> tuple[int, int]:
    types = list(types)
    _, alignment = original(self, types)
    size = 0
    for type in types:
        size = layout.align_to(size, self.alignment(type)) + self.elem_size(type)
    return size, alignment


@_row(
    "one-byte-for-257-cases",
    FunctionOf(layout, "discriminant_size"),
    "257 cases get a discriminant of 1 byte",
    needs="an enum or variant of 257 cases in memory",
    shown_by="wide-enums",
)
def _(original: Callable[[int], int], cases: int) -> int:
    return 1 if cases == 257 else original(cases)


@_row(
    "two-bytes-for-256-cases",
    FunctionOf(layout, "discriminant_size"),
    "256 cases get a discriminant of 2 bytes",
    needs="an enum or variant of 256 cases in memory",
    shown_by="wide-enums",
)
def _(original: Callable[[int], int], cases: int) -> int:
    return 2 if cases == 256 else original(cases)


@_row(
    "payload-behind-discriminant",
    Member(Layout, "payload_offset"),
    "a payload begins directly after the discriminant",
    needs="a variant in memory with a payload that is aligned to more than 1",
    shown_by="variants",
)
def _(original: object, self: Layout, cases: tuple[Type | None, ...]) -> int:
    return layout.discriminant_size(len(cases))


@_row(
    "variant-sized-by-first-payload",
    Member(Layout, "variant"),
    "a variant has room only for its first payload",
    needs="a list of variants whose first payload is not the largest",
    shown_by="variants",
)
def _(original: Callable[..., tuple[int, int]], self: Layout, cases: tuple[Type | None, ...]) -> tuple[int, int]:
    _, alignment = original(self, cases)
    size = next((self.elem_size(case) for case in cases if case is not None), 0)
    return layout.align_to(self.payload_offset(cases) + size, alignment), alignment


@_row(
    "one-byte-for-16-flags",
    FunctionOf(despecialize, "flags_size"),
    "9 to 16 flags get 1 byte",
    needs="flags of 9 to 16 labels in memory",
    shown_by="flags",
)
def _(original: Callable[[int], int], labels: int) -> int:
    return 1 if labels <= 16 else original(labels)


@_row(
    "four-bytes-for-16-flags",
    FunctionOf(despecialize, "flags_size"),
    "9 to 16 flags get 4 bytes",
    needs="flags of 9 to 16 labels in memory",
    shown_by="flags",
)
def _(original: Callable[[int], int], labels: int) -> int:
    return 4 if 9 <= labels <= 16 else original(labels)


_value(
    "spills-at-16",
    Here(flatten, "MAX_FLAT_PARAMS"),
    15,
    "16 flat parameters go through memory",
    needs="a function with 16 flat parameters",
    shown_by="spills",
)
_value(
    "spills-at-18",
    Here(flatten, "MAX_FLAT_PARAMS"),
    17,
    "17 flat parameters are passed flat",
    needs="a function with 17 flat parameters",
    shown_by="spills",
)
_value(
    "two-flat-results",
    Here(flatten, "MAX_FLAT_RESULTS"),
    2,
    "two flat results are returned as core results",
    needs="a function whose result is two flat values",
    shown_by="spills",
)
_value(
    "f32-converted-when-widened",
    MappingEntry(joined, "WIDEN", (F32, I32)),
    _I32_TRUNC_SAT_F32_S,
    "an f32 in an i32 slot is converted, not reinterpreted, when it is lowered",
    needs="a flat variant with payloads u32 and f32",
    shown_by="joins",
)
_value(
    "f32-converted-when-narrowed",
    MappingEntry(joined, "NARROW", (I32, F32)),
    (_F32_CONVERT_I32_S,),
    "an f32 in an i32 slot is converted, not reinterpreted, when it is lifted",
    needs="a flat variant with payloads u32 and f32",
    shown_by="joins",
)
_value(
    "f32-converted-when-widened-to-64",
    MappingEntry(joined, "WIDEN", (F32, I64)),
    _I64_TRUNC_SAT_F32_S,
    "an f32 in an i64 slot is converted, not reinterpreted, when it is lowered",
    needs="a flat variant with payloads u64 and f32, or f64 and f32",
    shown_by="joins",
)
_value(
    "f32-converted-when-narrowed-from-64",
    MappingEntry(joined, "NARROW", (I64, F32)),
    (_F32_CONVERT_I64_S,),
    "an f32 in an i64 slot is converted, not reinterpreted, when it is lifted",
    needs="a flat variant with payloads u64 and f32, or f64 and f32",
    shown_by="joins",
)
_value(
    "f64-cut-when-narrowed",
    MappingEntry(joined, "NARROW", (I64, F64)),
    (Op.I32_WRAP_I64, Op.I64_EXTEND_I32_U, Op.F64_REINTERPRET_I64),
    "an f64 in an i64 slot loses its upper half",
    needs="a flat variant with payloads u64 and f64",
    shown_by="joins",
)


@_row(
    "fixed-length-list-one-short",
    Member(Lift, "product_from_memory"),
    "the last element of a fixed-length list is not lifted",
    needs="a fixed-length list in memory",
    shown_by="fixed-length-lists",
)
def _(original: Callable[..., None], self: Lift, body: Any, cx: int, node: Node, base: int, offset: int) -> None:
    original(self, body, cx, node if node.times is None else replace(node, times=node.times - 1), base, offset)


@_row(
    "self-not-counted",
    Member(Flattening, "flatten_functype"),
    "a method has room for 16 flat parameters in addition to its resource",
    needs="a method with 17 flat parameters, including its resource",
    shown_by="methods",
)
def _(original: Callable[..., CoreSignature], self: Flattening, function: Function, *rest: Any) -> CoreSignature:
    if not isinstance(function.kind, Method):
        return original(self, function, *rest)
    others = original(self, replace(function, params=function.params[1:]), *rest)
    if others.indirect_params:
        return original(self, function, *rest)
    return replace(others, type=replace(others.type, params=(I32, *others.type.params)))


@_row(
    "self-counted-twice",
    Member(Flattening, "flatten_functype"),
    "a method has room for 14 flat parameters in addition to its resource",
    needs="a method with 16 flat parameters, including its resource",
    shown_by="methods",
)
def _(original: Callable[..., CoreSignature], self: Flattening, function: Function, *rest: Any) -> CoreSignature:
    if isinstance(function.kind, Method):
        longer = original(self, replace(function, params=(function.params[0], *function.params)), *rest)
        if longer.indirect_params:
            result = original(self, replace(function, params=()), *rest)
            return replace(result, type=replace(result.type, params=(I32, *result.type.params)), indirect_params=True)
    return original(self, function, *rest)
