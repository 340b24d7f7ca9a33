"""Random core modules as data, for round trips. Indices may point nowhere: reading does not validate."""

from __future__ import annotations

from hypothesis import strategies as st

from generator.wasm.code import const_global, const_i32
from generator.wasm.module import CustomSection, DataSegment, ElementSegment, Export, Global, Import, Module
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    FuncType,
    GlobalType,
    Limits,
    MemoryType,
    TableType,
    TagType,
    ValType,
)

U32 = st.integers(0, (1 << 32) - 1)
U64 = st.integers(0, (1 << 64) - 1)
S32 = st.integers(-(1 << 31), (1 << 31) - 1)
NAMES = st.text(max_size=12)
VALUE_TYPES = st.sampled_from(ValType)
REFERENCE_TYPES = st.sampled_from([ValType.FUNCREF, ValType.EXTERNREF, ValType.EXNREF])
FUNC_TYPES = st.builds(
    FuncType, st.lists(VALUE_TYPES, max_size=20).map(tuple), st.lists(VALUE_TYPES, max_size=3).map(tuple)
)
LIMITS_32 = st.builds(Limits, U32, st.none() | U32, shared=st.booleans())
LIMITS_64 = st.builds(Limits, U64, st.none() | U64, shared=st.booleans(), is_64=st.just(True))
LIMITS = LIMITS_32 | LIMITS_64
PAGED_LIMITS = st.builds(Limits, U32, page_size_log2=st.none() | st.integers(0, 16))
MEMORY_TYPES = st.builds(MemoryType, LIMITS | PAGED_LIMITS)
TABLE_TYPES = st.builds(TableType, LIMITS, REFERENCE_TYPES)
GLOBAL_TYPES = st.builds(GlobalType, VALUE_TYPES, st.booleans())
TAG_TYPES = st.builds(TagType, U32)
DESCRIPTIONS = st.builds(FuncIndex, U32) | TABLE_TYPES | MEMORY_TYPES | GLOBAL_TYPES | TAG_TYPES
OTHER_CONSTANTS = st.sampled_from(
    [
        b"\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f",  # i64.const, the least
        b"\x43\x0b\x0b\x0b\x0b",  # f32.const made of `end` opcodes
        b"\x44\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
        b"\xd0\x70",  # ref.null func
        b"\xd2\x8b\x01",  # ref.func 139
        b"\xfd\x0c" + bytes(range(16)),  # v128.const
        b"\x23\x01\x41\x0b\x6a",  # global.get 1, i32.const 11, i32.add
    ]
)
CONSTANTS = S32.map(const_i32) | U32.map(const_global) | OTHER_CONSTANTS
CUSTOMS = st.builds(CustomSection, NAMES, st.binary(max_size=20))
MODULES = st.builds(
    Module,
    types=st.lists(FUNC_TYPES, max_size=5),
    imports=st.lists(st.builds(Import, NAMES, NAMES, DESCRIPTIONS), max_size=6),
    functions=st.lists(U32, max_size=3),
    tables=st.lists(TABLE_TYPES, max_size=2),
    memories=st.lists(MEMORY_TYPES, max_size=2),
    tags=st.lists(TAG_TYPES, max_size=2),
    globals=st.lists(st.builds(Global, GLOBAL_TYPES, CONSTANTS), max_size=4),
    exports=st.lists(st.builds(Export, NAMES, st.sampled_from(ExternKind), U32), max_size=5),
    start=st.none() | U32,
    elements=st.lists(st.builds(ElementSegment, CONSTANTS, st.lists(U32, max_size=3).map(tuple)), max_size=2),
    code=st.lists(st.binary(max_size=10), max_size=2),
    data=st.lists(st.builds(DataSegment, CONSTANTS, st.binary(max_size=10)), max_size=2),
    leading_customs=st.lists(CUSTOMS, max_size=2),
    customs=st.lists(CUSTOMS, max_size=2),
)
