"""Types of WebAssembly 3.0 in libraries and modules: passed on where nobody else has to understand them."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from generator.adapt.adapter import read_adapter
from generator.adapt.errors import AdapterError
from generator.componentize.encoder import componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.single import plan_single
from generator.link import Library, LinkOptions, link, read_library
from generator.link.errors import LinkError
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from generator.wasm.errors import WasmFormatError
from generator.wasm.module import CustomSection
from tests.generator.componentize.modules import world_section
from tests.generator.link.libraries import dylink

TYPES = """
  (type $thunk (func (result i32)))
  (type $point (struct (field i32) (field (mut i64))))
  (rec
    (type $node (struct (field (ref null $node)) (field (ref null $visit))))
    (type $visit (func (param (ref $node)))))
  (type $open (sub (array (mut i8))))
  (type $closed (sub final $open (array (mut i8))))
  (func $inside (type $visit))
  (func $answer (result i32) (struct.get $point 0 (struct.new $point (i32.const 42) (i64.const 1))))
"""
WORLD = world_section("package a:b; world w { export run: func() -> u32; }")


def binary(text: str, *customs: CustomSection, first: CustomSection | None = None) -> bytes:
    encoded = bytes(wasmtime.wat2wasm(f"(module {text})"))
    leading = b"" if first is None else encode_custom(first)
    return encoded[:8] + leading + encoded[8:] + b"".join(map(encode_custom, customs))


def library(name: str, text: str, *customs: CustomSection) -> Library:
    return read_library(name, binary(text, *customs, first=CustomSection("dylink.0", dylink())))


def run(component: bytes) -> object:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    instance = wasmtime.component.Linker(engine).instantiate(store, wasmtime.component.Component(engine, component))
    index = instance.get_export_index(store, "run")
    assert index is not None
    function = instance.get_func(store, index)
    assert function is not None
    return function(store)


def test_component_of_a_module() -> None:
    module = DecodedModule(binary(f'{TYPES} (export "run" (func $answer)) (export "inside" (func $inside))', WORLD))
    assert run(componentize(plan_single(module))) == 42


def test_continuation_type() -> None:
    text = f'(type $f (func)) (type (cont $f)) {TYPES} (export "run" (func $answer))'
    component = componentize(plan_single(DecodedModule(binary(text, WORLD))))
    assert bytes((0x5D, 0)) in component


def test_libraries() -> None:
    gc = library("libgc.so", f'{TYPES} (export "answer" (func $answer)) (export "inside" (func $inside))')
    caller = library("libcaller.so", '(import "env" "answer" (func $f (result i32))) (export "run" (func $f))', WORLD)
    assert run(link([gc, caller], LinkOptions())) == 42
    assert run(link([caller, gc], LinkOptions())) == 42


@pytest.mark.parametrize(
    ("provider", "importer", "message"),
    [
        (
            '(rec (type $f (func)) (type (struct))) (func (export "f") (type $f))',
            '(import "env" "f" (func $f))',
            "`b` needs `f`: a function [] -> [], but `a` exports a function of a type that only itself has",
        ),
        (
            "",
            '(rec (type $f (func)) (type (struct))) (import "env" "f" (func $f (type $f)))',
            "library `b`: the type of import `env` `f` is a function type in a recursion group: not supported here",
        ),
    ],
)
def test_function_of_a_type_of_its_own_cannot_be_imported(provider: str, importer: str, message: str) -> None:
    with pytest.raises(LinkError) as raised:
        link(
            [library("a", provider), library("b", f'{importer} (func (export "run") (result i32) unreachable)', WORLD)]
        )
    assert message in str(raised.value)


def test_function_of_the_world_has_a_type_of_its_own() -> None:
    text = '(rec (type $f (func (result i32))) (type (struct))) (func (export "run") (type $f) unreachable)'
    with pytest.raises(
        (ComponentizeError, WasmFormatError), match="the type of export `run` is a function type in a rec"
    ):
        componentize(plan_single(DecodedModule(binary(text, WORLD))))


def test_adapter_with_such_types() -> None:
    text = f'{TYPES} (func (export "f"))'
    with pytest.raises(AdapterError, match="adapter `old`: it has a struct type; in an adapter that is not supported"):
        read_adapter("old", binary(text))
