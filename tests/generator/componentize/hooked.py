"""Modules that note which of their functions run, with task hooks."""

from __future__ import annotations

import wasmtime
from wasmtime import _ffi as ffi
from wasmtime.component import Component, Linker, ResourceAny

from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.single import plan_single
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from tests.generator.componentize.async_call import call_async
from tests.generator.componentize.modules import world_section

WIT = """package a:b;
interface host { give: func() -> string; }
interface one { f: func(x: u32) -> u32; s: func(x: string) -> string; }
interface two { f: func(x: u32) -> u32; resource r { constructor(); m: func() -> u32; st: static func(); } }
world w {
  import host; export one; export two;
  export g: func(); export ask: func(); export early: async func();
  export pausing: async func() -> u32; export stackful: async func() -> u32; export text: async func(x: string);
  export dump: func() -> string;
}
"""


def note(letter: str) -> str:
    return f"(call $note (i32.const {ord(letter)}))"


HOOK = f'(func (export "__wasm_task_hook") (param i32) {note(" ")} (call $note (i32.add (i32.const 48) (local.get 0))))'
"""Notes the point as a digit behind a blank; `<` is 12, `=` is 13."""
INIT = f'(func (export "__wasm_init_task") {note("T")})'
INIT_ASYNC = f'(func (export "__wasm_init_async_task") {note("A")})'
BOTH_INITS = INIT + INIT_ASYNC
INITIALIZE = f'(func (export "_initialize") {note("i")})'


def module(*parts: str) -> DecodedModule:
    """All of the world; each function notes a letter. `parts`: hooks, and `_initialize` where there is to be one."""
    text = f"""(module
 (import "a:b/host" "give" (func $give (param i32)))
 (import "[export]a:b/two" "[resource-new]r" (func $new (param i32) (result i32)))
 (import "[export]$root" "[task-return]early" (func $early))
 (import "[export]$root" "[task-return]pausing" (func $pausing (param i32)))
 (import "[export]$root" "[task-return]stackful" (func $stackful (param i32)))
 (import "[export]$root" "[task-return]text" (func $text))
 (memory (export "memory") 2)
 (global $next (mut i32) (i32.const 2048)) (global $heap (mut i32) (i32.const 65536))
 (global $left (mut i32) (i32.const 2))
 (func $note (param i32)
   (i32.store8 (global.get $next) (local.get 0)) (global.set $next (i32.add (global.get $next) (i32.const 1))))
 {" ".join(parts)}
 (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {note("r")}
   (global.get $heap) (global.set $heap (i32.add (global.get $heap) (local.get 3))))
 (func (export "a:b/one#f") (param i32) (result i32) {note("f")} (local.get 0))
 (func (export "a:b/one#s") (param i32 i32) (result i32) {note("s")}
   (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16))
 (func (export "cabi_post_a:b/one#s") (param i32) {note("p")})
 (func (export "a:b/two#f") (param i32) (result i32) {note("F")} (local.get 0))
 (func (export "a:b/two#[constructor]r") (result i32) {note("c")} (call $new (i32.const 100)))
 (func (export "a:b/two#[method]r.m") (param i32) (result i32) {note("m")} (local.get 0))
 (func (export "a:b/two#[static]r.st") {note("x")})
 (func (export "a:b/two#[dtor]r") (param i32) {note("d")})
 (func (export "g") {note("g")} (drop (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1))))
 (func (export "ask") {note("q")} (call $give (i32.const 32)) {note("Q")})
 (func (export "[async-lift]early") (result i32) {note("e")} (call $early) (i32.const 0))
 (func (export "[callback][async-lift]early") (param i32 i32 i32) (result i32) unreachable)
 (func (export "[async-lift]pausing") (result i32) {note("a")} (i32.const 1))
 (func (export "[callback][async-lift]pausing") (param i32 i32 i32) (result i32) {note("b")}
   (global.set $left (i32.sub (global.get $left) (i32.const 1)))
   (if (result i32) (global.get $left) (then (i32.const 1)) (else (call $pausing (i32.const 7)) (i32.const 0))))
 (func (export "[async-lift-stackful]stackful") {note("z")} (call $stackful (i32.const 9)))
 (func (export "[async-lift]text") (param i32 i32) (result i32) {note("t")} (call $text) (i32.const 0))
 (func (export "[callback][async-lift]text") (param i32 i32 i32) (result i32) unreachable)
 (func (export "dump") (result i32) (i32.store (i32.const 16) (i32.const 2048))
   (i32.store (i32.const 20) (i32.sub (global.get $next) (i32.const 2048))) (i32.const 16))
 (func (export "cabi_post_dump") (param i32) (global.set $next (i32.const 2048)))
)"""
    return of_text(text, WIT)


def of_text(text: str, wit: str) -> DecodedModule:
    return DecodedModule(bytes(wasmtime.wat2wasm(text)) + encode_custom(world_section(wit)))


def component(*parts: str, return_call_ref: bool = False) -> bytes:
    return componentize(plan_single(module(*parts)), ComponentizeOptions(return_call_ref=return_call_ref))


class Running:
    """An instance of such a module."""

    def __init__(self, binary: bytes) -> None:
        config = wasmtime.Config()
        for feature in ("async", "async_stackful"):
            getattr(ffi, f"wasmtime_config_wasm_component_model_{feature}_set")(config.ptr(), True)
        engine = wasmtime.Engine(config)
        self.store = wasmtime.Store(engine)
        linker = Linker(engine)
        with linker.root() as root, root.add_instance("a:b/host") as host:
            host.add_func("give", lambda _store: "given")
        self.instance = linker.instantiate(self.store, Component(engine, binary))

    def call(self, *path: str, arguments: tuple[object, ...] = ()) -> object:
        index = None
        for name in path:
            index = self.instance.get_export_index(self.store, name, index)
        assert index is not None
        function = self.instance.get_func(self.store, index)
        assert function is not None
        return call_async(self.store, function, *arguments)

    def noted(self) -> str:
        """The notes since the last call, without the entry of this call."""
        found = self.call("dump")
        assert isinstance(found, str)
        return found

    def drop(self, resource: object) -> None:
        assert isinstance(resource, ResourceAny)
        resource.drop(self.store)
