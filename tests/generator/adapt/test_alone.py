"""One module with adapters: what is kept of these, what they get, what is refused. `cases/linking/module-*` run."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.adapt.adapter import Adapter, read_adapter
from generator.adapt.alone import plan_with_adapters
from generator.adapt.errors import AdapterError
from generator.adapt.reduce import GROW
from generator.componentize.encoder import componentize
from generator.componentize.plan import EncodingPlan, LateInstance
from generator.errors import GeneratorError
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from tests.generator.componentize.modules import world_section

WIT = "package a:b; interface host { f: func(); g: func(); } world w { import host; } world main {}"
ADAPTER = """(module
  (import "a:b/host" "f" (func $f))
  (import "a:b/host" "g" (func $g))
  (import "env" "memory" (memory 0))
  (import "__main_module__" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (global $__stack_pointer (mut i32) (i32.const 0))
  (global $allocation_state (mut i32) (i32.const 0))
  (func (export "ask") (call $f))
  (func (export "unused") (call $g))
  (func (export "stack") (result i32) (call $deep))
  (func $deep (result i32) (global.get $__stack_pointer))
  (func (export "state") (result i32) (i32.add (global.get $allocation_state) (global.get $__stack_pointer)))
  (func (export "allocate") (param i32) (result i32)
    (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (local.get 0))))"""
REALLOC = '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))'
MEMORY = '(memory (export "memory") 1)'
TYPES = {"ask": "", "stack": "(result i32)", "state": "(result i32)", "allocate": "(param i32) (result i32)"}


def binary(text: str, world: str) -> bytes:
    return bytes(wasmtime.wat2wasm(text)) + encode_custom(world_section(WIT, world))


def adapter(text: str = ADAPTER, name: str = "old") -> Adapter:
    return read_adapter(name, binary(text, "w"))


def plan(*wanted: str, parts: str = MEMORY + REALLOC, via_memory_grow: bool = False) -> EncodingPlan:
    imports = "".join([f'(import "old" "{name}" (func {TYPES[name]}))' for name in wanted])
    module = DecodedModule(binary(f"(module {imports} {parts})", "main"))
    return plan_with_adapters(module, [adapter()], via_memory_grow=via_memory_grow)


def adapted(plan: EncodingPlan) -> DecodedModule:
    return plan.module("adapter:old").module


def functions_imported(module: DecodedModule) -> list[tuple[str, str]]:
    return [(item.module, item.name) for item in module.imports if item.module != "env"]


@pytest.mark.parametrize(
    ("wanted", "parts", "imports", "bodies"),
    [
        (["ask"], MEMORY + REALLOC, [("a:b/host", "f")], 1),
        # the function and what it calls, `allocate_stack`, what calls both, the allocator that takes pages
        (["stack"], MEMORY + REALLOC, [], 5),
        (["stack"], MEMORY, [], 5),
        (["state"], MEMORY + REALLOC, [("__main_module__", "cabi_realloc")], 3),
        (["state"], MEMORY, [], 4),
        (["allocate"], MEMORY + REALLOC, [("__main_module__", "cabi_realloc")], 1),
        (["allocate"], MEMORY, [], 2),
        (["allocate", "state"], MEMORY + REALLOC, [("__main_module__", "cabi_realloc")], 4),
        (["ask", "state"], MEMORY + REALLOC, [("a:b/host", "f"), ("__main_module__", "cabi_realloc")], 4),
    ],
)
def test_what_is_kept_and_added(wanted: list[str], parts: str, imports: list[tuple[str, str]], bodies: int) -> None:
    module = adapted(plan(*wanted, parts=parts))
    assert functions_imported(module) == imports
    assert len(module.bodies) == bodies
    assert [export.name for export in module.exports if export.name != GROW] == wanted
    wasmtime.Module(wasmtime.Engine(), module.binary)


def test_pages_where_it_is_asked_for() -> None:
    made = plan("allocate", "state", via_memory_grow=True)
    assert functions_imported(adapted(made)) == []
    assert made.module("adapter:old").options.import_realloc is not None


def test_the_module_gets_functions_of_the_adapter() -> None:
    made = plan("ask")
    assert made.module("main").imports["old"] == LateInstance("adapter:old")
    assert [module.name for module in made.modules] == ["main", "adapter:old"]
    wasmtime.component.Component(wasmtime.Engine(), componentize(made))


def test_an_import_that_stands_twice() -> None:
    text = f'(module (import "old" "ask" (func)) (import "old" "ask" (func)) {MEMORY})'
    made = plan_with_adapters(DecodedModule(binary(text, "main")), [adapter()])
    wasmtime.component.Component(wasmtime.Engine(), componentize(made))


def test_an_adapter_that_nobody_needs() -> None:
    assert [module.name for module in plan().modules] == ["main"]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ('(import "old" "ask" (func (param i32)))', "a function (i32) -> (), which the adapter `old` has as () -> ()"),
        ('(import "old" "lost" (func))', "needs `lost`: a function () -> (), which the adapter `old` lacks"),
        ('(import "old" "ask" (global i32))', "needs `ask`: something else than a function"),
        ('(import "old" "ask" (func))', "adapter `old` needs a memory, and the module `main` exports none"),
    ],
)
def test_what_does_not_fit(parts: str, message: str) -> None:
    with pytest.raises(AdapterError) as caught:
        plan(parts=parts)
    assert message in str(caught.value)


def test_what_the_module_has_otherwise() -> None:
    text = '(module (import "__main_module__" "f" (func $f)) (func (export "g") (call $f)))'
    module = DecodedModule(binary('(module (import "old" "g" (func)) (func (export "f") (param i32)))', "main"))
    with pytest.raises(
        AdapterError, match=r"`old` needs `f`: a function \(\) -> \(\), which .* has as \(i32\) -> \(\)"
    ):
        plan_with_adapters(module, [adapter(text)])


def test_two_adapters_of_one_name() -> None:
    module = DecodedModule(binary("(module)", "main"))
    with pytest.raises(AdapterError, match="2 adapters have the name `old`"):
        plan_with_adapters(module, [adapter(), adapter()])


BINARY = binary(ADAPTER, "w")


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(8, len(BINARY) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_damage(changes: list[tuple[int, int]]) -> None:
    """An error of ours or another adapter, never a traceback of Python."""
    damaged = bytearray(BINARY)
    for place, value in changes:
        damaged[place] = value
    imports = "".join([f'(import "old" "{name}" (func {TYPES[name]}))' for name in TYPES])
    module = DecodedModule(binary(f"(module {imports} {MEMORY} {REALLOC})", "main"))
    try:
        made = plan_with_adapters(module, [read_adapter("old", bytes(damaged))])
    except GeneratorError as error:
        assert str(error)
    else:
        assert adapted(made).export_func_type("ask") is not None


def test_sections_of_its_world_are_taken_out() -> None:
    made = plan("ask").module("adapter:old")
    assert [section.name for section in made.component_types] == ["component-type:w"]
    assert not [custom for custom in made.module.customs if custom.name.startswith("component-type")]
