"""Who implements the imports of a component during initialisation, in the process of its engine (`engine_child`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ctypes import byref
from typing import Any

_HTTP, _NETWORK = "wasi:http/types@0.2.", "wasi:http/outgoing-handler@"
"""The interface that the engine implements on request, and one by which initialisation would reach the network."""

called: list[str] = []
"""The imports that were called although nothing implements them. Errors of the engine do not name them."""


class NotCompiled(Exception):
    """The engine refuses the component."""


def add_http(linker: Any, imports: Iterable[str]) -> list[str]:
    """Lets the engine implement requests and responses, whose types use resources of WASI. Returns the beginning of the
    interface's name if a component imports it. Raises `NotCompiled`."""
    import wasmtime
    from wasmtime import _ffi as ffi

    if not any(name.startswith(_HTTP) for name in imports):
        return []
    network = [name for name in imports if name.startswith(_NETWORK)]
    if network:
        raise NotCompiled(f"it imports {network[0]}, which would give its initialisation the network")
    error = ffi.wasmtime_component_linker_add_wasi_http(linker.ptr())
    if error:
        raise wasmtime.WasmtimeError._from_ptr(error)
    return [_HTTP]


def implemented_types(externs: dict[str, Any]) -> dict[str, Any]:
    """Types by name, without types of values: nothing implements those, and the API for Python raises `TypeError` at
    some of them (maps)."""
    from wasmtime import _ffi as ffi

    found = {}
    for name, extern in externs.items():
        item: Any = ffi.wasmtime_component_item_t()
        ffi.wasmtime_component_extern_type(extern.ptr(), byref(item))
        if item.kind != ffi.WASMTIME_COMPONENT_ITEM_TYPE.value:
            found[name] = extern.ty
        ffi.wasmtime_component_item_delete(byref(item))
    return found


def asynchronous_function(externs: dict[str, Any], engine: Any, path: str = "") -> str:
    """The first asynchronous function; empty without one. `path`: the interface that it is in, and `#`."""
    from wasmtime import _ffi as ffi
    from wasmtime.component import ComponentInstanceType, FuncType

    for name, type in externs.items():
        if isinstance(type, FuncType) and ffi.wasmtime_component_func_type_async(type.ptr()):
            return path + name
        members = implemented_types(type.exports(engine)) if isinstance(type, ComponentInstanceType) else {}
        if found := asynchronous_function(members, engine, f"{path}{name}#"):
            return found
    return ""


def add_stub(place: Any, name: str, type: Any, path: str, engine: Any) -> None:
    """Define an import that nothing implements, so that only its use fails. `path`: its name for messages."""
    from wasmtime.component import ComponentInstanceType, FuncType, ResourceType

    match type:
        case FuncType():
            place.add_func(name, _failure(path))
        case ResourceType():
            place.add_resource(name, ResourceType.host(0), lambda _store, _rep: None)
        case ComponentInstanceType():
            with place.add_instance(name) as inner:
                for member, member_type in implemented_types(type.exports(engine)).items():
                    add_stub(inner, member, member_type, f"{path}#{member}", engine)


def _failure(path: str) -> Callable[..., None]:
    def fail(*_arguments: object) -> None:
        called.append(path)
        raise ImportError(path)

    return fail
