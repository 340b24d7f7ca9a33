"""Compositions run: traces by role, traps by class, bounds that hold."""

from __future__ import annotations

import gc
import sys
import weakref
from contextlib import nullcontext
from dataclasses import replace

import pytest
import wasmtime

from harness.binary.share import SharedModules
from harness.composition.compose import Composed, compose
from harness.engine.engine import OVERWRITTEN, Compiled, Engine, raise_if_no_memory
from harness.engine.results import EngineKind, Rejected, RunLimits, RunResult
from harness.plan.events import Events
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import ItemKind, Role, Wire
from harness.process.memory import room
from harness.trace.events import PushNumber
from tests.harness import stub

WIRE = Wire(Role.DRIVER, "a:b/c", ItemKind.INSTANCE, Role.SUBJECT, ("a:b/c",))
LIMITS = RunLimits(fuel=10_000_000, memory=16 << 20, trace=1000)


@pytest.fixture(scope="module", params=list(EngineKind), ids=lambda kind: str(kind.value))
def engine(request: pytest.FixtureRequest) -> Engine:
    return Engine(request.param)


@pytest.fixture(scope="module")
def composition() -> Composed:
    components = {
        Role.DRIVER: stub.component(work_import="a:b/c"),
        Role.SUBJECT: stub.component(work_export="a:b/c"),
    }
    known = SharedModules()
    known.SMALLEST = 100
    return compose(components, [WIRE], known)


@pytest.fixture(scope="module")
def compiled(engine: Engine, composition: Composed) -> Compiled:
    found = engine.compile(composition)
    assert isinstance(found, Compiled)
    return found


def run(compiled: Compiled, driver: str, subject: str = "s\n", limits: RunLimits = LIMITS) -> RunResult:
    result = compiled.run({Role.DRIVER: driver, Role.SUBJECT: subject}, [Role.DRIVER], limits)
    assert isinstance(result, RunResult)
    return result


@pytest.mark.parametrize(
    ("message", "is_memory"),
    [
        ("mmap failed to reserve 0x104000000 bytes\n\nCaused by:\n    Cannot allocate memory (os error 12)", True),
        ("failed to make memory executable\n\nCaused by:\n    Cannot allocate memory (os error 12)", True),
        ("wasm trap: out of bounds memory access", False),
        ("memory minimum size of 20 pages exceeds memory limits", False),
        ("No such file or directory (os error 2)", False),
    ],
)
def test_memory_that_the_system_does_not_give(message: str, is_memory: bool) -> None:
    with pytest.raises(MemoryError) if is_memory else nullcontext():
        raise_if_no_memory(message)


def test_few_addresses(
    composition: Composed, monkeypatch: pytest.MonkeyPatch, engine: Engine, compiled: Compiled
) -> None:
    monkeypatch.setattr("harness.engine.engine.addresses_are_scarce", lambda: True)
    narrow = Engine(engine.kind).compile(composition)
    assert isinstance(narrow, Compiled)
    assert run(narrow, "d\n") == run(compiled, "d\n")


@pytest.mark.parametrize(("left", "is_memory"), [(1 << 20, True), (1 << 40, False)])
def test_a_trap_where_no_memory_can_grow_is_no_result(
    composition: Composed, monkeypatch: pytest.MonkeyPatch, engine: Engine, left: int, is_memory: bool
) -> None:
    """`memory.grow` gives the guest -1 if the process may take no more, and the guest traps by itself."""
    compiled = Engine(engine.kind).compile(composition)
    assert isinstance(compiled, Compiled)
    monkeypatch.setattr("harness.engine.engine.room", lambda: {"RLIMIT_AS": (1 << 28, left)})
    if is_memory:
        with pytest.raises(MemoryError):
            run(compiled, "!d\n")
    else:
        trapped = run(compiled, "!d\n")
        assert trapped.trap is not None and trapped.trap.kind is TrapClass.INTERPRETER
    assert run(compiled, "d\n").trap is None, "a run without a trap is one, however little memory is left"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process uses")
def test_the_room_of_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.process.memory._limit", {"RLIMIT_AS": 1 << 50, "RLIMIT_DATA": None}.get)
    (used, left) = room()["RLIMIT_AS"]
    assert used > 1 << 20 and used + left == 1 << 50
    assert list(room()) == ["RLIMIT_AS"]


def test_each_role_has_its_own_host(compiled: Compiled) -> None:
    result = run(compiled, "d\n")
    assert result.trap is None
    assert result.traces == {Role.SUBJECT: "s\nbalance\n", Role.DRIVER: "d\nbalance\n"}


