"""The least that a library can be linked to: an interpreter that keeps nothing, functions of a component, and a loop.

All of it is core WebAssembly in one store, so nothing of the Component Model is measured: only the library's code, and
the calls of the interpreter that the interface (wit_dylib.h) demands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import wasmtime

from generator.dylib.code import intrinsics
from generator.dylib.code.intrinsics import ENV, SIGNATURES
from generator.wasm.types import ValType

LENGTH = 500
"""Elements of each list."""
BYTES = 16
"""Bytes of each string."""
IN_A_ROW = 20
"""Calls whose time is measured as one, so that the loop around them does not count."""

Extern = wasmtime.Func | wasmtime.Table | wasmtime.Memory | wasmtime.SharedMemory | wasmtime.Global | wasmtime.Tag
Loop = Callable[[int], None]
"""Calls a function so many times."""

_CONTEXT, _TEXT, _VALUES, _RESULTS = 64, 1024, 8192, 60_000
"""Addresses: a context, a string, zeros that are read as values in memory, and results of imports."""
_STACK, _DATA, _HEAP = 1_000_000, 1_100_000, 2_000_000
_HEAP_SIZE = 1 << 20
"""Bytes after which allocation begins again: nothing that is in use is as large."""
_PAGES, _TABLE_SIZE, _TABLE_BASE = 64, 1000, 1
_IMPORT_FUNCTIONS, _IMPORT_SIZE, _IMPL = 8, 40, 8
"""Offsets in a wit_t: of its import functions; bytes of one, and its `impl`."""

_SUM = "(global.set $turn (i32.add (global.get $turn) (i32.const 1))) (i32.and (global.get $turn) (i32.const {}))"
_BODIES = {
    intrinsics.INITIALIZE: "(global.set $wit (local.get 0))",
    intrinsics.REALLOC: f"(i32.add (global.get $heap) (i32.const {_HEAP})) (global.set $heap (i32.and (i32.const"
    f" {_HEAP_SIZE - 8}) (i32.add (i32.const 7) (i32.add (global.get $heap) (local.get 3)))))",
    intrinsics.EXPORT_START: f"(i32.const {_CONTEXT})",
    "wit_dylib_push_list": "(i32.const 0)",
    "wit_dylib_pop_list": f"(i32.store (local.get 2) (i32.const 0)) (i32.const {LENGTH})",
    "wit_dylib_pop_string": f"(i32.store (local.get 1) (i32.const {_TEXT})) (i32.const {BYTES})",
    "wit_dylib_pop_variant": _SUM.format(3),
    "wit_dylib_pop_option": _SUM.format(1),
    "wit_dylib_pop_result": _SUM.format(1),
}
"""Bodies that are more than a constant. Lists are neither taken nor given whole; the cases of sums take turns."""
_COUNT = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))"


class Linked:
    """A library in a store of its own, with the interpreter."""

    def __init__(self, engine: wasmtime.Engine, library: bytes, counts: bool = False) -> None:
        self._engine = engine
        self._store = wasmtime.Store(engine)
        module = wasmtime.Module(engine, library)
        names = [item.name for item in module.imports if item.module == ENV and item.name in SIGNATURES]
        self._interpreter = self._instance(_interpreter(names, counts), [])
        self._library = wasmtime.Instance(self._store, module, [self._supplied(item) for item in module.imports])
        for name in ("__wasm_apply_data_relocs", "__wasm_call_ctors"):
            if name in self._library.exports(self._store):
                self._function(self._library, name)(self._store)

    @property
    def calls(self) -> int:
        """The calls of the interpreter so far, if they are counted."""
        calls = self._interpreter.exports(self._store)["calls"]
        assert isinstance(calls, wasmtime.Global)
        return int(calls.value(self._store))

    def interface(self) -> Loop:
        """Calls a function of the interpreter that does nothing, `IN_A_ROW` times."""
        push = self._function(self._interpreter, "wit_dylib_push_u32")
        call = f"(call $f (i32.const {_CONTEXT}) (local.get $n))"
        return self._loop('(import "" "f" (func $f (param i32 i32)))', call * IN_A_ROW, [push])

    def export(self, name: str) -> Loop:
        """Calls an export and its post-return."""
        function, after = self._function(self._library, name), self._function(self._library, f"cabi_post_{name}")
        params, results = _types(function.type(self._store).params), _types(function.type(self._store).results)
        text = f"""(import "" "f" (func $f {_signature(params, results)}))
            (import "" "after" (func $after {_signature(results, ())}))"""
        return self._loop(text, f"(call $after (call $f {_arguments(params)}))", [function, after])

    def imported(self, index: int) -> Loop:
        """Calls the adapter of an import (`wit_import_fn_t`)."""
        exports = self._interpreter.exports(self._store)
        text = f"""(import "" "memory" (memory {_PAGES})) (import "" "table" (table {_TABLE_SIZE} funcref))
            (import "" "wit" (global $wit (mut i32))) (type $impl (func (param i32)))"""
        impl = (
            f"(i32.load offset={_IMPL + index * _IMPORT_SIZE} (i32.load offset={_IMPORT_FUNCTIONS} (global.get $wit)))"
        )
        supplied = [exports["memory"], exports["__indirect_function_table"], exports["wit"]]
        return self._loop(text, f"(call_indirect (type $impl) (i32.const {_CONTEXT}) {impl})", supplied)

    def _loop(self, imports: str, call: str, supplied: list[Extern]) -> Loop:
        text = f"""(module {imports} (func (export "loop") (param $n i32)
            (loop $again {call} (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $again (local.get $n)))))"""
        loop = self._function(self._instance(text, supplied), "loop")
        return lambda times: loop(self._store, times)

    def _supplied(self, item: wasmtime.ImportType) -> Extern:
        exports = self._interpreter.exports(self._store)
        if item.module == ENV and item.name in ("__memory_base", "__table_base"):
            value = _DATA if item.name == "__memory_base" else _TABLE_BASE
            type = wasmtime.GlobalType(wasmtime.ValType.i32(), False)
            return wasmtime.Global(self._store, type, wasmtime.Val.i32(value))
        if item.module == ENV:
            return exports[str(item.name)]
        assert isinstance(item.type, wasmtime.FuncType)
        params, results = _types(item.type.params), _types(item.type.results)
        text = _import(params, results)
        return self._instance(text, [exports["memory"]]).exports(self._store)["f"]

    def _instance(self, text: str, supplied: list[Extern]) -> wasmtime.Instance:
        module = wasmtime.Module(self._engine, bytes(wasmtime.wat2wasm(text)))
        return wasmtime.Instance(self._store, module, supplied)

    def _function(self, instance: wasmtime.Instance, name: str) -> wasmtime.Func:
        function = instance.exports(self._store)[name]
        assert isinstance(function, wasmtime.Func)
        return function


def _interpreter(names: list[str], counts: bool) -> str:
    """WAT with the functions `names` of the interface."""
    functions = []
    for name in names:
        type = SIGNATURES[name]
        params, results = (tuple(map(_word, side)) for side in (type.params, type.results))
        body = _BODIES.get(name) or "".join(map(_constant, results))
        functions.append(f'(func (export "{name}") {_signature(params, results)} {_COUNT if counts else ""} {body})')
    return f"""(module (memory (export "memory") {_PAGES})
        (table (export "__indirect_function_table") {_TABLE_SIZE} funcref)
        (global (export "__stack_pointer") (mut i32) (i32.const {_STACK}))
        (global $heap (mut i32) (i32.const 0))
        (global $turn (mut i32) (i32.const 0))
        (global $wit (export "wit") (mut i32) (i32.const 0))
        (global $calls (export "calls") (mut i32) (i32.const 0))
        {" ".join(functions)})"""


def _import(params: tuple[str, ...], results: tuple[str, ...]) -> str:
    """A function of the component: its result in memory is the address and the length of a list."""
    body = "".join(map(_constant, results))
    if params and not results:
        area = f"(local.get {len(params) - 1})"
        body = f"(i32.store {area} (i32.const {_VALUES})) (i32.store offset=4 {area} (i32.const {LENGTH}))"
    return f'(module (import "" "memory" (memory {_PAGES})) (func (export "f") {_signature(params, results)} {body}))'


def _arguments(params: tuple[str, ...]) -> str:
    """One is the address of a record, two are the address and the length of a string or list; others are scalars."""
    addresses = (_VALUES, LENGTH)
    scalars = len(params) > len(addresses)
    return " ".join(f"({type}.const {1 if scalars else addresses[index]})" for index, type in enumerate(params))


def _constant(type: str) -> str:
    return f"({type}.const 1)"


def _signature(params: Iterable[str], results: Iterable[str]) -> str:
    return " ".join([f"(param {type})" for type in params] + [f"(result {type})" for type in results])


def _word(type: ValType) -> str:
    return type.name.lower()


def _types(types: Iterable[wasmtime.ValType]) -> tuple[str, ...]:
    return tuple(map(str, types))
