"""Guests that grow, fill, loop and call: every bound of a run holds, whatever fuel they use."""

from __future__ import annotations

import gc
import sys
import time

import pytest
from wasmtime import Func, FuncType, Instance, Module, Trap, WasmtimeError

from harness.engine import deadline
from harness.engine.engine import Engine
from harness.engine.host import Host, TraceTooLong
from harness.engine.results import EngineKind, RunLimits
from harness.engine.traps import classify
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.process.memory import MEMORY

ENDLESS = RunLimits(fuel=1 << 62, seconds=0.2)
LITTLE = RunLimits(fuel=100_000, seconds=3600.0)


@pytest.fixture(scope="module", params=list(EngineKind), ids=lambda kind: str(kind.value))
def engine(request: pytest.FixtureRequest) -> Engine:
    return Engine(request.param)


def call(engine: Engine, wat: str, limits: RunLimits) -> object:
    """The result of `run` of a module. Its import, if any, is an empty function of the host."""
    store = engine.store(limits)
    module = Module(engine.engine, wat)
    host = Func(store, FuncType([], []), lambda: None)
    with engine.deadline.within(limits.seconds, limits.resident):
        run = Instance(store, module, [host] * len(module.imports)).exports(store)["run"]
        assert isinstance(run, Func)
        return run(store)


LOOPS = {
    "empty": '(module (func (export "run") (loop (br 0))))',
    "fills": """(module (memory 1024) (func (export "run")
        (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x4000000)) (br 0))))""",
    "copies": """(module (memory 1024) (func (export "run")
        (loop (memory.copy (i32.const 1) (i32.const 0) (i32.const 0x3ffffff)) (br 0))))""",
    "fills a table": """(module (table 1000000 funcref) (func (export "run")
        (loop (table.fill 0 (i32.const 0) (ref.null func) (i32.const 1000000)) (br 0))))""",
    "calls": '(module (import "h" "h" (func)) (func (export "run") (loop (call 0) (br 0))))',
    "calls itself back and forth": """(module (func $f (param i32)
        (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "run") (loop (call $f (i32.const 1000)) (br 0))))""",
}


@pytest.mark.parametrize("wat", LOOPS.values(), ids=LOOPS)
def test_what_never_ends_is_ended_by_time(engine: Engine, wat: str) -> None:
    start = time.process_time()
    with pytest.raises(Trap) as caught:
        call(engine, wat, ENDLESS)
    assert classify(str(caught.value))[0] is TrapClass.OUT_OF_FUEL
    assert time.process_time() - start < 30


def test_what_never_ends_is_ended_by_fuel(engine: Engine) -> None:
    with pytest.raises(Trap) as caught:
        call(engine, LOOPS["empty"], LITTLE)
    assert classify(str(caught.value))[0] is TrapClass.OUT_OF_FUEL


def test_what_calls_itself_for_ever_overflows_its_stack(engine: Engine) -> None:
    with pytest.raises(Trap) as caught:
        call(engine, '(module (func $f (export "run") (call $f)))', RunLimits())
    assert classify(str(caught.value))[0] is TrapClass.STACK_OVERFLOW


def test_one_that_was_ended_leaves_the_next_alone(engine: Engine) -> None:
    with pytest.raises(Trap):
        call(engine, LOOPS["empty"], ENDLESS)
    assert call(engine, '(module (func (export "run") (result i32) (i32.const 7)))', ENDLESS) == 7


def test_waiting_uses_no_time(engine: Engine) -> None:
    """A busy machine keeps a guest waiting; that is not the guest's fault."""
    with engine.deadline.within(0.5):
        time.sleep(1.0)
        store = engine.store(RunLimits())
        wat = '(module (func (export "run") (loop (br_if 0 (i32.const 0)))))'
        module = Module(engine.engine, wat)
        run = Instance(store, module, []).exports(store)["run"]
        assert isinstance(run, Func)
        run(store)


