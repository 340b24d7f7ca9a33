"""Wrong libraries: what the interpreter for asynchronous worlds says about each. Our generator is wrong in one place
while it builds a component."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from generator.dylib.adapters import async_exports, async_imports
from generator.dylib.adapters.call_area import CallArea
from generator.dylib.adapters.kit import Kit
from generator.dylib.code.assembly import Func
from generator.dylib.wit_t import copies
from generator.dylib.wit_t.copies import CopyEntry
from generator.dylib.world.functions import FunctionUse
from generator.wasm.code import Op
from harness.engine.results import EngineKind
from harness.mutants.ownership import OWNERSHIP
from harness.mutants.patch import FunctionOf, Here, Patch
from tests.interpreters.composed import Build, Composed, two

WORLD = two(
    """package t:p;
    interface api {
      none: async func();
      pair: async func() -> tuple<u32, u32>;
      listed: async func() -> list<string>;
      pairs: async func(s: stream<tuple<u8, u16>>);
      later: async func() -> future<tuple<u8, u16>>;
    }
    world callee { export api; }
    world caller { import api; export alive: func(); }"""
)
API = "t:p/api"
WAITS = "wset 9 join reg 1 reg 9 await reg 1 reg 9 dropcall reg 1 dropset reg 9 end"


def area_beyond_its_end(original: Callable[..., CallArea], *args: Any) -> CallArea:
    """The result is read and written behind the area that the interpreter provides."""
    area = original(*args)
    return replace(area, result_at=area.result_at + 4)


def small_payload(original: Callable[..., CopyEntry], *args: Any) -> CopyEntry:
    return replace(original(*args), size=1)


def other_callback(original: Callable[..., None], kit: Kit, index: int, use: FunctionUse) -> None:
    original(kit, index ^ 1, use)


def _altered(original: Callable[..., None], kit: Kit, adapter: Func, use: FunctionUse, op: Op, number: int) -> None:
    original(kit, adapter, use)
    assert adapter.body is not None
    adapter.body.i32_const(number)
    adapter.body.op(op)


def other_handle(original: Callable[..., None], kit: Kit, adapter: Func, use: FunctionUse) -> None:
    """The call has another handle than the engine gave it."""
    _altered(original, kit, adapter, use, Op.I32_ADD, 16)


def impossible_state(original: Callable[..., None], kit: Kit, adapter: Func, use: FunctionUse) -> None:
    _altered(original, kit, adapter, use, Op.I32_OR, 7)


def started_already(original: Callable[..., None], kit: Kit, adapter: Func, use: FunctionUse) -> None:
    """The interpreter hears STARTED of a call that is cancelled before it starts."""
    _altered(original, kit, adapter, use, Op.I32_OR, 1)


@dataclass(frozen=True)
class Fault:
    patch: Patch
    caller: str
    callee: str
    trap: str


PAIR = f"frame run start {API} pair 1 0 got 2 reg 1 end"
VALUE = "rec 2 u8 1 u16 2"
ENDS = f"frame run ends 1 2 import {API} pairs 0 0"
FAULTS = {
    "an area that is too small": Fault(
        Patch(Here(async_imports, "async_call_area"), area_beyond_its_end),
        PAIR,
        f"frame export {API} pair ret rec 2 u32 1 u32 2 end",
        "area",
    ),
    "a payload that is smaller than its values, lowered": Fault(
        Patch(FunctionOf(copies, "copy_entry"), small_payload),
        f"{ENDS} write reg 1 1 {VALUE} stop reg 1 end",
        "",
        "buffer",
    ),
    "a payload that is smaller than its values, lifted": Fault(
        Patch(FunctionOf(copies, "copy_entry"), small_payload),
        f"frame run start {API} later 1 0 got 2 reg 1 read reg 2 1 wset 3 join reg 2 reg 3 await reg 2 reg 3 end",
        f"frame export {API} later ends 1 2 export {API} later 0 0 return reg 2 yield 1 write reg 1 1 {VALUE} end",
        "buffer",
    ),
    "a callback of another function": Fault(
        Patch(FunctionOf(async_exports, "write_callback"), other_callback),
        f"frame run start {API} none 1 0 {WAITS}",
        f"frame export {API} none yield 1 return end",
        "task",
    ),
    "a call with another handle": Fault(
        Patch(FunctionOf(async_imports, "write_start"), other_handle),
        f"frame run start {API} none 1 0 wset 9 join handle 1 reg 9 await reg 1 reg 9 end",
        f"frame export {API} none yield 1 return end",
        "event",
    ),
    "a state that a started call cannot have": Fault(
        Patch(FunctionOf(async_imports, "write_start"), impossible_state),
        f"frame run start {API} none 1 0 end",
        f"frame export {API} none yield 1 return end",
        "event",
    ),
    "a state that contradicts the next one": Fault(
        Patch(FunctionOf(async_imports, "write_start"), started_already),
        f"frame run start {API} none 1 0 start {API} none 2 0 cancel reg 2 end",
        f"frame export {API} none inc yield 1 dec return end",
        "event",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_libraries(tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    with fault.patch.applied():
        composed = Composed(WORLD, Build("ours", 3), tmp_path)
    assert fault.patch.calls
    seen = composed.run(EngineKind.WINCH, {"a": fault.caller, "b": fault.callee}, ["run-a"])
    assert seen.trap == fault.trap
    assert seen.lines[-1].split(" ", 1)[1] == f"fail {fault.trap}"


def test_the_balance_of_a_call_has_what_its_library_keeps(tmp_path: Path) -> None:
    (leak,) = [mutant for mutant in OWNERSHIP.rows if mutant.name == "list-leaked"]
    assert isinstance(leak.fault, Patch)
    with leak.fault.applied():
        composed = Composed(WORLD, Build("ours", 3), tmp_path)
    scripts = {
        "a": f"frame run start {API} listed 1 0 {WAITS}",
        "b": f"frame export {API} listed yield 1 ret list 3 str 61 str - str 6263 end",
    }
    seen = composed.run(EngineKind.WINCH, scripts, ["run-a"])
    assert "a import_balance 2 24 0" in seen.lines
    assert seen.balances["a"] == ("0 0 0 0", "24 1 0 0 0")


BESIDE = two(
    """package t:p;
    interface api {
      made: func() -> stream<tuple<list<string>, list<u16>>>;
      given: async func() -> list<string>;
      fill: func() -> list<string>;
      grow: func(x: list<string>);
    }
    world callee { export api; }
    world caller { import api; export alive: func(); }"""
)
"""`fill` and `grow` are called while a read and a call are pending, and what these wait for comes meanwhile."""
BESIDE_CALLER = (
    f"frame run call {API} made 1 0 read reg 1 2 start {API} given 2 0 "
    f"call {API} fill 3 0 call {API} grow - 1 list 2 str 61 str 626364 wset 9 join reg 1 reg 9 await reg 1 reg 9 "
    f"leave reg 1 dropend reg 1 join reg 2 reg 9 await reg 2 reg 9 dropcall reg 2 dropset reg 9 end"
)
BESIDE_CALLEE = (
    f"frame export {API} made ends 1 2 export {API} made 0 0 ret reg 2 end "
    f"frame export {API} given yield 3 ret list 1 str 7879 end "
    f"frame export {API} fill write reg 1 1 rec 2 list 2 str 6162 str - list 2 u16 1 u16 2 "
    "ret list 2 str 63 str 6465 end "
    f"frame export {API} grow dropend reg 1 end"
)


@pytest.mark.parametrize(("wrong", "left"), [(False, 0), (True, 16)])
def test_the_balance_of_a_call_beside_what_is_pending(tmp_path: Path, wrong: bool, left: int) -> None:
    """The elements of the read come during the call, and do not count; the list of two strings does, if it leaks."""
    (leak,) = [mutant for mutant in OWNERSHIP.rows if mutant.name == "list-leaked"]
    assert isinstance(leak.fault, Patch)
    with leak.fault.applied() if wrong else nullcontext():
        composed = Composed(BESIDE, Build("ours", 3), tmp_path)
    seen = composed.run(EngineKind.WINCH, {"a": BESIDE_CALLER, "b": BESIDE_CALLEE}, ["run-a"])
    assert not seen.trap, seen.lines
    index = {"made": 0, "given": 1, "fill": 2, "grow": 3}
    told = [line for line in seen.lines if line.startswith("a import_balance")]
    assert f"a import_balance {index['fill']} {left} 0" in told
    assert f"a import_balance {index['grow']} 0 0" in told
