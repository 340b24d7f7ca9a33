"""Adapters: what is kept of them, what they get, what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime.component
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.adapt.adapter import Adapter, read_adapter
from generator.adapt.errors import AdapterError
from generator.componentize.encoder import componentize
from generator.errors import GeneratorError
from generator.link.layout import PAGE_SIZE
from generator.link.library import Library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Op, const_i32
from generator.wasm.encode import encode_name, encode_section, encode_vector
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncType, GlobalType, Limits, MemoryType, TableType
from generator.wit.binary.decode import decode_component
from tests.generator.componentize.modules import world_section
from tests.generator.link.libraries import GETTER, I32, REALLOC, THUNK, UNARY, LibraryBuilder
from tests.generator.link.running import Running

WORLD = "package a:b; interface host { f: func(); g: func(); } world w { import host; }"
ADAPTER = "link:adapter:old"


class AdapterBuilder(ModuleBuilder):
    """Globals 0 and 1 are the stack pointer and the state of its allocation."""

    def define(self, name: str, type: FuncType, write: Callable[[Code], None]) -> int:
        code = Code(len(type.params))
        write(code)
        index = self.add_function(type, code.body(), name)
        self.export(name, ExternKind.FUNC, index)
        return index

    def variables(self) -> None:
        for name in ("__stack_pointer", "allocation_state"):
            self.export(name, ExternKind.GLOBAL, self.add_global(GlobalType(I32, mutable=True), const_i32(0)))

    def binary(self, world: str = WORLD) -> bytes:
        names = [
            encode_unsigned(index) + encode_name(name)
            for index, name in enumerate(("__stack_pointer", "allocation_state"))
        ]
        self.module.customs.append(CustomSection("name", encode_section(7, encode_vector(names))))
        self.module.customs.append(world_section(world))
        return self.encode()

    def adapter(self, world: str = WORLD) -> Adapter:
        return read_adapter("old", self.binary(world))


def adapter() -> Adapter:
    return _builder().adapter()


def _builder() -> AdapterBuilder:
    """`ask` calls `f` of the host, `unused` calls `g`; `stack`, `state` and `allocate` tell what the adapter got."""
    builder = AdapterBuilder()
    builder.import_memory("env", "memory", MemoryType(Limits(0)))
    f = builder.import_function("a:b/host", "f", THUNK)
    g = builder.import_function("a:b/host", "g", THUNK)
    realloc = builder.import_function("__main_module__", "cabi_realloc", REALLOC)
    builder.variables()
    helper = builder.add_function(THUNK, Code(0).body())

    def ask(code: Code) -> None:
        code.call(helper)
        code.call(f)
        code.i32_const(42)

    def allocate(code: Code) -> None:
        for value in (0, 0, 1):
            code.i32_const(value)
        code.local_get(0)
        code.call(realloc)

    builder.define("unused", THUNK, lambda code: code.call(g))
    builder.define("ask", GETTER, ask)
    builder.define("stack", GETTER, lambda code: code.global_get(0))
    builder.define("state", GETTER, lambda code: code.global_get(1))
    builder.define("allocate", UNARY, allocate)
    return builder


def library(*imports: tuple[str, FuncType], realloc: bool = True) -> Library:
    """Hands on functions of the adapter under their names; its allocator answers what it is asked for, plus 1."""
    builder = LibraryBuilder()
    builder.memory()
    indices = [builder.import_function("old", name, type) for name, type in imports]
    for (name, type), index in zip(imports, indices, strict=True):
        builder.forward(name, type, index)
    if realloc:

        def one_more(code: Code) -> None:
            code.local_get(3)
            code.i32_const(1)
            code.op(Op.I32_ADD)

        builder.define("cabi_realloc", REALLOC, one_more)
    builder.root()
    return builder.library("a.so")


def test_what_is_reached_is_kept() -> None:
    plan = plan_link([library(("ask", GETTER))], LinkOptions(adapters=(adapter(),)))
    module = plan.module(ADAPTER).module
    assert [(item.module, item.name) for item in module.imports] == [("env", "memory"), ("a:b/host", "f")]
    assert [export.name for export in module.exports] == ["ask"]
    assert len(module.bodies) == 2
    calls: list[str] = []
    running = Running(plan, {("a:b/host", "f"): lambda: calls.append("f")})
    assert running.call("a.so", "ask") == 42
    assert calls == ["f"]


def test_adapter_that_nobody_needs_is_left_out() -> None:
    plan = plan_link([library()], LinkOptions(adapters=(adapter(),)))
    assert [module.name for module in plan.modules if "adapter" in module.name] == []


def test_adapters_of_one_name() -> None:
    with pytest.raises(AdapterError, match="2 adapters have the name `old`"):
        plan_link([library()], LinkOptions(adapters=(adapter(), adapter())))


def test_stack_of_its_own() -> None:
    options = LinkOptions(stack_size=1000, adapters=(adapter(),))
    running = Running(plan_link([library(("stack", GETTER), ("state", GETTER))], options))
    top = running.call("a.so", "stack")
    assert top % 16 == 0
    assert top - PAGE_SIZE >= 1000
    assert top <= running.memory.data_len(running.store)
    assert running.call("a.so", "state") == 2


@pytest.mark.parametrize(
    ("own", "via_memory_grow", "expected"),
    [(True, False, [4097, 70001]), (True, True, [0, PAGE_SIZE]), (False, False, [0, PAGE_SIZE])],
    ids=["the libraries'", "as asked", "nobody's"],
)
def test_allocator(own: bool, via_memory_grow: bool, expected: list[int]) -> None:
    """Blocks of 4096 and 70000 bytes; those of `memory.grow` counted from the old end of memory."""
    options = LinkOptions(adapters=(adapter(),), realloc_via_memory_grow=via_memory_grow)
    running = Running(plan_link([library(("allocate", UNARY), realloc=own)], options))
    end = 0 if own and not via_memory_grow else running.memory.data_len(running.store)
    assert [running.call("a.so", "allocate", size) - end for size in (4096, 70000)] == expected
    if end:
        assert running.memory.data_len(running.store) == end + 3 * PAGE_SIZE


def test_component_imports_what_is_reached() -> None:
    builder = LibraryBuilder()
    ask = builder.import_function("old", "ask", GETTER)
    builder.forward("go", GETTER, ask)
    builder.module.customs.append(world_section("package c:d; world x { export go: func() -> u32; }"))
    component = componentize(plan_link([builder.library("a.so")], LinkOptions(adapters=(adapter(),))))
    wasmtime.component.Component(wasmtime.Engine(), component)
    resolve, world = decode_component(component)
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].imports] == ["a:b/host"]
    assert [[*interface.functions] for interface in resolve.interfaces] == [["f"]]


def test_adapter_that_exports_for_the_world() -> None:
    """Like the adapter for commands: `run` calls the libraries' `_start`."""
    builder = AdapterBuilder()
    start = builder.import_function("__main_module__", "_start", THUNK)
    builder.define("a:b/command#run", THUNK, lambda code: code.call(start))
    builder.define("cabi_post_a:b/command#run", THUNK, lambda code: None)
    builder.define("other", THUNK, lambda code: None)
    adapter = builder.adapter("package a:b; interface command { run: func(); } world w { export command; }")
    main = LibraryBuilder()
    main.module.customs.append(world_section("package c:d; world x { export seen: func() -> u32; }"))
    seen = main.add_global(GlobalType(I32, mutable=True), const_i32(0))

    def count(code: Code) -> None:
        code.global_get(seen)
        code.i32_const(1)
        code.op(Op.I32_ADD)
        code.global_set(seen)

    main.define("_start", THUNK, count)
    main.getter("seen", seen)
    plan = plan_link([main.library("a.so")], LinkOptions(adapters=(adapter,)))
    kept = [export.name for export in plan.module(ADAPTER).module.exports]
    assert kept == ["a:b/command#run", "cabi_post_a:b/command#run"]
    engine = wasmtime.Engine()
    component = wasmtime.component.Component(engine, componentize(plan))
    store = wasmtime.Store(engine)
    instance = wasmtime.component.Linker(engine).instantiate(store, component)
    command = instance.get_export_index(store, "a:b/command")
    index = instance.get_export_index(store, "run", command)
    assert index is not None
    run = instance.get_func(store, index)
    seen_now = instance.get_func(store, "seen")
    assert run is not None and seen_now is not None
    run(store)
    run.post_return(store)
    assert seen_now(store) == 1


