"""Components of core modules given as WAT, and what they answer in wasmtime."""

from __future__ import annotations

import wasmtime
from wasmtime.component import Component, Linker


def component(wat: str) -> bytes:
    return bytes(wasmtime.wat2wasm(wat))


def answers(binary: bytes, *calls: str) -> list[object]:
    """The results of functions without parameters, called in this order in one fresh instance."""
    engine = wasmtime.Engine()
    linker = Linker(engine)
    linker.add_wasip2()
    made = Component(engine, binary)
    linker.define_unknown_imports_as_traps(made)
    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    instance = linker.instantiate(store, made)
    results = []
    for name in calls:
        function = instance.get_func(store, name)
        assert function is not None, name
        results.append(function(store))
        function.post_return(store)
    return results


def counter(core: str, *, results: str = "u32") -> bytes:
    """A component with the functions `init` and `get` of one core module."""
    return component(f"""
(component
  (core module $m {core})
  (core instance $i (instantiate $m))
  (func (export "init") (canon lift (core func $i "init")))
  (func (export "get") (result {results}) (canon lift (core func $i "get")))
)""")
