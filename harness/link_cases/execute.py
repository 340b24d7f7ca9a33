"""A linked program in the engine: calls its exports in order, and records the calls of its imports."""

from __future__ import annotations

import time
from collections.abc import Sequence
from ctypes import byref, pointer
from dataclasses import dataclass, field
from typing import Any

import wasmtime
from wasmtime import WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import Component, Func, Instance, Linker

from harness.engine.engine import Engine, call, is_trap
from harness.engine.host import TraceTooLong
from harness.engine.results import Rejected, RunLimits
from harness.engine.traps import cause, engine_fault
from harness.judge.difference import Line
from harness.link_cases.prepare import Prepared, PreparedCall, returned, trapped
from harness.plan.outcomes import TrapClass
from harness.values.values import Value
from harness.world.world import Function

MAX_LINES = 10_000
"""Maximum number of calls of imports in one step: an endless program is stopped, like one that uses up its fuel."""


@dataclass(frozen=True, slots=True)
class Executed:
    """A program that ran. `calls`: the lines of each call; the lines of a new instance come before those of its first
    call. A trap during instantiation is also a line, the last one.

    `spent`: the share of a limit that it used: of fuel, time or lines, whichever came nearest to its limit.
    """

    calls: tuple[tuple[Line, ...], ...]
    spent: float

    @property
    def stopped(self) -> list[bool]:
        """For each call whether a limit of the harness ended it; then its last line says so."""
        return [lines[-1].trap is TrapClass.OUT_OF_FUEL for lines in self.calls]


@dataclass
class _Host:
    """The calls of imports since the last request. `most`: the largest number of them in one request."""

    lines: list[Line] = field(default_factory=list)
    most: int = 0

    def take(self) -> list[Line]:
        lines, self.lines = self.lines, []
        self.most = max(self.most, len(lines))
        return lines

    def answer(self, function: Function, args: Sequence[Value]) -> str | None:
        """Note a call, and answer it: a string is the function's own name."""
        if len(self.lines) == MAX_LINES:
            raise TraceTooLong("more lines than a call may leave behind")
        self.lines.append(returned(function, args, None))
        return None if function.result is None else function.name


def execute(engine: Engine, binary: bytes, prepared: Prepared, limits: RunLimits) -> Executed | Rejected:
    """Call the exports of a component, each call that traps in an instance that is then left."""
    try:
        component = Component(engine.engine, binary)
    except WasmtimeError as error:
        return Rejected("compile", cause(str(error)))
    with engine.deadline.within(limits.seconds, limits.resident):
        since = time.process_time()
        run = _Run(engine, component, prepared, limits)
        calls = run.calls()
        if isinstance(calls, Rejected):
            return calls
        return Executed(tuple(calls), max(run.spent, (time.process_time() - since) / limits.seconds))


@dataclass(frozen=True)
class _Live:
    store: wasmtime.Store
    instance: Instance


class _Run:
    def __init__(self, engine: Engine, component: Component, prepared: Prepared, limits: RunLimits) -> None:
        self._engine = engine
        self._component = component
        self._prepared = prepared
        self._limits = limits
        self._host = _Host()
        self._fuel = 0
        self._linker = Linker(engine.engine)
        with self._linker.root() as root:
            for key, interface in prepared.world.imports.items():
                for name, function in interface.functions.items():
                    if key is None:
                        root.add_func(name, self._import(function))
                if key is not None:
                    with root.add_instance(key) as instance:
                        for name, function in interface.functions.items():
                            instance.add_func(name, self._import(function))

    @property
    def spent(self) -> float:
        """The share of the fuel of an instance, or of the lines of a call."""
        return max(self._fuel / self._limits.fuel, self._host.most / MAX_LINES)

    def _import(self, function: Function) -> object:
        return lambda _store, *args: self._host.answer(function, args)

    def calls(self) -> list[tuple[Line, ...]] | Rejected:
        """The lines of each call."""
        seen: list[tuple[Line, ...]] = []
        live: _Live | None = None
        try:
            for call in self._prepared.calls:
                if live is None:
                    made = self._start()
                    if isinstance(made, Rejected):
                        return made
                    if isinstance(made, Line):
                        return [*seen, (*self._host.take(), made)]
                    live = made
                ended = self._call(live, call)
                seen.append((*self._host.take(), ended))
                if ended.trap is not None:
                    self._close(live.store)
                    live = None
        except WasmtimeError as error:  # no trap, but a fault of the engine
            return Rejected("run", str(error))
        finally:
            if live is not None:
                self._close(live.store)
        return seen

    def _close(self, store: wasmtime.Store) -> None:
        self._fuel = max(self._fuel, self._limits.fuel - store.get_fuel())
        store.close()

    def _start(self) -> _Live | Line | Rejected:
        """A new instance, unless it traps at once."""
        store = self._engine.store(self._limits)
        try:
            return _Live(store, self._linker.instantiate(store, self._component))
        except WasmtimeError as error:
            self._close(store)
            if is_trap(str(error)) and not engine_fault(str(error)):
                trap, _ = self._engine.trapped(str(error))
                return Line("", "instantiation", trap)
            return Rejected("instantiate", str(error))
        except TraceTooLong:
            self._close(store)
            return Line("", "instantiation", TrapClass.OUT_OF_FUEL)

    def _call(self, live: _Live, call: PreparedCall) -> Line:
        """The last line of a call. Raises WasmtimeError if the engine finds a bug in itself."""
        found = self._export(live.store, live.instance, call.function)
        if found is None:
            return Line("", f"{call.function.canonical}: there is no such export")
        try:
            if call.function.is_async:
                result = _call_async(found, live.store, call.args, self._limits.polls)
            else:
                result = found(live.store, *call.args)
                found.post_return(live.store)
        except WasmtimeError as error:
            if engine_fault(str(error)):
                raise
            trap, _ = self._engine.trapped(str(error))
            return trapped(call.function, call.args, trap)
        except (TraceTooLong, TimeoutError):
            return trapped(call.function, call.args, TrapClass.OUT_OF_FUEL)
        return returned(call.function, call.args, result)

    def _export(self, store: wasmtime.Store, instance: Instance, function: Function) -> Func | None:
        if function.interface is None:
            return instance.get_func(store, function.name)
        owner = instance.get_export_index(store, function.interface)
        index = owner and instance.get_export_index(store, function.name, owner)
        return instance.get_func(store, index) if index else None


def _call_async(function: Func, store: wasmtime.Store, args: Sequence[Value], polls: int) -> Any:
    """The result of an asynchronous export, which the class of functions cannot call. Raises TimeoutError if it does
    not end."""
    type = function.type(store)
    params = (ffi.wasmtime_component_val_t * len(args))()
    result = (ffi.wasmtime_component_val_t * (type.result is not None))()
    try:
        for place, ((_, param), value) in enumerate(zip(type.params, args, strict=True)):
            param.convert_to_c(store, value, pointer(params[place]))
        call(function, store, polls, params if args else None, result if type.result is not None else None)
    finally:
        for place in range(len(args)):
            ffi.wasmtime_component_val_delete(byref(params[place]))
    return None if type.result is None else type.result.convert_from_c(result[0])
