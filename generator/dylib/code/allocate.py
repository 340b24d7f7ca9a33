"""Memory for the elements of lists and maps that are lowered one by one (CanonicalABI.md, `store_list_into_range`)."""

from __future__ import annotations

from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Body, Func
from generator.wasm.code import Op
from generator.wasm.types import FuncType, ValType

I32, I64 = ValType.I32, ValType.I64


def define_allocate(assembly: Assembly) -> Func:
    """(cx, length, element size, alignment) -> address of memory that is freed with the context; 0 for no elements.

    Traps if the elements do not fit into a 32-bit memory.
    """
    function = assembly.declare("allocate list", FuncType((I32, I32, I32, I32), (I32,)))
    body = function.body = Body(4)
    wide = body.local(I64)
    body.local_get(1)
    body.op(Op.I64_EXTEND_I32_U)
    body.local_get(2)
    body.op(Op.I64_EXTEND_I32_U, Op.I64_MUL)
    body.local_set(wide)
    check_size(body, wide)
    body.local_get(wide)
    body.op(Op.I32_WRAP_I64)
    body.local_tee(1)
    body.if_(I32)
    body.i32_const(0)
    body.i32_const(0)
    body.local_get(3)
    body.local_get(1)
    body.call_to(assembly.intrinsic(intrinsics.REALLOC))
    body.local_set(2)
    body.local_get(0)
    body.local_get(2)
    body.local_get(1)
    body.local_get(3)
    body.i32_const(1)
    body.call_to(assembly.intrinsic(intrinsics.DEALLOC_BYTES))
    body.local_get(2)
    body.else_()
    body.i32_const(0)
    body.end()
    return function


def check_size(body: Body, size: int) -> None:
    """Trap if the local `size`, of 64 bits, is more than a 32-bit memory has."""
    body.local_get(size)
    body.i64_const(32)
    body.op(Op.I64_SHR_U, Op.I64_EQZ, Op.I32_EQZ)
    body.if_()
    body.op(Op.UNREACHABLE)
    body.end()
