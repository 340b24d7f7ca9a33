"""Core modules that no engine takes are not written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from wasmtime import Engine, Module

from generator.errors import LimitError
from generator.wasm import limits
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, const_i32
from generator.wasm.types import ExternKind, FuncType, Limits, MemoryType, ValType

NOTHING = FuncType(())
MEMORY = MemoryType(Limits(1))


def name(builder: ModuleBuilder, length: int) -> None:
    builder.export("a" * length, ExternKind.FUNC, builder.add_function(NOTHING, b"\0\x0b"))


def params(builder: ModuleBuilder, count: int) -> None:
    builder.type_index(FuncType((ValType.I32,) * count))


def results(builder: ModuleBuilder, count: int) -> None:
    builder.type_index(FuncType((), (ValType.I32,) * count))


def locals(builder: ModuleBuilder, count: int) -> None:
    code = Code(0)
    for _ in range(count):
        code.local(ValType.I32)
    builder.add_function(NOTHING, code.body())


def body(builder: ModuleBuilder, size: int) -> None:
    builder.add_function(NOTHING, b"\0" + b"\x01" * (size - 2) + b"\x0b")


def data(builder: ModuleBuilder, count: int) -> None:
    builder.import_memory("", "", MEMORY)
    for _ in range(count):
        builder.add_data(const_i32(0), b"")


def types(builder: ModuleBuilder, count: int) -> None:
    builder.module.types += [NOTHING] * count


@pytest.mark.parametrize(
    ("make", "most", "message"),
    [
        (name, limits.LONGEST_NAME, "has 100001 bytes"),
        (params, limits.MOST_PARAMS, "1001 parameters"),
        (results, limits.MOST_PARAMS, "1001 results"),
        (locals, limits.MOST_LOCALS, "50001 locals"),
        (body, limits.LARGEST_BODY, "7654322 bytes of a function's body"),
        (data, limits.MOST_SEGMENTS, "100001 data segments"),
        (types, limits.MOST_ITEMS, "1000001 types"),
    ],
)
def test_at_the_limit_and_beyond(make: Callable[[ModuleBuilder, int], None], most: int, message: str) -> None:
    builder = ModuleBuilder()
    make(builder, most)
    Module.validate(Engine(), builder.encode())
    builder = ModuleBuilder()
    with pytest.raises(LimitError, match=message):
        make(builder, most + 1)
        builder.encode()