def _with_data(builder: AdapterBuilder) -> None:
    builder.import_memory("env", "memory", MemoryType(Limits(0)))
    builder.add_data(const_i32(0), b"x")


def _with_start(builder: AdapterBuilder) -> None:
    builder.module.start = builder.add_function(THUNK, Code(0).body())


def _with_table(builder: AdapterBuilder) -> None:
    builder.import_table("env", "table", TableType(Limits(0)))


def _with_env(builder: AdapterBuilder) -> None:
    builder.import_function("env", "f", THUNK)


def _library(builder: AdapterBuilder) -> None:
    builder.module.leading_customs.append(CustomSection("dylink.0", b""))


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (_with_data, "it has data"),
        (_with_start, "a start function"),
        (_with_table, "import `env` `table`"),
        (_with_env, "import `env` `f`"),
        (lambda builder: builder.add_memory(MemoryType(Limits(1))), "it defines a memory"),
        (lambda builder: builder.add_tag([]), "tags"),
        (_library, "a dynamic library"),
    ],
)
def test_modules_that_are_no_adapters(write: Callable[[AdapterBuilder], object], words: str) -> None:
    builder = AdapterBuilder()
    write(builder)
    with pytest.raises(AdapterError) as raised:
        builder.adapter()
    assert str(raised.value).startswith("adapter `old`: ")
    assert words in str(raised.value)


