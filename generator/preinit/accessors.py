"""Core modules that pass memories and globals of other modules on to the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.wasm.code import Code, Op
from generator.wasm.encode import encode_module
from generator.wasm.module import Export, Import, Module
from generator.wasm.types import ExternKind, FuncIndex, FuncType, GlobalType, Limits, MemoryType, RefType, ValType

MEMORY, GLOBALS = "memory", "globals"
"""The modules from which accessors import."""
PAGE_SIZE = 1 << 16
_EXTRACT_LANE = b"\xfd\x1d"
"""i64x2.extract_lane"""
_MEMORY_SIZE = b"\x3f\x00"
_BLOCK, _LOOP, _BR, _BR_IF, _NO_RESULT = 0x02, 0x03, 0x0C, 0x0D, 0x40


@dataclass(frozen=True, slots=True)
class GlobalPlace:
    """A global by the core instance that exports it."""

    instance: int
    name: str
    type: ValType | RefType


def memory_accessor() -> bytes:
    """Calls `host` `page` with the address and the size of each page."""
    module = Module()
    module.types = [FuncType((ValType.I32, ValType.I32)), FuncType(())]
    module.imports = [Import("host", "page", FuncIndex(0)), Import(MEMORY, "memory", MemoryType(Limits(0)))]
    code = Code(0)
    page = code.local(ValType.I32)
    code.out += bytes([_BLOCK, _NO_RESULT, _LOOP, _NO_RESULT])
    code.local_get(page)
    code.out += _MEMORY_SIZE
    code.op(Op.I32_EQ)
    code.out += bytes([_BR_IF, 1])
    code.local_get(page)
    code.i32_const(PAGE_SIZE)
    code.op(Op.I32_MUL)
    code.i32_const(PAGE_SIZE)
    code.call(0)
    code.local_get(page)
    code.i32_const(1)
    code.op(Op.I32_ADD)
    code.local_set(page)
    code.out += bytes([_BR, 0])
    code.op(Op.END, Op.END)
    return _with_dump(module, code, 1)


def global_accessor(types: Sequence[ValType | RefType]) -> bytes:
    """Calls `host` `global` with the number and the bits of each global."""
    module = Module()
    module.types = [FuncType((ValType.I32, ValType.I64, ValType.I64)), FuncType(())]
    module.imports = [Import("host", "global", FuncIndex(0))]
    code = Code(0)
    for number, type in enumerate(types):
        module.imports.append(Import(GLOBALS, str(number), GlobalType(type, mutable=True)))
        code.i32_const(number)
        code.global_get(number)
        match type:
            case ValType.I32:
                code.op(Op.I64_EXTEND_I32_U)
            case ValType.F32:
                code.op(Op.I32_REINTERPRET_F32, Op.I64_EXTEND_I32_U)
            case ValType.F64:
                code.op(Op.I64_REINTERPRET_F64)
            case ValType.V128:
                code.out += _EXTRACT_LANE + b"\0"
        if type is ValType.V128:
            code.global_get(number)
            code.out += _EXTRACT_LANE + b"\1"
        else:
            code.i64_const(0)
        code.call(0)
    return _with_dump(module, code, 1)


def _with_dump(module: Module, code: Code, type: int) -> bytes:
    """The module with its one function, the export `dump`."""
    module.functions.append(type)
    module.code.append(code.body())
    module.exports.append(Export("dump", ExternKind.FUNC, 1))
    return encode_module(module)
