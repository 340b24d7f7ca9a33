"""Wrong interpreters: the committed library with one function of its interface wrapped."""

from __future__ import annotations

from generator.wasm.code import Code, Op
from generator.wasm.types import ValType
from harness.mutants.mutant import Area, Table

_TABLE = Table(Area.INTERPRETER)
_export = _TABLE.export

_I64_AND = 0x83
_F32_ADD = 0x92
_I32 = ValType.I32


def _get(code: Code, *locals: int) -> None:
    for local in locals:
        code.local_get(local)


@_export(
    "interpreter-u8-of-7-bits",
    "wit_dylib_push_u8",
    "the highest bit of a u8 is lost",
    needs="a u8 of 128 or more",
    shown_by="numbers",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.i32_const(0x7F)
    code.op(Op.I32_AND)
    code.call(original)


@_export(
    "interpreter-u64-of-32-bits",
    "wit_dylib_push_u64",
    "a u64 is cut to 32 bits",
    needs="a u64 beyond 2^32",
    shown_by="numbers",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.i64_const(0xFFFFFFFF)
    code.out.append(_I64_AND)
    code.call(original)


@_export(
    "interpreter-f32-without-negative-zero",
    "wit_dylib_push_f32",
    "-0.0 becomes 0.0",
    needs="an f32 of -0.0",
    shown_by="numbers",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.f32_const(0.0)
    code.out.append(_F32_ADD)
    code.call(original)


@_export(
    "interpreter-char-of-16-bits",
    "wit_dylib_push_char",
    "a char is cut to 16 bits",
    needs="a char beyond U+FFFF",
    shown_by="numbers",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.i32_const(0xFFFF)
    code.op(Op.I32_AND)
    code.call(original)


@_export(
    "interpreter-flags-of-31-bits",
    "wit_dylib_push_flags",
    "the 32nd flag is lost",
    needs="flags of 32 labels, the last of them set",
    shown_by="flags",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1, 2)
    code.i32_const(0x7FFFFFFF)
    code.op(Op.I32_AND)
    code.call(original)


@_export(
    "interpreter-flags-with-one-more",
    "wit_dylib_pop_flags",
    "the first flag is always set",
    needs="flags, the first of them not set",
    shown_by="flags",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.call(original)
    code.i32_const(1)
    code.op(Op.I32_OR)


@_export(
    "interpreter-u32-off-by-one",
    "wit_dylib_pop_u32",
    "the largest u32 is returned as one less",
    needs="a u32 of 2^32 - 1",
    shown_by="numbers",
)
def _(code: Code, original: int) -> None:
    _get(code, 0)
    code.call(original)
    value = code.local(_I32)
    code.local_tee(value)
    code.local_get(value)
    code.i32_const(0xFFFFFFFF)
    code.op(Op.I32_EQ, Op.I32_SUB)


@_export(
    "interpreter-string-one-short",
    "wit_dylib_pop_string",
    "the last byte of a string is missing",
    needs="a string that is not empty",
    shown_by="strings",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.call(original)
    length = code.local(_I32)
    code.local_tee(length)
    code.local_get(length)
    code.i32_const(0)
    code.op(Op.I32_NE, Op.I32_SUB)


@_export(
    "interpreter-list-one-short",
    "wit_dylib_pop_list",
    "the reported length of a list is one too small",
    needs="a list that is not empty",
    shown_by="lists",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1, 2)
    code.call(original)
    length = code.local(_I32)
    code.local_tee(length)
    code.local_get(length)
    code.i32_const(0)
    code.op(Op.I32_NE, Op.I32_SUB)


@_export(
    "interpreter-takes-lists-silently",
    "wit_dylib_push_list",
    "a list is taken over whole, but the interpreter reports that it was not",
    needs="a list of numbers that is given whole",
    shown_by="lists",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1, 2, 3)
    code.call(original)
    code.op(Op.DROP)
    code.i32_const(0)


@_export(
    "interpreter-frees-nothing",
    "wit_dylib_dealloc_bytes",
    "memory that generated code frees is not freed",
    needs="a list that is lifted or lowered element by element",
    shown_by="lists",
)
def _(code: Code, original: int) -> None:
    pass


@_export(
    "interpreter-frees-at-once",
    "wit_dylib_dealloc_bytes",
    "memory whose freeing was deferred is freed at once",
    needs="two lists that are lowered in one call",
    shown_by="lists",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1, 2, 3)
    code.i32_const(0)
    code.call(original)


@_export(
    "interpreter-never-finishes",
    "wit_dylib_export_finish",
    "the end of an export's call is ignored",
    needs="an exported function",
    shown_by="numbers",
)
def _(code: Code, original: int) -> None:
    pass


@_export(
    "interpreter-destroys-the-wrong-rep",
    "wit_dylib_resource_dtor",
    "the destructor gets the representation plus one",
    needs="an exported resource that is dropped",
    shown_by="resources",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.i32_const(1)
    code.op(Op.I32_ADD)
    code.call(original)


@_export(
    "interpreter-gives-the-wrong-handle",
    "wit_dylib_pop_own",
    "an own handle is returned as the next number",
    needs="an own handle that is given away",
    shown_by="resources",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.call(original)
    code.i32_const(1)
    code.op(Op.I32_ADD)


@_export(
    "interpreter-none-is-some",
    "wit_dylib_pop_option",
    "none is returned as some, some as none",
    needs="an option",
    shown_by="variants",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.call(original)
    code.op(Op.I32_EQZ)


@_export(
    "interpreter-allocates-unaligned",
    "cabi_realloc",
    "allocations begin a byte too early",
    needs="a list or record of values aligned to more than 1 that is lifted",
    shown_by="lists",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1, 2, 3)
    code.call(original)
    code.i32_const(1)
    code.op(Op.I32_SUB)


INTERPRETERS = tuple(_TABLE.rows)
