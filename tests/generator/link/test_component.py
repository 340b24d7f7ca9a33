"""Libraries with worlds, linked to a component, run in wasmtime."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from generator.errors import GeneratorError
from generator.link import Library, LinkOptions, link, plan_link, read_library
from generator.sources.load import load_text, select_world
from generator.wasm.code import Code, Mem, Op, const_i32
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, GlobalType
from generator.wit.binary.encode import encode_world, section_name
from tests.generator.link.libraries import GETTER, I32, REALLOC, SETTER, THUNK, LibraryBuilder, dylink

ENGINE = wasmtime.Engine()


def library(name: str, builder: LibraryBuilder, world: str = "") -> Library:
    """The library with a world of these items; without items it has no world."""
    if world:
        resolve, package = load_text(f"package a:b; world {name} {{ {world} }}")
        section = encode_world(resolve, select_world(resolve, package, None))
        builder.module.customs.append(CustomSection(section_name("test"), section))
    return read_library(name, builder.encode())


def allocator(world: str = "") -> LibraryBuilder:
    """`cabi_realloc` takes from the heap's beginning and frees nothing. With a world, its constructor asks for a
    string, so that its own `cabi_realloc` runs during initialization; `asked` answers that string's length."""
    builder = LibraryBuilder(dylink(memory=(8, 2)))
    ask = builder.import_function("$root", "ask", SETTER) if world else None
    builder.memory()
    base = builder.env_global("__memory_base")
    heap_base = builder.data_address("__heap_base")
    used = builder.add_global(GlobalType(I32, True), const_i32(0))

    def realloc(code: Code) -> None:
        result = code.local(I32)
        code.global_get(heap_base)
        code.global_get(used)
        code.op(Op.I32_ADD)
        code.local_set(result)
        code.global_get(used)
        code.local_get(3)
        code.i32_const(7)
        code.op(Op.I32_ADD)
        code.i32_const(-8)
        code.op(Op.I32_AND, Op.I32_ADD)
        code.global_set(used)
        code.local_get(result)

    def construct(code: Code) -> None:
        assert ask is not None
        code.global_get(base)
        code.call(ask)

    def asked(code: Code) -> None:
        code.global_get(base)
        code.mem(Mem.I32_LOAD, 4, 4)

    builder.define("cabi_realloc", REALLOC, realloc)
    if world:
        builder.define("__wasm_call_ctors", THUNK, construct)
    builder.define("asked", GETTER, asked)
    return builder


def application() -> LibraryBuilder:
    """`run` asks for a string and answers it; `length` answers how long the allocator's was."""
    builder = LibraryBuilder(dylink(memory=(8, 2), needed=["alloc"]))
    ask = builder.import_function("$root", "ask", SETTER)
    realloc = builder.env("cabi_realloc", REALLOC)
    asked = builder.env("asked", GETTER)
    builder.memory()
    base = builder.env_global("__memory_base")

    def run(code: Code) -> None:
        code.global_get(base)
        code.call(ask)
        code.global_get(base)

    builder.define("run", GETTER, run)
    builder.forward("length", GETTER, asked)
    builder.export("cabi_realloc", ExternKind.FUNC, realloc)
    return builder


ASK = "import ask: func() -> string;"
RUN = f"{ASK} export run: func() -> string; export length: func() -> u32;"


class Component:
    def __init__(self, binary: bytes, answers: list[str]) -> None:
        component = wasmtime.component.Component(ENGINE, binary)
        self.imports = list(component.type.imports(ENGINE))
        linker = wasmtime.component.Linker(ENGINE)
        rest = iter(answers)
        with linker.root() as root:
            root.add_func("ask", lambda store: next(rest))
        self.store = wasmtime.Store(ENGINE)
        self.instance = linker.instantiate(self.store, component)

    def call(self, name: str) -> object:
        function = self.instance.get_func(self.store, name)
        assert function is not None
        result = function(self.store)
        function.post_return(self.store)
        return result


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_realloc_of_another_library(order: tuple[int, int]) -> None:
    libraries = [library("app", application(), RUN), library("alloc", allocator())]
    component = Component(link([libraries[place] for place in order]), ["tulip", "rose"])
    assert [component.call("run"), component.call("run"), component.call("length")] == ["tulip", "rose", 0]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_realloc_of_a_library_that_imports_itself(order: tuple[int, int]) -> None:
    """Its import is lowered before it exists; its constructor calls that import."""
    libraries = [library("app", application(), RUN), library("alloc", allocator(ASK), ASK)]
    component = Component(link([libraries[place] for place in order]), ["grasshopper", "rose"])
    assert [component.call("length"), component.call("run")] == [len("grasshopper"), "rose"]
    assert len(component.imports) == 1


def test_libraries_that_only_import_are_dropped() -> None:
    """The libraries that they alone need are dropped too; a component without exports is empty."""
    importer = LibraryBuilder()
    importer.import_function("$root", "ask", SETTER)
    libraries = [library("importer", importer, ASK), library("alloc", allocator())]
    assert [module.name for module in plan_link(libraries, LinkOptions()).modules] == ["link:main"]
    component = wasmtime.component.Component(ENGINE, link(libraries))
    assert list(component.type.imports(ENGINE)) == list(component.type.exports(ENGINE)) == []


def test_a_malformed_world_is_refused_by_name() -> None:
    builder = allocator()
    builder.module.customs.append(CustomSection("component-type", b"\0asm\x0d\0\x01\0\x07\x7f"))
    with pytest.raises(GeneratorError, match="library `bad`: its world cannot be read"):
        link([library("bad", builder)])


def test_linking_twice_gives_the_same_bytes() -> None:
    libraries = [library("app", application(), RUN), library("alloc", allocator(ASK), ASK)]
    assert link(libraries) == link(libraries)
