"""The two kinds of shim: what their functions do, and what stands in them before they are filled."""

from __future__ import annotations

import pytest
import wasmtime

from generator.componentize.shim import ByReference, ByTable, Shim, ShimFunction, SlotCall
from generator.wasm.decode import DecodedModule
from generator.wasm.types import FuncType, ValType

NULLARY, UNARY, PAIR = FuncType(()), FuncType((ValType.I32,)), FuncType((ValType.I32, ValType.I64), (ValType.I64,))
FUNCTIONS = [
    ShimFunction(NULLARY, "plain"),
    ShimFunction(UNARY, "hook"),
    ShimFunction(PAIR, "around", SlotCall(1, 7), SlotCall(0, None)),
    ShimFunction(FuncType((), (ValType.I32,)), "paused", None, SlotCall(1, 5), SlotCall(1, 4)),
]
BOTH = pytest.mark.parametrize("shim", [ByTable(), ByReference()], ids=["table", "reference"])
RETURN_CALL_REF = 0x15


class Filled:
    """A shim beside functions that note how they are called."""

    def __init__(self, shim: Shim, fill: bool = True, paused: int = 0) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        self.calls: list[object] = []
        i32, i64 = wasmtime.ValType.i32, wasmtime.ValType.i64
        module = wasmtime.Module(engine, shim.module(FUNCTIONS, True))
        self.exports = wasmtime.Instance(self.store, module, []).exports(self.store)
        if not fill:
            return
        targets = [
            wasmtime.Func(self.store, wasmtime.FuncType([], []), lambda: self.calls.append("plain")),
            wasmtime.Func(self.store, wasmtime.FuncType([i32()], []), self.calls.append),
            wasmtime.Func(self.store, wasmtime.FuncType([i32(), i64()], [i64()]), self._pair),
            wasmtime.Func(self.store, wasmtime.FuncType([], [i32()]), lambda: paused),
        ]
        linker = wasmtime.Linker(engine)
        for number, target in enumerate(targets):
            linker.define(self.store, "", str(number), target)
        for name, _ in shim.places(len(FUNCTIONS)):
            linker.define(self.store, "", name, self.exports[name])
        fixup = shim.fixup([function.type for function in FUNCTIONS], True)
        linker.instantiate(self.store, wasmtime.Module(engine, fixup))

    def _pair(self, first: int, second: int) -> int:
        self.calls.append((first, second))
        return first + second

    def call(self, number: int, *arguments: int) -> object:
        function = self.exports[str(number)]
        assert isinstance(function, wasmtime.Func)
        return function(self.store, *arguments)


@BOTH
def test_each_calls_its_own(shim: Shim) -> None:
    filled = Filled(shim)
    filled.call(0)
    filled.call(1, 3)
    assert filled.call(2, 40, 2) == 42
    assert filled.calls == ["plain", 3, 7, (40, 2), "plain"]


@BOTH
@pytest.mark.parametrize(("code", "point"), [(0, 5), (1, 4), (-1, 4)])
def test_the_result_decides_what_is_called_behind(shim: Shim, code: int, point: int) -> None:
    filled = Filled(shim, paused=code)
    assert filled.call(3) == code
    assert filled.calls == [point]


@BOTH
@pytest.mark.parametrize(("number", "arguments"), [(0, ()), (1, (1,)), (2, (1, 2)), (3, ())])
def test_before_it_is_filled_each_traps(shim: Shim, number: int, arguments: tuple[int, ...]) -> None:
    with pytest.raises(wasmtime.Trap):
        Filled(shim, fill=False).call(number, *arguments)


def test_tail_calls_only_where_nothing_follows() -> None:
    module = DecodedModule(ByReference().module(FUNCTIONS, False))
    bodies = [module.binary[start:end] for start, end in module.bodies[-len(FUNCTIONS) :]]
    assert [body[-3] == RETURN_CALL_REF for body in bodies] == [True, True, False, False]
    assert not module.tables
