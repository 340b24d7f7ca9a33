"""A process that runs an instrumented component by the Python package wasmtime, and writes down its state.

Arguments: a JSON object (`init`, `dumps`, `memories`, `environment`, `folders`, `memory`, `state`). Standard input:
the component. Standard output: a JSON line with the globals and the sizes of memories, then the memories one after the
other; after a failure only a JSON line with its reason. What the component prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any

WASI = tuple([f"wasi:{package}/" for package in ("cli", "clocks", "filesystem", "io", "random", "sockets")])
"""The packages that the engine implements."""
_FEATURE = re.compile(r"wasmtime_config_wasm_component_model_(\w+_)?set")
_ASYNC_IMPORT = "it imports an asynchronous function, and wasmtime's API for Python cannot provide one"

_called: list[str] = []
"""The imports that were called although nothing implements them. Errors of the engine do not name them."""


class TooMuchState(Exception):
    """The memories are too large to be kept."""


def main() -> int:
    """Returns 0, or 1 after a failure."""
    request = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # guests print there
    failure, memories, globals = _outcome(request)
    sizes = [sum(map(len, pages)) for pages in memories]
    out.write(json.dumps({"failure": failure, "sizes": sizes, "globals": globals}).encode() + b"\n")
    for pages in memories:
        out.writelines(pages)
    out.close()
    return 0 if failure is None else 1


def _outcome(request: dict[str, Any]) -> tuple[str | None, list[list[bytes]], list[int]]:
    """The reason of a failure, or the state."""
    import wasmtime

    try:
        return None, *_run(sys.stdin.buffer.read(), request)
    except wasmtime.WasmtimeError as error:
        return _reason(str(error)), [], []
    except ImportError:
        return _missing(), [], []
    except TooMuchState as error:
        return str(error), [], []
    except MemoryError:
        return "memory ran out", [], []


def _reason(message: str) -> str:
    """The last cause that wasmtime lists: the trap itself. The earlier ones describe its place."""
    if _called:
        return _missing()
    _, listed, causes = message.partition("Caused by:")
    lines = [line.strip() for line in (causes if listed else message).splitlines() if line.strip()]
    cause = (lines[-1] if listed else lines[0]) if lines else "no reason given"
    return re.sub(r"^\d+: ", "", cause)


def _missing() -> str:
    return f"it calls the import {_called[0]}, which is not there during initialisation"


def _run(binary: bytes, request: dict[str, Any]) -> tuple[list[list[bytes]], list[int]]:
    """The pages of each memory and the bits of each global, after initialisation."""
    from wasmtime.component import Component, Linker

    engine = _engine()
    component = Component(engine, binary)
    linker = Linker(engine)
    linker.add_wasip2()
    memories: list[list[bytes]] = [[] for _ in range(request["memories"])]
    globals: list[int] = []
    keeper = _Keeper(request["state"])
    with linker.root() as root:
        for number, pages in enumerate(memories):
            root.add_func(f"preinit-memory-{number}", keeper.of(pages))
        if len(request["dumps"]) > len(memories):
            root.add_func("preinit-global", lambda _store, _number, low, high: globals.append(low | high << 64))
        for name, extern in component.type.imports(engine).items():
            if not name.startswith((*WASI, "preinit-")):
                _add_stub(root, name, extern.ty, name, engine)
    store = _store(engine, request)
    instance = linker.instantiate(store, component)
    functions = [_init_function(instance, store, request["init"])] if request["init"] is not None else []
    functions += [instance.get_func(store, dump) for dump in request["dumps"]]
    for function in functions:
        function(store)
        function.post_return(store)
    return memories, globals


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

    store = wasmtime.Store(engine)
    store.set_limits(memory_size=request["memory"])
    wasi = wasmtime.WasiConfig()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    wasi.env = [tuple(variable) for variable in request["environment"]]
    for host, guest in request["folders"]:
        wasi.preopen_dir(host, guest)
    store.set_wasi(wasi)
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
    type = function.type(store)
    if type.params or type.result is not None:
        raise wasmtime.WasmtimeError("it has parameters or a result")
    return function


def _add_stub(place: Any, name: str, type: Any, path: str, engine: Any) -> None:
    """Define an import that nothing implements, so that only its use fails. `path`: its name for messages."""
    import wasmtime
    from wasmtime import _ffi as ffi
    from wasmtime.component import ComponentInstanceType, FuncType, ResourceType

    match type:
        case FuncType():
            if ffi.wasmtime_component_func_type_async(type.ptr()):
                raise wasmtime.WasmtimeError(f"{_ASYNC_IMPORT}: {path}")
            place.add_func(name, _failure(path))
        case ResourceType():
            place.add_resource(name, ResourceType.host(0), lambda _store, _rep: None)
        case ComponentInstanceType():
            with place.add_instance(name) as inner:
                for member, extern in type.exports(engine).items():
                    _add_stub(inner, member, extern.ty, f"{path}#{member}", engine)


def _failure(path: str) -> Callable[..., None]:
    def fail(*_arguments: object) -> None:
        _called.append(path)
        raise ImportError(path)

    return fail


class _Keeper:
    """Keeps the pages of memories, at most so many bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most

    def of(self, pages: list[bytes]) -> Callable[[object, str], None]:
        """The function that puts each page into `pages`."""

        def keep(_store: object, page: str) -> None:
            self._left -= len(page)
            if self._left < 0:
                raise TooMuchState(
                    f"its memories are larger than {self._most >> 20} MiB together, which is not supported"
                )
            pages.append(page.encode("latin-1"))

        return keep


if __name__ == "__main__":
    sys.exit(main())