GROWTH = {
    "memory": ('(module (memory 1) (func (export "run") (result i32) (memory.grow (i32.const 0x4000))))', -1),
    "memory within the bound": (
        '(module (memory 1) (func (export "run") (result i32) (memory.grow (i32.const 16))))',
        1,
    ),
    "table": (
        '(module (table 1 funcref) (func (export "run") (result i32) '
        "(table.grow 0 (ref.null func) (i32.const 0x3fffffff))))",
        -1,
    ),
    "table within the bound": (
        '(module (table 1 funcref) (func (export "run") (result i32) (table.grow 0 (ref.null func) (i32.const 1000))))',
        1,
    ),
}


@pytest.mark.parametrize(("wat", "result"), GROWTH.values(), ids=GROWTH)
def test_growth_is_bounded(engine: Engine, wat: str, result: int) -> None:
    assert call(engine, wat, RunLimits()) == result


PLAN = ScriptPlan({Role.DRIVER: " " * (1 << 28)}, {}, ExpectedOutcome())


def test_memories_and_tables_stay_below_what_a_worker_may_use(engine: Engine) -> None:
    """Those of the longest plan do too. A memory counts as it grows, touched or not."""
    longest = RunLimits().for_plan(PLAN)
    for limits in (RunLimits(), longest):
        most = limits.memories * limits.memory + limits.tables * limits.table * 8
        assert most <= MEMORY - (1 << 30)
        grow = "".join(
            f"(loop (br_if 0 (i32.ne (memory.grow {number} (i32.const 0x400)) (i32.const -1))))"
            f"(local.set 0 (i32.add (local.get 0) (memory.size {number})))"
            for number in range(limits.memories)
        )
        memories = "(memory 1)" * limits.memories
        wat = f'(module {memories} (func (export "run") (result i32) (local i32) {grow} local.get 0))'
        pages = call(engine, wat, limits)
        assert isinstance(pages, int)
        assert limits.memories < pages <= limits.memories * limits.memory >> 16


def test_growth_counts_from_the_least(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory of an earlier guest goes away while this one grows."""
    sizes = iter((100 << 20, 20 << 20))
    monkeypatch.setattr(deadline, "resident", lambda: next(sizes, 60 << 20))
    with pytest.raises(Trap, match="interrupt"):
        call(engine, LOOPS["empty"], RunLimits(fuel=1 << 62, seconds=5.0, resident=32 << 20))
    assert engine.deadline.too_large


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has is told on Linux only")
def test_a_process_that_grows_too_much_ends_its_guest(engine: Engine) -> None:
    gc.collect()  # memory of an earlier guest that goes away now would hide the growth of this one
    with pytest.raises(Trap, match="interrupt"):
        call(engine, LOOPS["fills"], RunLimits(fuel=1 << 62, seconds=60.0, resident=32 << 20))
    assert engine.deadline.too_large
    assert call(engine, '(module (func (export "run") (result i32) (i32.const 7)))', RunLimits()) == 7
    assert not engine.deadline.too_large


@pytest.mark.parametrize(
    "wat",
    [
        '(module (table 0x3fffffff funcref) (func (export "run")))',
        f'(module {"(table 1 funcref)" * 200} (func (export "run")))',
        f'(module {"(memory 1)" * 64} (func (export "run")))',
        '(module (memory 0x8000) (func (export "run")))',
    ],
    ids=["a large table", "many tables", "many memories", "a large memory"],
)
def test_what_is_too_large_from_the_start_is_not_made(engine: Engine, wat: str) -> None:
    with pytest.raises(WasmtimeError, match=r"exceed|too (high|large|many)|limit"):
        call(engine, wat, RunLimits())


def test_empty_calls_use_up_the_room_of_a_trace() -> None:
    host = Host(Role.SUBJECT, None, room=1 << 20)
    with pytest.raises(TraceTooLong):
        for _ in range(1 << 20):
            host._take_trace("")
    assert len(host.lines) < 1 << 17
