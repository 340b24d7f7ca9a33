"""Components with async functions, made by ours, that call each other in an engine."""

from __future__ import annotations

import pytest
import wasmtime
from wasmtime.component import Component, Linker

from generator.link import link, read_library
from generator.wasm.encode import encode_custom
from tests.generator.componentize.async_call import call_async
from tests.generator.componentize.modules import world_section
from tests.generator.dylib.libraries import library
from tests.generator.link.async_interpreter import ECHO, RESOURCES, STREAMS, composed, interpreter

CALLER_AND_CALLEE = """(component (component $Callee) (component $Caller)
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller (with "a:b/x" (instance $callee "a:b/x"))))
  (export "run" (func $caller "run")))"""

CALLER = "world caller { import x; export run: async func(text: string) -> string; }"


def component(wit: str, program: str) -> bytes:
    dylib = library(wit)
    return link([read_library("i.so", interpreter(dylib, program)), read_library("w.so", dylib)])


def run(binary: bytes, *arguments: object) -> object:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    instance = Linker(engine).instantiate(store, Component(engine, binary))
    function = instance.get_func(store, "run")
    assert function is not None
    return call_async(store, function, *arguments)


@pytest.mark.parametrize("text", ["", "x", "\N{SNOWMAN} and more"])
@pytest.mark.parametrize("numbers", [1, 2, 3, 4, 14, 15, 20])
def test_a_call(numbers: int, text: str) -> None:
    """Parameters on both sides of both limits; a call that returns at once, and one that yields."""
    params = ", ".join(f"n{number}: u64" for number in range(numbers))
    interface = f"interface x {{ f: async func(text: string, {params}) -> string; }}"
    callee = component(f"{interface} world callee {{ export x; }}", ECHO)
    caller = component(
        f"{interface} world caller {{ import x; export run: async func(text: string) -> string; }}", ECHO
    )
    assert run(composed(CALLER_AND_CALLEE, [callee, caller]), text) == text


@pytest.mark.parametrize("text", ["", "\N{SNOWMAN} and more"])
def test_a_stream(text: str) -> None:
    """A stream of strings, which are written after the function has returned it."""
    interface = "interface x { f: async func(text: string) -> stream<string>; }"
    callee = component(f"{interface} world callee {{ export x; }}", STREAMS)
    caller = component(f"{interface} {CALLER}", STREAMS)
    assert run(composed(CALLER_AND_CALLEE, [callee, caller]), text) == text


def test_resources() -> None:
    """One is lent for a call that yields, one is given away."""
    interface = "interface x { resource r; make: async func() -> r; sum: async func(a: borrow<r>, b: r) -> u64; }"
    callee = component(f"{interface} world callee {{ export x; }}", RESOURCES)
    caller = component(f"{interface} world caller {{ import x; export run: async func() -> u64; }}", RESOURCES)
    assert run(composed(CALLER_AND_CALLEE, [callee, caller])) == 84


NATIVE = "package harness:boxed@0.2.0; interface control { run: async func() -> u32; } world boxed { export control; }"
CONTROL = "harness:boxed/control@0.2.0"
CALLBACK_LIFT = (
    f'(import "[export]{CONTROL}" "[task-return]run" (func $returned (param i32)))',
    f"""(func (export "[async-lift]{CONTROL}#run") (result i32) (i32.const 1))
    (func (export "[callback][async-lift]{CONTROL}#run") (param i32 i32 i32) (result i32)
      (call $returned (i32.const 7)) (i32.const 0))""",
)
SYNC_LIFT = (
    '(import "$root" "[thread-yield]" (func $yield (result i32)))',
    f'(func (export "{CONTROL}#run") (result i32) (drop (call $yield)) (i32.const 7))',
)
ONLY = f"""(component (component $Subject) (instance $subject (instantiate $Subject))
  (alias export $subject "{CONTROL}" (instance $control)) (export "run" (func $control "run")))"""


@pytest.mark.parametrize("native", [CALLBACK_LIFT, SYNC_LIFT], ids=["callback", "synchronously lifted"])
def test_an_async_function_of_the_interpreter_itself(native: tuple[str, str]) -> None:
    dylib = library("interface x { f: async func(); } world w { export x; }")
    own = interpreter(dylib, native[1], native[0]) + encode_custom(world_section(NATIVE))
    linked = link([read_library("i.so", own), read_library("w.so", dylib)])
    assert run(composed(ONLY, [linked])) == 7


NEW_FUTURE = """
 (func (export "wit_dylib_export_call") (param i32 i32))
 (func (export "wit_dylib_export_finish") (param i32 i32))
 (func (export "wit_dylib_pop_future") (param $cx i32) (param $index i32) (result i32)
   (i32.wrap_i64 (call_indirect (type $new) (i32.load offset=12
     (i32.add (i32.load offset=112 (global.get $wit)) (i32.mul (local.get $index) (i32.const 56)))))))"""
"""A future is what a new one of its type is."""
FUTURES = """(component (component $Other) (component $Subject)
  (instance $other (instantiate $Other))
  (instance $subject (instantiate $Subject (with "a:b/x" (instance $other "a:b/x"))))
  (alias export $subject "a:b/x" (instance $x))
  (core func $call (canon lower (func $x "FUNCTION")))
  (core module $M (import "" "call" (func $call (result i32)))
    (func (export "run") (result i32) (call $call)))
  (core instance $m (instantiate $M (with "" (instance (export "call" (func $call))))))
  (func (export "run") (result u32) (canon lift (core func $m "run"))))"""


@pytest.mark.parametrize("function", ["of-own", "number", "named"])
def test_futures_of_an_interface_that_is_imported_and_exported(function: str) -> None:
    """Each side has built-ins of its own, where its type is another one: otherwise the engine traps."""
    interface = """
      interface x {
        resource r; type n = future<r>;
        of-own: func() -> future<r>; number: func() -> future<u32>; named: func() -> n;
      }
    """
    worlds = [f"{interface} world w {{ {items} }}" for items in ("export x;", "import x; export x;")]
    components = [component(world, NEW_FUTURE) for world in worlds]
    assert run(composed(FUTURES.replace("FUNCTION", function), components)) == 1
