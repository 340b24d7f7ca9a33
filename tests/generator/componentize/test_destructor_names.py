"""The names under which `component new` finds the destructor of a resource."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.single import plan_single
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from tests.generator.componentize.modules import world_section

WIT = "package a:b; interface i { resource r; make: func() -> r; dropped: func() -> u32; } world w { export i; }"
MODULE = """
(module
  (import "[export]a:b/i" "[resource-new]r" (func $new (param i32) (result i32)))
  (global $dropped (mut i32) (i32.const 0))
  (func (export "a:b/i#make") (result i32) (call $new (i32.const 7)))
  (func (export "a:b/i#dropped") (result i32) (global.get $dropped))
  (func (export "NAME") (param i32) (global.set $dropped (local.get 0))))
"""


@pytest.mark.parametrize("prefix", ["", "[async-lift]", "[async-lift-stackful]"])
def test_it_is_called(prefix: str) -> None:
    binary = bytes(wasmtime.wat2wasm(MODULE.replace("NAME", f"{prefix}a:b/i#[dtor]r")))
    module = DecodedModule(binary + encode_custom(world_section(WIT, "w")))
    component = componentize(plan_single(module), ComponentizeOptions())
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    instance = wasmtime.component.Linker(engine).instantiate(store, wasmtime.component.Component(engine, component))
    interface = instance.get_export_index(store, "a:b/i")
    assert interface is not None
    functions = []
    for name in ("make", "dropped"):
        index = instance.get_export_index(store, name, interface)
        assert index is not None
        function = instance.get_func(store, index)
        assert function is not None
        functions.append(function)
    make, dropped = functions
    handle = make(store)
    make.post_return(store)
    assert isinstance(handle, wasmtime.component.ResourceAny)
    handle.drop(store)
    assert dropped(store) == 7
