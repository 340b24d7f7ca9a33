"""Wasmtime: compiles and runs compositions, with every outcome as data. It belongs in a worker process that can be
killed."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from ctypes import POINTER, Array, byref
from typing import Any

import wasmtime
from wasmtime import WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import Component, Func, Linker
from wasmtime.component._enter import maybe_raise_last_exn

from harness.binary.share import SharedModule
from harness.composition import initial_state
from harness.composition.compose import COUNTS, GUARD, Composed, entry_export, host_import
from harness.engine.deadline import Deadline
from harness.engine.features import enable_all
from harness.engine.host import Host, TraceTooLong
from harness.engine.results import (
    EngineKind,
    Rejected,
    RunLimits,
    RunResult,
    Trap,
)
from harness.engine.traps import cause, classify
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.process.memory import addresses_are_scarce, room

_NO_MEMORY = re.compile(r"\(os error 12\)|\bmmap failed\b")
"""What wasmtime says where mmap(2) or mprotect(2) fails with ENOMEM; a guest cannot say it (traps have codes)."""
_STRATEGY = {EngineKind.CRANELIFT: 1, EngineKind.WINCH: 2}
_SINGLE_PASS = 1
OVERWRITTEN = "memory beside that of the library was written to"
"""The detail of the trap of a guard (`harness/composition/guards.py`)."""


_ROOM_TO_GROW = 1 << 20
_GUARD = 1 << 16
"""Bytes of addresses behind each memory where `ulimit -v` leaves few of them."""
_LEAST_ROOM = 64 << 20
"""Bytes that a process should have left besides the memory of its guests."""
_TRAPS_WITHOUT_MEMORY = (TrapClass.INTERPRETER, TrapClass.UNREACHABLE, TrapClass.OUT_OF_BOUNDS)
"""How guests trap by themselves where an allocation fails."""


class Compiled:
    """A composition ready to run any number of times, each in a store of its own."""

    def __init__(self, engine: Engine, composition: Composed) -> None:
        self._engine = engine
        self._roles = composition.roles
        self._guards = {entry_export(role, GUARD) for role in composition.guarded}
        self._counted = [entry_export(role, COUNTS) for role in composition.counted]
        self._component = Component(engine.engine, composition.component)
        self._order: list[tuple[Role, int]] | None = [] if composition.asynchronous else None
        self._hosts = {role: Host(role, self._order) for role in composition.roles}
        self._linker = Linker(engine.engine)
        self._provided = composition.provided
        if composition.provided:
            self._linker.add_wasip2()
        with self._linker.root() as root:
            for module in composition.modules:
                root.add_module(module.import_name, engine.shared_module(module))
            for role, host in self._hosts.items():
                with root.add_instance(host_import(role)) as instance:
                    host.add_to(instance)

    def run(self, scripts: Mapping[Role, str], entries: Sequence[Role], limits: RunLimits) -> RunResult | Rejected:
        """Instantiate, call `run` of each entry in order, then `finish` of every role, then the guards. A trap ends the
        run."""
        for role, host in self._hosts.items():
            # an interpreter of others has no script, even if it exports what only ours has
            host.script, host.lines, host.room = scripts.get(role, ""), [], limits.trace
        if self._order is not None:
            self._order.clear()
        with self._engine.deadline.within(limits.seconds, limits.resident):
            return self._run(entries, limits)

    def _run(self, entries: Sequence[Role], limits: RunLimits) -> RunResult | Rejected:
        store = self._engine.store(limits)
        since = time.process_time()
        if self._provided:
            store.set_wasi(wasmtime.WasiConfig())  # no files, no arguments, no environment, no output
        entry = "instantiate"
        trap = None
        counts: tuple[int, ...] = ()
        try:
            instance = self._linker.instantiate(store, self._component)
            calls = [entry_export(role, "run") for role in entries]
            calls += [entry_export(role, "finish") for role in self._roles]
            calls += sorted(self._guards)
            for entry in calls:
                function = instance.get_func(store, entry)
                assert function is not None, entry
                call(function, store, limits.polls)
            for entry in self._counted:
                counted = instance.get_func(store, entry)
                assert counted is not None, entry
                counts += tuple(counted(store))
        except WasmtimeError as error:
            message = str(error)
            raise_if_no_memory(message)
            if entry == "instantiate" and not is_trap(message):
                return Rejected("instantiate", message)
            kind, detail = self._engine.trapped(message)
            if entry in self._guards and kind is not TrapClass.ENGINE_FAULT:
                detail = initial_state.lost(message) or OVERWRITTEN
            if kind is TrapClass.OUT_OF_FUEL and self._engine.deadline.too_large:
                detail = f"the guest took more than {limits.resident >> 20} MiB of memory"
            trap = Trap(kind, detail, entry, message)
        except TraceTooLong as error:
            trap = Trap(TrapClass.OUT_OF_FUEL, str(error), entry, str(error))
        except TimeoutError as error:
            trap = Trap(TrapClass.OUT_OF_FUEL, str(error), entry, str(error))
        finally:
            fuel = limits.fuel - store.get_fuel()
            store.close()  # it is part of a reference cycle that holds memories and a stack
        room = min(host.room for host in self._hosts.values())
        spent = max(fuel / limits.fuel, (time.process_time() - since) / limits.seconds, 1 - room / limits.trace)
        traces = {role: "".join(host.lines) for role, host in self._hosts.items()}
        return RunResult(traces, trap, tuple(self._order or ()), counts, spent)


class Engine:
    """One wasmtime engine with every possible feature, and the modules that it compiles once for all components."""

    def __init__(self, kind: EngineKind = EngineKind.WINCH, compiled_modules: int = 64) -> None:
        config = wasmtime.Config()
        # the Python setter does not know Winch
        ffi.wasmtime_config_strategy_set(config.ptr(), _STRATEGY[kind])
        config.consume_fuel = True
        config.epoch_interruption = True
        config.parallel_compilation = False
        if kind is EngineKind.WINCH:
            # Cranelift still compiles the trampolines between components: a third less time without optimization
            config.cranelift_opt_level = "none"
            ffi.wasmtime_config_cranelift_regalloc_algorithm_set(config.ptr(), _SINGLE_PASS)
        if addresses_are_scarce():
            # By default each memory reserves 4 GiB of addresses, and more around it.
            config.memory_reservation = 0
            config.memory_reservation_for_growth = _ROOM_TO_GROW
            config.memory_guard_size = _GUARD
        enable_all(config)
        self.kind = kind
        self.engine = wasmtime.Engine(config)
        self.deadline = Deadline(self.engine)
        self._used_before = {name: used for name, (used, _) in room().items()}
        self._modules: OrderedDict[str, wasmtime.Module] = OrderedDict()
        self._kept = compiled_modules

    def trapped(self, message: str) -> tuple[TrapClass, str]:
        """`classify` of a trap that just happened. Raises MemoryError where the system gives too little memory."""
        raise_if_no_memory(message)
        kind, detail = classify(message)
        if kind in _TRAPS_WITHOUT_MEMORY and self._no_room_to_grow():
            raise MemoryError(message)
        return kind, detail

    def _no_room_to_grow(self) -> bool:
        """Whether `memory.grow` of a guest may have failed because of a limit on this process: it may need as much
        again as all that this engine has taken. The engine does not tell; the guest sees -1, and traps by itself."""
        taken = ((used - self._used_before.get(name, 0), left) for name, (used, left) in room().items())
        return any(left < used + _LEAST_ROOM for used, left in taken)

    def store(self, limits: RunLimits) -> wasmtime.Store:
        """A store with all limits except time: for that, run it within `deadline`."""
        store = wasmtime.Store(self.engine)
        store.set_fuel(limits.fuel)
        store.set_epoch_deadline(1)
        store.set_limits(
            memory_size=limits.memory,
            memories=limits.memories,
            table_elements=limits.table,
            tables=limits.tables,
        )
        return store

    def shared_module(self, module: SharedModule) -> wasmtime.Module:
        compiled = self._modules.get(module.key)
        if compiled is None:
            compiled = self._modules[module.key] = wasmtime.Module(self.engine, module.module)
            if len(self._modules) > self._kept:
                self._modules.popitem(last=False)
        else:
            self._modules.move_to_end(module.key)
        return compiled

    def compile(self, composition: Composed) -> Compiled | Rejected:
        try:
            return Compiled(self, composition)
        except WasmtimeError as error:
            raise_if_no_memory(str(error))
            return Rejected("compile", cause(str(error)))

    def refusal(self, binary: bytes) -> str | None:
        """Why `binary` (a core module) is invalid; None when it is valid."""
        try:
            wasmtime.Module.validate(self.engine, binary)
        except WasmtimeError as error:
            return cause(str(error))
        return None

    def component_refusal(self, binary: bytes) -> str | None:
        """Why `binary` (a component) is invalid; None when it is valid. Compiles it, so use it only after a failure."""
        try:
            Component(self.engine, binary)
        except WasmtimeError as error:
            return cause(str(error))
        return None


def raise_if_no_memory(message: str) -> None:
    """Raises MemoryError if the system refused memory to the engine: that says nothing about the guest."""
    if _NO_MEMORY.search(message):
        raise MemoryError(message)


def call(
    function: Func,
    store: wasmtime.Store,
    polls: int,
    params: Array[Any] | None = None,
    result: Array[Any] | None = None,
) -> None:
    """Call an export, synchronous or not, to its end. `params` and `result`: arrays of `wasmtime_component_val_t`, None
    if there are no parameters or no result."""
    error = POINTER(ffi.wasmtime_error_t)()
    future = ffi.wasmtime_component_func_call_async(
        byref(function._func),
        store._context(),
        params,
        0 if params is None else len(params),
        result,
        0 if result is None else len(result),
        byref(error),
    )
    try:
        done = any(ffi.wasmtime_call_future_poll(future) for _ in range(polls))
    finally:
        ffi.wasmtime_call_future_delete(future)
    if error:
        failure = WasmtimeError._from_ptr(error)
        try:
            maybe_raise_last_exn()
            raise failure
        finally:
            del failure  # its traceback holds this frame and so the whole plan, which must not hold it in turn
    if not done:
        raise TimeoutError(f"not done after {polls} polls")


def is_trap(message: str) -> bool:
    """Whether an engine's message reports a trap of guest code."""
    return "wasm backtrace" in message or "wasm trap" in message
