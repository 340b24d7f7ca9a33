"""Core modules that pass memories and globals of other modules on to the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.preinit.kept_pages import PAGE_SIZE
from generator.wasm.code import Code, Mem, Op
from generator.wasm.encode import encode_module
from generator.wasm.module import Export, Import, Module
from generator.wasm.types import ExternKind, FuncIndex, FuncType, GlobalType, Limits, MemoryType, RefType, ValType

MEMORY, GLOBALS = "memory", "globals"
"""The modules from which accessors import."""
_EXTRACT_LANE = b"\xfd\x1d"
"""i64x2.extract_lane"""
_MEMORY_SIZE = b"\x3f\x00"
_WORD = 8
_UNROLLED = 8
"""Words that are compared with zero at once."""


@dataclass(frozen=True, slots=True)
class GlobalPlace:
    """A global by the core instance that exports it."""

    instance: int
    name: str
    type: ValType | RefType


def memory_accessor() -> bytes:
    """Calls `host` `page` with the number, the address and the size of each page that is not all zeros. Its result is
    the number of all pages."""
    module = Module()
    module.types = [FuncType((ValType.I32,) * 3), FuncType((), (ValType.I32,))]
    module.imports = [Import("host", "page", FuncIndex(0)), Import(MEMORY, "memory", MemoryType(Limits(0)))]
    code = Code(0)
    page, at = code.local(ValType.I32), code.local(ValType.I32)
    code.block()
    code.loop()
    code.local_get(page)
    code.out += _MEMORY_SIZE
    code.op(Op.I32_EQ)
    code.br_if(1)
    code.block()
    _leave_if_zeros(code, page, at)
    code.local_get(page)
    _address(code, page)
    code.i32_const(PAGE_SIZE)
    code.call(0)
    code.end()
    code.local_get(page)
    code.i32_const(1)
    code.op(Op.I32_ADD)
    code.local_set(page)
    code.br(0)
    code.end()
    code.end()
    code.out += _MEMORY_SIZE
    return _with_dump(module, code, 1)


def _leave_if_zeros(code: Code, page: int, at: int) -> None:
    """Leave the block around it if all of the page is zero. `at`: a local for addresses."""
    _address(code, page)
    code.local_set(at)
    code.block()
    code.loop()
    for number in range(_UNROLLED):
        code.local_get(at)
        code.mem(Mem.I64_LOAD, _WORD, number * _WORD)
        if number:
            code.op(Op.I64_OR)
    code.op(Op.I64_EQZ, Op.I32_EQZ)
    code.br_if(1)
    code.local_get(at)
    code.i32_const(_UNROLLED * _WORD)
    code.op(Op.I32_ADD)
    code.local_tee(at)
    _address(code, page)
    code.i32_const(PAGE_SIZE)
    code.op(Op.I32_ADD, Op.I32_NE)
    code.br_if(0)
    code.end()
    code.br(1)
    code.end()


def _address(code: Code, page: int) -> None:
    code.local_get(page)
    code.i32_const(PAGE_SIZE)
    code.op(Op.I32_MUL)


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