def test_the_order_of_traces_of_all_roles(engine: Engine, composition: Composed, compiled: Compiled) -> None:
    """A driver that is entered tells its script, calls the subject, which tells its own, and both end."""
    asynchronous = engine.compile(replace(composition, asynchronous=True))
    assert isinstance(asynchronous, Compiled)
    for _ in range(2):
        found = run(asynchronous, "d\n", "long\n")
        told = [(Role.DRIVER, 2), (Role.SUBJECT, 5), (Role.SUBJECT, 8), (Role.DRIVER, 8)]
        assert found.order == tuple(told)
        for role, text in found.traces.items():
            assert sum(length for of, length in told if of is role) == len(text)
    assert run(compiled, "d\n").order == (), "nobody asks for it"


def test_a_trap_ends_the_run_and_leaves_the_next_alone(compiled: Compiled) -> None:
    result = run(compiled, "d\n", "!s\n")
    assert result.trap is not None
    assert (result.trap.kind, result.trap.detail) == (TrapClass.INTERPRETER, "script_trap")
    assert result.trap.entry == "driver-run"
    assert result.traces[Role.SUBJECT] == "!s\n"
    assert run(compiled, "d\n").trap is None


def test_a_trap_leaves_no_cycle_that_holds_the_run(compiled: Compiled) -> None:
    """Its traceback refers to all that called the engine: the plan, the scripts, the cells before."""

    class Script(str):
        """Something to be referred to weakly."""

    def trapped() -> weakref.ref[Script]:
        script = Script("!s\n")
        run(compiled, "d\n", script)
        run(compiled, "d\n")
        return weakref.ref(script)

    gc.collect()
    gc.disable()
    try:
        assert trapped()() is None
    finally:
        gc.enable()


def test_an_endless_loop_runs_out_of_fuel(compiled: Compiled) -> None:
    trap = run(compiled, "?d\n").trap
    assert trap is not None
    assert trap.kind is TrapClass.OUT_OF_FUEL


def test_an_endless_trace_ends(compiled: Compiled) -> None:
    trap = run(compiled, "d" * 2000).trap
    assert trap is not None
    assert trap.kind is TrapClass.OUT_OF_FUEL
    assert "trace" in trap.detail


def test_bounds_grow_with_what_a_plan_expects() -> None:
    def bounds(events: int, script: int) -> RunLimits:
        expected = {Role.DRIVER: Events((PushNumber("u8", 1),) * events, ("",) * events)}
        plan = ScriptPlan({Role.DRIVER: "x" * script}, expected, ExpectedOutcome())
        return LIMITS.for_plan(plan)

    assert bounds(0, 0) == LIMITS
    small, large = bounds(1000, 1000), bounds(1_000_000, 1000)
    assert large.fuel > 100 * small.fuel
    assert large.trace > 2 * 9_000_000, "the trace of what is expected, with room"
    assert LIMITS.memory < bounds(1000, 1 << 20).memory < bounds(1000, 1 << 28).memory < 1 << 32


def test_memory_is_bounded(compiled: Compiled) -> None:
    result = compiled.run(dict.fromkeys(Role, "x"), [Role.DRIVER], RunLimits(memory=1 << 16))
    assert isinstance(result, Rejected)
    assert result.stage == "instantiate"


def test_an_invalid_composition_is_rejected(engine: Engine, composition: Composed) -> None:
    broken = Composed(composition.component[:-3], composition.roles, composition.modules)
    result = engine.compile(broken)
    assert isinstance(result, Rejected)
    assert result.stage == "compile"
    assert engine.component_refusal(broken.component) is not None


def test_modules_are_validated(engine: Engine) -> None:
    assert engine.refusal(bytes(wasmtime.wat2wasm("(module)"))) is None
    refusal = engine.refusal(b"\0asm\x01\0\0\0\x01\x01")
    assert refusal
    assert "\n" not in refusal


@pytest.mark.parametrize(
    "type",
    ["(map string u8)", "(list u8 4)", "error-context", "(stream u8)", "(future)"],
)
def test_features_are_on(engine: Engine, type: str) -> None:
    text = f'(component (type $t {type}) (import "f" (func (param "x" $t))))'
    try:
        binary = bytes(wasmtime.wat2wasm(text))
    except wasmtime.WasmtimeError as error:
        pytest.skip(f"the text format here does not know it: {error}")
    assert engine.component_refusal(binary) is None


@pytest.mark.parametrize(("guard", "overwritten"), [("", False), ("unreachable", True)])
def test_a_guard_is_asked_at_the_end(engine: Engine, guard: str, overwritten: bool) -> None:
    components = {
        Role.DRIVER: stub.component(work_import="a:b/c"),
        Role.SUBJECT: stub.component(work_export="a:b/c", guard=guard),
    }
    compiled = engine.compile(compose(components, [WIRE], SharedModules()))
    assert isinstance(compiled, Compiled)
    result = run(compiled, "d\n")
    assert result.traces == {Role.SUBJECT: "s\nbalance\n", Role.DRIVER: "d\nbalance\n"}
    seen = None if result.trap is None else (result.trap.kind, result.trap.detail, result.trap.entry)
    assert seen == ((TrapClass.UNREACHABLE, OVERWRITTEN, "subject-guard") if overwritten else None)
