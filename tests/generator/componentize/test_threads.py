"""Stack pointers, thread-local storage and new threads: the built-ins behind names of wasm-ld. `cases/linking` runs
what the engine can run."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from generator.component.canon import Builtin, BuiltinOp
from generator.component.component import CoreModule
from generator.component.read import read_component
from generator.componentize.encoder import componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.single import plan_single
from generator.link import link, read_library
from generator.validate.check import check_component
from generator.wasm.encode import encode_custom
from generator.wasm.types import FuncType, ValType
from tests.generator.componentize.hooked import of_text
from tests.generator.componentize.modules import world_section

WIT = "package a:b; world w { export run: func(); }"
RUN = '(func (export "run"))'
STACK = """(import "env" "__wasm_get_stack_pointer" (func (result i32)))
  (import "env" "__wasm_set_stack_pointer" (func (param i32)))"""
TLS = """(import "env" "__wasm_get_tls_base" (func (result i32)))
  (import "env" "__wasm_set_tls_base" (func (param i32)))"""
THREAD = '(import "$root" "[thread-new-indirect-v0]" (func (param i32 i32) (result i32)))'
TABLE = '(table (export "__indirect_function_table") 1 funcref)'
GET, SET, NEW = BuiltinOp.CONTEXT_GET, BuiltinOp.CONTEXT_SET, BuiltinOp.THREAD_NEW_INDIRECT


def made(*parts: str) -> bytes:
    component = componentize(plan_single(of_text(f"(module {' '.join(parts)} {RUN})", WIT)))
    check_component(component)
    return component


def built_ins(component: bytes) -> list[tuple[object, ...]]:
    found = [item for item in read_component(component).definitions if isinstance(item, Builtin)]
    return [(item.op, *item.immediates) for item in found]


def modules(component: bytes) -> int:
    return len([item for item in read_component(component).definitions if isinstance(item, CoreModule)])


def slots(number: int, type: ValType = ValType.I32) -> list[tuple[object, ...]]:
    return [(GET, type, number), (SET, type, number)]


@pytest.mark.parametrize(
    ("parts", "expected", "count"),
    [
        ((STACK,), slots(0), 1),
        ((STACK.replace("i32", "i64"),), slots(0, ValType.I64), 1),
        # thread-local storage of a module without threads is a variable of another module
        ((TLS,), [], 2),
        ((STACK, TLS), slots(0), 2),
        # the shim and what fills it, because the table is the module's own
        ((STACK, TLS, THREAD, TABLE), [*slots(0), *slots(1), (NEW, 0, 0)], 3),
        ((THREAD, TABLE), [(NEW, 0, 0)], 3),
    ],
    ids=["stack", "stack of 64 bits", "tls", "both", "threads", "threads alone"],
)
def test_built_ins(parts: tuple[str, ...], expected: list[tuple[object, ...]], count: int) -> None:
    component = made(*parts)
    assert built_ins(component) == expected
    assert modules(component) == count


def test_a_thread_begins_with_an_address() -> None:
    types = [item for item in read_component(made(THREAD, TABLE)).definitions if isinstance(item, FuncType)]
    assert types == [FuncType((ValType.I32,))]


def test_addresses_of_one_width() -> None:
    """All of a component's contexts have one type (Binary.md, "Canonical Definitions")."""
    with pytest.raises(ComponentizeError, match="a context has values of one type"):
        made(STACK.replace("(result i32)", "(result i64)"))


@pytest.mark.parametrize("memory", ["", '(import "env" "memory" (memory 1))'])
def test_beside_an_imported_memory(memory: str) -> None:
    component = made(STACK, TLS, memory)
    assert built_ins(component) == slots(0)
    wasmtime.component.Component(wasmtime.Engine(), component)


def test_libraries_share_the_linkers_table() -> None:
    text = f"(module (@dylink.0) {STACK} {THREAD} {RUN})"
    library = read_library("a.so", bytes(wasmtime.wat2wasm(text)) + encode_custom(world_section(WIT)))
    component = link([library])
    check_component(component)
    assert built_ins(component) == [*slots(0), (NEW, 0, 0)]
    assert modules(component) == 2, "`link:main` and the library: no shim is needed"


def test_a_library_that_defines_the_stack_pointers_functions() -> None:
    """Importers get the built-ins all the same."""
    definer = """(module (@dylink.0) (func (export "__wasm_get_stack_pointer") (result i32) unreachable)
      (func (export "__wasm_set_stack_pointer") (param i32) unreachable))"""
    text = f'(module (@dylink.0 (needed "c.so")) {STACK} {RUN})'
    app = bytes(wasmtime.wat2wasm(text)) + encode_custom(world_section(WIT))
    component = link([read_library("a.so", app), read_library("c.so", bytes(wasmtime.wat2wasm(definer)))])
    assert built_ins(component) == slots(0)
