"""The assembler: bodies that run, and operands given signed or unsigned."""

from __future__ import annotations

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Mem, Op, const_i32
from generator.wasm.types import ExternKind, FuncType, Limits, MemoryType, ValType

ENGINE = wasmtime.Engine()
I32, I64 = ValType.I32, ValType.I64


def run(code: Code, type: FuncType, *arguments: int) -> object:
    builder = ModuleBuilder()
    builder.add_memory(MemoryType(Limits(1)))
    builder.export("f", ExternKind.FUNC, builder.add_function(type, code.body()))
    store = wasmtime.Store(ENGINE)
    instance = wasmtime.Instance(store, wasmtime.Module(ENGINE, builder.encode()), [])
    function = instance.exports(store)["f"]
    assert isinstance(function, wasmtime.Func)
    return function(store, *arguments)


@given(st.integers(-(1 << 31), (1 << 32) - 1), st.integers(-(1 << 63), (1 << 64) - 1))
def test_constants_are_signed_or_unsigned(small: int, large: int) -> None:
    assert const_i32(small) == const_i32(small & 0xFFFFFFFF)
    signed, unsigned = Code(0), Code(0)
    for code, mask_32, mask_64 in ((signed, -1, -1), (unsigned, (1 << 32) - 1, (1 << 64) - 1)):
        code.i32_const(small & mask_32)
        code.i64_const(large & mask_64)
    assert signed.out == unsigned.out


def test_structured_control() -> None:
    """The sum of 1..n, by a loop."""
    code = Code(1)
    total = code.local(I32)
    code.block()
    code.loop()
    code.local_get(0)
    code.op(Op.I32_EQZ)
    code.br_if(1)
    code.local_get(total)
    code.local_get(0)
    code.op(Op.I32_ADD)
    code.local_set(total)
    code.local_get(0)
    code.i32_const(1)
    code.op(Op.I32_SUB)
    code.local_set(0)
    code.br(0)
    code.end()
    code.end()
    code.local_get(total)
    assert run(code, FuncType((I32,), (I32,)), 10) == 55


@pytest.mark.parametrize(("selector", "answer"), [(0, 10), (1, 11), (2, 12), (-1, 12)])
def test_br_table(selector: int, answer: int) -> None:
    code = Code(1)
    for _ in range(3):
        code.block()
    code.local_get(0)
    code.br_table([0, 1], 2)
    for value in (10, 11):
        code.end()
        code.i32_const(value)
        code.op(Op.RETURN)
    code.end()
    code.i32_const(12)
    assert run(code, FuncType((I32,), (I32,)), selector) == answer


def test_if_with_a_result_and_memory() -> None:
    code = Code(1)
    code.local_get(0)
    code.if_(I64)
    code.i32_const(16)
    code.i64_const(-2)
    code.mem(Mem.I64_STORE, 8, 8)
    code.i32_const(24)
    code.mem(Mem.I64_LOAD, 8, 0)
    code.else_()
    code.i64_const(7)
    code.end()
    type = FuncType((I32,), (I64,))
    assert [run(code, type, 1), run(code, type, 0)] == [-2, 7]


def test_locals_are_given_back_by_type() -> None:
    code = Code(2)
    first, second = code.local(I32), code.local(I64)
    assert (first, second) == (2, 3)
    code.free_local(first)
    assert code.local(I64) == 4
    assert code.local(I32) == first
    code.free_local(second)
    assert code.local(I64) == second
    code.i32_const(0)
    assert code.body()[:5] == bytes([2, 1, I32, 2, I64])
    assert run(code, FuncType((I32, I32), (I32,)), 1, 2) == 0
