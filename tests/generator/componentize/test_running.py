"""Components run in wasmtime: shim and fixup, post-return, resources, `_initialize`, string encodings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime
from wasmtime.component import Component, Linker, LinkerInstance, ResourceAny

from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.plan import CanonicalOptions, CoreExport, EncodingPlan, PlanModule, SynthesizedInstance
from generator.componentize.single import plan_single
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Mem, Op, const_i32
from generator.wasm.decode import DecodedModule
from generator.wasm.types import ExternKind, FuncType, Limits, MemoryType
from tests.generator.componentize.modules import TestModule, i32_type, world_section

ENGINE = wasmtime.Engine()
MEMORY_TYPE = MemoryType(Limits(1))


class Running:
    """An instance of a component; `host` gives imported functions by interface (`` for the world itself) and name."""

    def __init__(self, component: bytes, host: dict[str, dict[str, Callable[..., object]]] | None = None) -> None:
        self.store = wasmtime.Store(ENGINE)
        linker = Linker(ENGINE)
        for interface, functions in (host or {}).items():
            with linker.root() as root:
                if not interface:
                    _add(root, functions)
                    continue
                with root.add_instance(interface) as instance:
                    _add(instance, functions)
        self.instance = linker.instantiate(self.store, Component(ENGINE, component))

    def call(self, name: str, *arguments: object, interface: str | None = None) -> object:
        index = None
        if interface is not None:
            index = self.instance.get_export_index(self.store, interface)
            assert index is not None
        found = self.instance.get_export_index(self.store, name, index)
        assert found is not None
        function = self.instance.get_func(self.store, found)
        assert function is not None
        result = function(self.store, *arguments)
        function.post_return(self.store)
        return result


def _add(instance: LinkerInstance, functions: dict[str, Callable[..., object]]) -> None:
    for name, function in functions.items():
        instance.add_func(name, function)


GREET = (
    "package a:b; interface host { greet: func(name: string) -> string; }"
    " world w { import host; export shout: func(name: string) -> string; export returned: func() -> u32; }"
)


def greeting_module() -> TestModule:
    """`shout` hands its parameter to `greet` and the result back; its post-return is counted."""
    module = TestModule()
    greet = module.import_function("a:b/host", "greet", i32_type(3))
    count = module.counter()

    def shout(code: Code) -> None:
        code.local_get(0)
        code.local_get(1)
        code.i32_const(16)
        code.call(greet)
        code.i32_const(16)

    def post_return(code: Code) -> None:
        code.global_get(count)
        code.i32_const(1)
        code.op(Op.I32_ADD)
        code.global_set(count)

    module.add_export("shout", i32_type(2, 1), shout)
    module.add_export("cabi_post_shout", i32_type(1), post_return)
    module.add_export("returned", i32_type(0, 1), lambda code: code.global_get(count))
    return module


def greet(_: wasmtime.StoreContext, name: str) -> str:
    return f"Hello, {name}!"


@pytest.mark.parametrize("debug_names", [False, True])
def test_lowering_with_the_importer_s_own_memory_and_realloc(debug_names: bool) -> None:
    plan = plan_single(greeting_module().finish(world_section(GREET)))
    component = componentize(plan, ComponentizeOptions(debug_names=debug_names))
    assert (b"indirect-a:b/host-greet" in component) is debug_names
    running = Running(component, {"a:b/host": {"greet": greet}})
    assert running.call("shout", "Wörld") == "Hello, Wörld!"
    assert running.call("shout", "you") == "Hello, you!"
    assert running.call("returned") == 2


def test_lowering_with_the_memory_of_an_earlier_module_needs_no_shim() -> None:
    memory, realloc = (
        CoreExport("store", "memory", ExternKind.MEMORY),
        CoreExport("store", "cabi_realloc"),
    )
    none = CanonicalOptions(None, None, None)
    modules = (
        PlanModule("store", TestModule().finish(), {}, none),
        PlanModule(
            "user",
            greeting_module().finish(allocator=False),
            {},
            CanonicalOptions(memory, realloc, realloc),
            (world_section(GREET),),
        ),
    )
    component = componentize(EncodingPlan(modules, ("user",)))
    assert b"$imports" not in component
    assert Running(component, {"a:b/host": {"greet": greet}}).call("shout", "x") == "Hello, x!"


@pytest.mark.parametrize("encoding", ["utf8", "utf16", "compact-utf16"])
def test_strings_have_the_encoding_of_the_section(encoding: str) -> None:
    text = "package a:b; world w { export word: func() -> string; }"
    raw = {"utf8": "é😀".encode(), "utf16": "é😀".encode("utf-16-le"), "compact-utf16": "é😀".encode("utf-16-le")}[
        encoding
    ]
    length = {"utf8": len(raw), "utf16": len(raw) // 2, "compact-utf16": len(raw) // 2 | 1 << 31}[encoding]
    module = TestModule()

    def word(code: Code) -> None:
        for offset, value in ((0, 64), (4, length)):
            code.i32_const(16)
            code.i32_const(value)
            code.mem(Mem.I32_STORE, 4, offset)
        code.i32_const(16)

    module.add_data(const_i32(64), raw)
    module.add_export("word", i32_type(0, 1), word)
    component = componentize(plan_single(module.finish(world_section(text, None, encoding))))
    assert Running(component).call("word") == "é😀"


COUNTERS = (
    "package a:b; interface counters { resource counter { constructor(rep: u32); value: func() -> u32; }"
    " give: func(c: counter) -> u32; dropped: func() -> u32; } world w { export counters; }"
)


def counters_module() -> TestModule:
    """The representation of a counter is its value; dropped ones are added up."""
    module = TestModule()
    built_ins = "[export]a:b/counters"
    new = module.import_function(built_ins, "[resource-new]counter", i32_type(1, 1))
    rep = module.import_function(built_ins, "[resource-rep]counter", i32_type(1, 1))
    drop = module.import_function(built_ins, "[resource-drop]counter", i32_type(1))
    sum = module.counter()

    def construct(code: Code) -> None:
        code.local_get(0)
        code.call(new)

    def give(code: Code) -> None:
        code.local_get(0)
        code.call(rep)
        code.local_get(0)
        code.call(drop)

    def dtor(code: Code) -> None:
        code.global_get(sum)
        code.local_get(0)
        code.op(Op.I32_ADD)
        code.global_set(sum)

    module.add_export("a:b/counters#[constructor]counter", i32_type(1, 1), construct)
    module.add_export("a:b/counters#[method]counter.value", i32_type(1, 1), lambda code: code.local_get(0))
    module.add_export("a:b/counters#give", i32_type(1, 1), give)
    module.add_export("a:b/counters#dropped", i32_type(0, 1), lambda code: code.global_get(sum))
    module.add_export("a:b/counters#[dtor]counter", i32_type(1), dtor)
    return module


def test_exported_resource_with_destructor() -> None:
    running = Running(componentize(plan_single(counters_module().finish(world_section(COUNTERS)))))
    first = running.call("[constructor]counter", 5, interface="a:b/counters")
    second = running.call("[constructor]counter", 7, interface="a:b/counters")
    assert isinstance(first, ResourceAny)
    assert isinstance(second, ResourceAny)
    assert running.call("[method]counter.value", first, interface="a:b/counters") == 5
    assert running.call("dropped", interface="a:b/counters") == 0
    first.drop(running.store)
    assert running.call("dropped", interface="a:b/counters") == 5
    assert running.call("give", second, interface="a:b/counters") == 7
    assert running.call("dropped", interface="a:b/counters") == 12


INITIALIZED = (
    "package a:b; interface host { ready: func(s: string); } world w { import host; export f: func() -> u32; }"
)


def test_initialize_runs_when_imports_are_in_place() -> None:
    module = TestModule()
    ready = module.import_function("a:b/host", "ready", i32_type(2))
    flag = module.counter()

    def initialize(code: Code) -> None:
        code.i32_const(64)
        code.i32_const(2)
        code.call(ready)
        code.i32_const(1)
        code.global_set(flag)

    module.add_data(const_i32(64), b"ok")
    module.add_export("_initialize", FuncType(()), initialize)
    module.add_export("f", i32_type(0, 1), lambda code: code.global_get(flag))
    said: list[str] = []

    def host(_: wasmtime.StoreContext, text: str) -> None:
        said.append(text)

    running = Running(
        componentize(plan_single(module.finish(world_section(INITIALIZED)))), {"a:b/host": {"ready": host}}
    )
    assert said == ["ok"]
    assert running.call("f") == 1


def test_imported_memory_is_made() -> None:
    text = "package a:b; world w { export f: func() -> string; }"
    module = TestModule()
    module.import_memory("env", "memory", MEMORY_TYPE)

    def f(code: Code) -> None:
        code.i32_const(16)
        code.i32_const(64)
        code.mem(Mem.I32_STORE, 4, 0)
        code.i32_const(16)
        code.i32_const(4)
        code.mem(Mem.I32_STORE, 4, 4)
        code.i32_const(16)

    module.add_data(const_i32(64), b"good")
    module.add_export("f", i32_type(0, 1), f)
    component = componentize(plan_single(module.finish(world_section(text), allocator=False)))
    assert Running(component).call("f") == "good"


def test_standard_core_names() -> None:
    text = (
        "package a:b@1.2.3; interface i { resource r { constructor(); } f: func(r: borrow<r>) -> u32; }"
        " world w { import g: func() -> u32; export i; export h: func() -> u32; }"
    )
    module = TestModule()
    g = module.import_function("cm32p2", "g", i32_type(0, 1))
    new = module.import_function("cm32p2|_ex_a:b/i@1", "r_new", i32_type(1, 1))

    def construct(code: Code) -> None:
        code.i32_const(3)
        code.call(new)

    module.add_export("cm32p2|a:b/i@1|[constructor]r", i32_type(0, 1), construct)
    module.add_export("cm32p2|a:b/i@1|r_dtor", i32_type(1), lambda code: None)
    module.add_export("cm32p2|a:b/i@1|f", i32_type(1, 1), lambda code: code.local_get(0))
    module.add_export("cm32p2||h", i32_type(0, 1), lambda code: code.call(g))
    module.add_export("cm32p2||h_post", i32_type(1), lambda code: None)
    component = componentize(plan_single(module.finish(world_section(text))))
    running = Running(component, {"": {"g": lambda _: 41}})
    assert running.call("h") == 41
    resource = running.call("[constructor]r", interface="a:b/i@1.2.3")
    assert running.call("f", resource, interface="a:b/i@1.2.3") == 3


def test_two_modules_with_worlds_of_their_own() -> None:
    """A native import of one module beside the world of the other, which comes later and imports its function."""
    native = (
        "package n:n; interface log { line: func(s: string); } world native { import log; export n: func() -> u32; }"
    )
    other = "package a:b; world w { export f: func() -> u32; }"
    first = TestModule()
    line = first.import_function("n:n/log", "line", i32_type(2))

    def say(code: Code) -> None:
        code.i32_const(64)
        code.i32_const(5)
        code.call(line)
        code.i32_const(9)

    first.add_data(const_i32(64), b"hello")
    first.add_export("say", i32_type(0, 1), say)
    first.add_export("n", i32_type(0, 1), lambda code: code.i32_const(1))
    second = ModuleBuilder()
    imported = second.import_function("env", "say", i32_type(0, 1))
    second.export("f", ExternKind.FUNC, imported)
    memory, realloc = CoreExport("one", "memory", ExternKind.MEMORY), CoreExport("one", "cabi_realloc")
    options = CanonicalOptions(memory, realloc, realloc)
    plan = EncodingPlan(
        (
            PlanModule("one", first.finish(), {}, options, (world_section(native),)),
            PlanModule(
                "two",
                DecodedModule(second.encode()),
                {"env": SynthesizedInstance({"say": CoreExport("one", "say")})},
                options,
                (world_section(other),),
            ),
        ),
        ("two", "one"),
    )
    lines: list[str] = []

    def log(_: wasmtime.StoreContext, text: str) -> None:
        lines.append(text)

    running = Running(componentize(plan), {"n:n/log": {"line": log}})
    assert running.call("f") == 9
    assert running.call("n") == 1
    assert lines == ["hello"]


def test_import_that_stands_twice() -> None:
    text = "package a:b; world w { import f: func() -> u32; export sum: func() -> u32; }"
    module = TestModule()
    functions = [module.import_function("$root", "f", i32_type(0, 1)) for _ in range(3)]

    def sum(code: Code) -> None:
        for function in functions:
            code.call(function)
        code.op(Op.I32_ADD, Op.I32_ADD)

    module.add_export("sum", i32_type(0, 1), sum)
    numbers = iter([1, 10, 100])
    running = Running(
        componentize(plan_single(module.finish(world_section(text)))), {"": {"f": lambda _: next(numbers)}}
    )
    assert running.call("sum") == 111


def test_export_of_another_module_that_is_imported_twice() -> None:
    provider = TestModule()
    provider.add_export("one", i32_type(0, 1), lambda code: code.i32_const(1))
    user = TestModule()
    functions = [user.import_function("env", "one", i32_type(0, 1)) for _ in range(2)]

    def two(code: Code) -> None:
        for function in functions:
            code.call(function)
        code.op(Op.I32_ADD)

    user.add_export("two", i32_type(0, 1), two)
    none = CanonicalOptions(None, None, None)
    plan = EncodingPlan(
        (
            PlanModule("p", provider.finish(), {}, none),
            PlanModule(
                "u",
                user.finish(),
                {"env": SynthesizedInstance({"one": CoreExport("p", "one")})},
                none,
                (world_section("package a:b; world w { export two: func() -> u32; }"),),
            ),
        ),
        ("u",),
    )
    assert Running(componentize(plan)).call("two") == 2
