"""A process that runs an instrumented component by the Python package wasmtime, and writes down its state.

Arguments: a JSON object (`init`, `dumps`, `memories`, `environment`, `folders`, `memory`, `state`). Standard input:
the component. Standard output: a JSON line with the globals and, for each memory, the number of its pages and the
numbers of those that are not all zeros; then these pages. After a failure only a JSON line with its reason. What the
component prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from ctypes import POINTER, byref
from typing import Any

from generator.preinit.imports_child import (
    NotCompiled,
    add_http,
    add_stub,
    asynchronous_function,
    called,
    implemented_types,
)
from generator.preinit.kept_pages import KeptPages, TooMuchState, Total

WASI = tuple([f"wasi:{package}/" for package in ("cli", "clocks", "filesystem", "io", "random", "sockets")])
"""The packages that the engine implements."""
_FEATURE = re.compile(r"wasmtime_config_wasm_component_model_(\w+_)?set")
_ASYNC_IMPORT = "it imports WASI and an asynchronous function, which is not supported together"
"""Only the engine can stand in for an asynchronous function, and then it does so also for versions of WASI that it has
under another number."""
_UNKNOWN = re.compile(r"unknown import: `(.+)` has not been defined")

_OFF = re.compile(
    r"requires? the component model (?P<component>[\w -]+) feature|when (?P<core>[\w -]+) is disabled"
    r"|: (?P<support>[\w -]+) support is not enabled"
)
"""What the engine says about code of a feature that is off."""
_OFFSET = re.compile(r" \(at offset 0x[0-9a-f]+\)|(?<=code) at offset \d+")
"""Places in the instrumented component, which nobody has."""


def main() -> int:
    """Returns 0, or 1 after a failure."""
    request = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # guests print there
    failure, memories, globals = _outcome(request)
    described = [{"pages": memory.pages, "kept": list(memory.kept)} for memory in memories]
    out.write(json.dumps({"failure": failure, "memories": described, "globals": globals}).encode() + b"\n")
    for memory in memories:
        out.writelines(memory.kept.values())
    out.close()
    return 0 if failure is None else 1


def _outcome(request: dict[str, Any]) -> tuple[str | None, list[KeptPages], list[int]]:
    """The reason of a failure, or the state."""
    import wasmtime

    try:
        return None, *_run(sys.stdin.buffer.read(), request)
    except wasmtime.WasmtimeError as error:
        return _reason(str(error)), [], []
    except ImportError:
        return _missing(called[0]), [], []
    except (NotCompiled, TooMuchState) as error:
        return str(error), [], []
    except MemoryError:
        return "memory ran out", [], []


def _reason(message: str) -> str:
    """The last cause that wasmtime lists: the trap itself. The earlier ones describe its place."""
    unknown = _UNKNOWN.search(message)
    if called or unknown is not None:
        return _missing(called[0] if unknown is None else unknown[1])
    _, listed, causes = message.partition("Caused by:")
    lines = [line.strip() for line in (causes if listed else message).splitlines() if line.strip()]
    cause = (lines[-1] if listed else lines[0]) if lines else "no reason given"
    return re.sub(r"^\d+: ", "", cause)


def _missing(path: str) -> str:
    return f"it calls the import {path}, which is not there during initialisation"


def _run(binary: bytes, request: dict[str, Any]) -> tuple[list[KeptPages], list[int]]:
    """Each memory and the bits of each global, after initialisation."""
    from wasmtime.component import Linker

    engine = _engine()
    component = _compiled(engine, binary)
    linker = Linker(engine)
    linker.add_wasip2()
    total = Total(request["state"])
    memories = [KeptPages(total) for _ in range(request["memories"])]
    globals: list[int] = []
    with linker.root() as root:
        for number, memory in enumerate(memories):
            root.add_func(f"preinit-memory-{number}", memory.keep)
        if len(request["dumps"]) > len(memories):
            root.add_func("preinit-global", lambda _store, _number, low, high: globals.append(low | high << 64))
        imports = implemented_types(component.type.imports(engine))
        asynchronous = asynchronous_function(imports, engine)
        implemented = (*WASI, *add_http(linker, imports), "preinit-")
        for name, type in imports.items():
            if not asynchronous and not name.startswith(implemented):
                add_stub(root, name, type, name, engine)
    if asynchronous:
        if any(name.startswith(WASI) for name in imports):
            raise NotCompiled(f"{_ASYNC_IMPORT}: {asynchronous}")
        linker.define_unknown_imports_as_traps(component)
    store = _store(engine, request)
    instance = _instantiate(linker, store, component)
    if request["init"] is not None:
        _call(store, _init_function(instance, store, request["init"]))
    for number, dump in enumerate(request["dumps"]):
        pages = _call(store, instance.get_func(store, dump))
        if number < len(memories):
            memories[number].has(pages)
    return memories, globals


def _compiled(engine: Any, binary: bytes) -> Any:
    """Names a feature that it would need to be on."""
    import wasmtime
    from wasmtime.component import Component

    try:
        return Component(engine, binary)
    except wasmtime.WasmtimeError as error:
        reason = _OFFSET.sub("", _reason(str(error)))
        off = _OFF.search(reason)
        if off is None:
            raise NotCompiled(reason) from error
        named = f"it needs the feature {off[off.lastgroup or 0].lower()}, which `component init` cannot turn on"
        raise NotCompiled(f"{named}: {reason}") from error


def _instantiate(linker: Any, store: Any, component: Any) -> Any:
    from wasmtime import _ffi as ffi
    from wasmtime.component import Instance

    made = ffi.wasmtime_component_instance_t()
    start = ffi.wasmtime_component_linker_instantiate_async
    _wait(lambda error: start(linker.ptr(), store._context(), component.ptr(), byref(made), error))
    return Instance._from_raw(made)


def _call(store: Any, function: Any) -> Any:
    """The result of a function without parameters."""
    from wasmtime import _ffi as ffi

    type = function.type(store).result
    results = (ffi.wasmtime_component_val_t * (type is not None))()
    start = ffi.wasmtime_component_func_call_async
    _wait(lambda error: start(byref(function._func), store._context(), None, 0, results, len(results), error))
    function.post_return(store)
    return None if type is None else type.convert_from_c(results[0])


def _wait(start: Callable[[Any], Any]) -> None:
    """Run the engine to the end of what it starts. A component with asynchronous imports needs such functions of the C
    API; the API for Python has only others."""
    import wasmtime
    from wasmtime import _ffi as ffi
    from wasmtime.component._enter import maybe_raise_last_exn

    error = POINTER(ffi.wasmtime_error_t)()
    future = start(byref(error))
    while not ffi.wasmtime_call_future_poll(future):
        pass
    ffi.wasmtime_call_future_delete(future)
    if error:
        failure = wasmtime.WasmtimeError._from_ptr(error)
        maybe_raise_last_exn()
        raise failure


def _engine() -> Any:
    """With all component features of this wasmtime. Its API for Python has setters only for some of them."""
    import wasmtime
    from wasmtime import _ffi as ffi

    config = wasmtime.Config()
    for name in dir(ffi):
        if _FEATURE.fullmatch(name):
            getattr(ffi, name)(config.ptr(), True)
    return wasmtime.Engine(config)


def _store(engine: Any, request: dict[str, Any]) -> Any:
    import wasmtime
    from wasmtime import _ffi as ffi

    store = wasmtime.Store(engine)
    store.set_limits(memory_size=request["memory"])
    wasi = wasmtime.WasiConfig()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    wasi.env = [tuple(variable) for variable in request["environment"]]
    for host, guest in request["folders"]:
        wasi.preopen_dir(host, guest)
    store.set_wasi(wasi)
    ffi.wasmtime_context_set_wasi_http(store._context())
    return store


def _init_function(instance: Any, store: Any, path: str) -> Any:
    """`NAME` or `INTERFACE#NAME`."""
    import wasmtime

    *interface, name = path.split("#")
    place = None
    if interface:
        place = instance.get_export_index(store, interface[0])
        if place is None:
            raise wasmtime.WasmtimeError(f"the component exports no interface {interface[0]}")
    found = instance.get_export_index(store, name, place)
    function = None if found is None else instance.get_func(store, found)
    if function is None:
        raise wasmtime.WasmtimeError(f"the component exports no function {path}")
    if not _is_plain(function.type(store)):
        raise wasmtime.WasmtimeError("it has parameters or a result")
    return function


def _is_plain(type: Any) -> bool:
    """Whether a function has neither parameters nor a result, of whatever types (`implemented_types`)."""
    from wasmtime import _ffi as ffi

    result = ffi.wasmtime_component_valtype_t()
    if ffi.wasmtime_component_func_type_result(type.ptr(), byref(result)):
        ffi.wasmtime_component_valtype_delete(byref(result))
        return False
    return not ffi.wasmtime_component_func_type_param_count(type.ptr())