def _broken_call(builder: AdapterBuilder) -> None:
    builder.define("f", THUNK, lambda code: code.call(77))


def _of_nobody(builder: AdapterBuilder) -> None:
    index = builder.import_function("__main_module__", "lost", GETTER)
    builder.define("f", THUNK, lambda code: code.call(index))


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda builder: None, "`a.so` needs `f`: a function [] -> [], which the adapter `old` lacks"),
        (
            lambda builder: builder.define("f", GETTER, lambda code: code.i32_const(0)),
            "which the adapter `old` has as [] -> [i32]",
        ),
        (_broken_call, "adapter `old`: function index 77 is out of range"),
        (_of_nobody, "adapter `old` needs `lost`: a function [] -> [i32] that no library exports"),
    ],
)
def test_what_adapter_and_libraries_lack(write: Callable[[AdapterBuilder], object], words: str) -> None:
    builder = AdapterBuilder()
    write(builder)
    with pytest.raises(GeneratorError) as raised:
        plan_link([library(("f", THUNK))], LinkOptions(adapters=(builder.adapter(),)))
    assert words in str(raised.value)


ADAPTER_BINARY = _builder().binary()


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(8, len(ADAPTER_BINARY) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_damage(changes: list[tuple[int, int]]) -> None:
    """An error of ours or another adapter, never a traceback of Python."""
    binary = bytearray(ADAPTER_BINARY)
    for place, value in changes:
        binary[place] = value
    imports = [("ask", GETTER), ("stack", GETTER), ("allocate", UNARY), ("unused", THUNK)]
    try:
        damaged = read_adapter("old", bytes(binary))
        plan = plan_link([library(*imports)], LinkOptions(adapters=(damaged,)))
    except GeneratorError as error:
        assert str(error)
    else:
        assert plan.module(ADAPTER).module.export_func_type("ask") == GETTER
