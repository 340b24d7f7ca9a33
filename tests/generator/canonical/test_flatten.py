"""Flat types and core signatures against values worked out from CanonicalABI.md."""

from __future__ import annotations

import pytest

from generator.canonical.flatten import AsyncAbi, Context, Flattening, join
from generator.resolved.types import FixedLengthList, List, Option, Primitive, Result, Type, TypeId
from generator.wasm.types import FuncType, ValType
from tests.generator.canonical.types import Types, function

P = Primitive
I32, I64, F32, F64 = ValType.I32, ValType.I64, ValType.F32, ValType.F64


@pytest.mark.parametrize(
    ("a", "b", "joined"),
    [
        (I32, I32, I32),
        (I32, F32, I32),
        (F32, I32, I32),
        (F32, F32, F32),
        (F64, F64, F64),
        (F32, F64, I64),
        (I32, I64, I64),
    ],
)
def test_join(a: ValType, b: ValType, joined: ValType) -> None:
    assert join(a, b) is joined


def test_flatten_type() -> None:
    types = Types()
    table: list[tuple[TypeId, tuple[ValType, ...] | None]] = [
        (types.record(P.U8, P.U64, P.F32), (I32, I64, F32)),
        (types.variant(P.F32, P.U32), (I32, I32)),
        (types.variant(P.F32, P.F64), (I32, I64)),
        (types.variant(None, P.F64), (I32, F64)),
        (types.add(Result(P.STRING, P.U64)), (I32, I64, I32)),
        (types.add(Option(P.STRING)), (I32, I32, I32)),
        (types.enum(300), (I32,)),
        (types.flags(32), (I32,)),
        (types.add(List(P.U8)), (I32, I32)),
        (types.add(FixedLengthList(P.F64, 16)), (F64,) * 16),
        (types.add(FixedLengthList(P.F64, 17)), None),
        (types.add(FixedLengthList(P.U8, 1 << 30)), None),
        (types.tuple(*[P.U8] * 16), (I32,) * 16),
        (types.tuple(*[P.U8] * 17), None),
        (types.variant(types.tuple(*[P.U8] * 15)), (I32,) * 16),
        (types.variant(types.tuple(*[P.U8] * 16)), None),
    ]
    flattening = Flattening(types.resolve)
    assert [flattening.flatten_type(id) for id, _ in table] == [flat for _, flat in table]


def test_exponential_type_is_cheap() -> None:
    types = Types()
    id: Type = P.U8
    for _ in range(60):
        id = types.record(id, id)
    assert Flattening(types.resolve).flatten_type(id) is None


@pytest.mark.parametrize(
    ("count", "result", "context", "abi", "params", "results"),
    [
        (16, P.U8, Context.LOWER, AsyncAbi.SYNC, (I32,) * 16, (I32,)),
        (17, P.U8, Context.LOWER, AsyncAbi.SYNC, (I32,), (I32,)),
        (16, P.STRING, Context.LOWER, AsyncAbi.SYNC, (I32,) * 17, ()),
        (17, P.STRING, Context.LOWER, AsyncAbi.SYNC, (I32, I32), ()),
        (17, P.STRING, Context.LIFT, AsyncAbi.SYNC, (I32,), (I32,)),
        (0, None, Context.LIFT, AsyncAbi.SYNC, (), ()),
        (4, None, Context.LOWER, AsyncAbi.CALLBACK, (I32,) * 4, (I32,)),
        (5, P.F64, Context.LOWER, AsyncAbi.STACKFUL, (I32, I32), (I32,)),
        (16, P.F64, Context.LIFT, AsyncAbi.CALLBACK, (I32,) * 16, (I32,)),
        (17, P.F64, Context.LIFT, AsyncAbi.STACKFUL, (I32,), ()),
    ],
)
def test_flatten_functype(
    count: int,
    result: Primitive | None,
    context: Context,
    abi: AsyncAbi,
    params: tuple[ValType, ...],
    results: tuple[ValType, ...],
) -> None:
    signature = Flattening(Types().resolve).flatten_functype(function([P.U8] * count, result), context, abi)
    assert signature.type == FuncType(params, results)
    assert signature.indirect_params == (params[:1] == (I32,) and count > len(params))


def test_task_return() -> None:
    types = Types()
    flattening = Flattening(types.resolve)
    assert flattening.task_return_type(function([], P.STRING)).type == FuncType((I32, I32))
    assert flattening.task_return_type(function([])).type == FuncType(())
    wide = types.tuple(*[P.F64] * 17)
    assert flattening.task_return_type(function([], wide)).type == FuncType((I32,))
