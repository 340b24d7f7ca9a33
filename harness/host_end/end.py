"""A subject between the engine's own ends: the host calls its exports, answers its imports and compares all values."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wasmtime import WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import Component, Instance, Linker, LinkerInstance
from wasmtime.component._enter import catch_exceptions

from harness.composition.compose import CONTROL, HOST
from harness.engine.engine import Engine, call
from harness.engine.host import TraceTooLong
from harness.engine.results import Rejected, RunLimits, RunResult, Trap
from harness.host_end.calls import CallByHost, HostRun
from harness.host_end.values import difference, read, write
from harness.judge.diff import against_model
from harness.judge.difference import Difference
from harness.judge.observation import Observation
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace.names import DumpError
from harness.trace.reader import TraceReader
from harness.world import types as t

VALUE = "value at the host"
"""The aspect of a difference that the host saw."""

Name = tuple[str | None, str]


class Unanswerable(Exception):
    """The subject makes a call to the host that is not due."""


@dataclass(slots=True)
class _Host:
    """The host during one run: its answers, and the faults that it saw."""

    script: str
    room: int
    due: dict[Name, list[CallByHost]]
    lines: list[str] = field(default_factory=list)
    wrong: list[Difference] = field(default_factory=list)

    def give_script(self, _store: object) -> str:
        return self.script

    def take_trace(self, _store: object, lines: str) -> None:
        self.room -= len(lines)
        if self.room < 0:
            raise TraceTooLong("the trace is longer than the limit of a run")
        self.lines.append(lines)

    def answer(self, name: Name, args: Any, results: Any) -> None:
        due = self.due[name]
        if not due:
            raise Unanswerable(f"{name[1]} is called more often than its script says")
        made = due.pop(0)
        for index, (param, expected) in enumerate(zip(made.function.params, made.args, strict=True)):
            self.compare(made, param.name, expected, read(args[index], param.type), param.type)
        if made.result is not None and made.function.result is not None:
            write(made.result, made.function.result, results[0])

    def compare(self, made: CallByHost, what: str, expected: s.Value, seen: s.Value, type: t.Type) -> None:
        """Keep the first difference only: it is enough to name the wrong side."""
        if expected != seen and not self.wrong:
            place, wanted, got = difference(expected, seen, type, what)
            path = f"{made.function.canonical}, {place}"
            self.wrong.append(Difference(3, VALUE, Role.SUBJECT, path, wanted, got))


def differences(
    engine: Engine, component: bytes, run: HostRun, limits: RunLimits, traces: TraceReader
) -> list[Difference]:
    """The differences of a subject between hosts: values at the host first, then the subject's events. What follows a
    fault of the engine says nothing."""
    due: dict[Name, list[CallByHost]] = {}
    for made in run.imports:
        due.setdefault(made.name, []).append(made)
    limits = limits.for_plan(run.plan)
    host = _Host(run.plan.scripts[Role.SUBJECT], limits.trace, due)
    with engine.deadline.within(limits.seconds):
        result = _run(engine, component, run, limits, host)
    seen = {}
    if isinstance(result, RunResult) and result.trap is not None and result.trap.kind is TrapClass.ENGINE_FAULT:
        return host.wrong
    if isinstance(result, RunResult):
        try:
            seen = {role: traces.read(text) for role, text in result.traces.items()}
        except DumpError as error:
            result = Rejected("describe", str(error))
    return host.wrong + against_model(Observation(result, seen), run.plan)


def _run(engine: Engine, component: bytes, run: HostRun, limits: RunLimits, host: _Host) -> RunResult | Rejected:
    store = engine.store(limits)
    entry = "instantiate"
    trap = None
    kept: list[object] = []
    try:
        compiled = Component(engine.engine, component)
        instance = _linker(engine, compiled, host, kept).instantiate(store, compiled)
        if run.imports:
            entry = "subject-run"
            call(_function(instance, store, (CONTROL, "run")), store, limits.polls)
        for made in run.exports:
            entry = made.function.canonical
            _call(instance, store, made, host, limits.polls)
        entry = "subject-finish"
        call(_function(instance, store, (CONTROL, "finish")), store, limits.polls)
    except WasmtimeError as error:
        trap = Trap(*engine.trapped(str(error)), entry, str(error))
    except (TraceTooLong, TimeoutError) as error:
        trap = Trap(TrapClass.OUT_OF_FUEL, str(error), entry, str(error))
    except Unanswerable as error:
        trap = Trap(TrapClass.OTHER, str(error), entry, str(error))
    finally:
        store.close()
    return RunResult({Role.SUBJECT: "".join(host.lines)}, trap)


def _function(instance: Instance, store: Any, name: Name) -> Any:
    interface, function = name
    inside = None
    if interface is not None:
        inside = instance.get_export_index(store, interface)
        assert inside is not None, interface
    index = instance.get_export_index(store, function, inside)
    found = None if index is None else instance.get_func(store, index)
    assert found is not None, name
    return found


def _call(instance: Instance, store: Any, made: CallByHost, host: _Host, polls: int) -> None:
    """Call an export and compare its result."""
    type = made.function.result
    params = (ffi.wasmtime_component_val_t * len(made.args))()
    result = None if type is None else (ffi.wasmtime_component_val_t * 1)()
    for index, (value, param) in enumerate(zip(made.args, made.function.params, strict=True)):
        write(value, param.type, params[index])
    try:
        call(_function(instance, store, made.name), store, polls, params, result)
        if type is not None and result is not None and made.result is not None:
            host.compare(made, "result", made.result, read(result[0], type), type)
            ffi.wasmtime_component_val_delete(ctypes.byref(result[0]))
    finally:
        for given in params:
            ffi.wasmtime_component_val_delete(ctypes.byref(given))


def _linker(engine: Engine, component: Component, host: _Host, kept: list[object]) -> Linker:
    """Imports that are not called trap. `kept`: objects that must live as long as the store."""
    linker = Linker(engine.engine)
    with linker.root() as root:
        with root.add_instance(HOST) as instance:
            instance.add_func("script", host.give_script)
            instance.add_func("trace", host.take_trace)
        by_interface: dict[str | None, list[Name]] = {}
        for name in host.due:
            by_interface.setdefault(name[0], []).append(name)
        for interface, names in by_interface.items():
            if interface is None:
                _answer_all(root, names, host, kept)
            else:
                with root.add_instance(interface) as instance:
                    _answer_all(instance, names, host, kept)
    linker.define_unknown_imports_as_traps(component)
    return linker


def _answer_all(instance: LinkerInstance, names: Sequence[Name], host: _Host, kept: list[object]) -> None:
    for name in names:
        callback = ffi.wasmtime_component_func_callback_t(_answering(host, name))
        kept.append(callback)
        label = name[1].encode()
        text = ctypes.create_string_buffer(label)
        error = ffi.wasmtime_component_linker_instance_add_func(
            instance.ptr(), text, len(label), callback, None, _NO_FINALIZER
        )
        if error:
            raise WasmtimeError._from_ptr(error)


_NO_FINALIZER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _data: None)


def _answering(host: _Host, name: Name) -> Callable[..., Any]:
    def answer(_data: Any, context: Any, _type: Any, args: Any, _count: int, results: Any, _results: int) -> Any:
        return catch_exceptions(context, lambda _store: host.answer(name, args, results))

    return answer
