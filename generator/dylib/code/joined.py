"""Flat values inside variants, whose cases share them: a value and the type that it is joined to.

CanonicalABI.md, `flatten_variant` and `join`: values are reinterpreted, never converted.
"""

from __future__ import annotations

from generator.dylib.code.assembly import Body
from generator.wasm.code import Op
from generator.wasm.types import ValType

I32, I64, F32, F64 = ValType.I32, ValType.I64, ValType.F32, ValType.F64

Source = tuple[int, ValType]
"""A local with a flat value, and its type after `join` in the variants around the value."""

Flat = tuple[ValType, ...]

NARROW: dict[tuple[ValType, ValType], tuple[Op, ...]] = {
    (I32, F32): (Op.F32_REINTERPRET_I32,),
    (I64, I32): (Op.I32_WRAP_I64,),
    (I64, F32): (Op.I32_WRAP_I64, Op.F32_REINTERPRET_I32),
    (I64, F64): (Op.F64_REINTERPRET_I64,),
}
"""Converts a joined type back to the type of the value, always bit by bit."""

WIDEN: dict[tuple[ValType, ValType], tuple[Op, ...]] = {
    (F32, I32): (Op.I32_REINTERPRET_F32,),
    (I32, I64): (Op.I64_EXTEND_I32_U,),
    (F32, I64): (Op.I32_REINTERPRET_F32, Op.I64_EXTEND_I32_U),
    (F64, I64): (Op.I64_REINTERPRET_F64,),
}
"""Converts the type of a value to the joined type of a variant's cases, always bit by bit."""


def get_flat(body: Body, source: Source, wanted: ValType) -> None:
    """Leave a value from a local, converted to its own type."""
    local, type = source
    body.local_get(local)
    if type is not wanted:
        body.op(*NARROW[type, wanted])


def widen(body: Body, type: ValType, wanted: ValType) -> None:
    """Convert the topmost value of the operand stack to its joined type."""
    if type is not wanted:
        body.op(*WIDEN[type, wanted])


def widen_all(body: Body, types: Flat, wanted: Flat) -> None:
    """Widen the topmost values of the operand stack."""
    if types == wanted:
        return
    locals = [body.local(type) for type in types]
    for local in reversed(locals):
        body.local_set(local)
    for local, type, to in zip(locals, types, wanted, strict=True):
        body.local_get(local)
        widen(body, type, to)
        body.free_local(local)


def zeros(body: Body, types: Flat) -> None:
    """Values for the flat values that a case does not use."""
    for type in types:
        match type:
            case ValType.I32:
                body.i32_const(0)
            case ValType.I64:
                body.i64_const(0)
            case ValType.F32:
                body.f32_const(0.0)
            case _:
                body.f64_const(0.0)
