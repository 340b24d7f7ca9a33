"""Modules that cannot become a component are refused with the name of the module and of the item."""

from __future__ import annotations

import re

import pytest
from wasmtime import Engine
from wasmtime.component import Component

from generator.componentize.encoder import componentize
from generator.componentize.single import plan_single
from generator.errors import GeneratorError
from generator.wasm.builder import ModuleBuilder
from generator.wasm.decode import DecodedModule
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncType, GlobalType, ValType
from tests.generator.componentize.modules import I32, TestModule, dummy_module, i32_type, unreachable, world_section

IMPORTS = (
    "package a:b; interface i { resource r; f: func(s: string) -> string; n: func(x: u8); c: func(s: stream<u8>); }"
    " world w { import i; import g: func(); resource q; }"
)


@pytest.mark.parametrize(
    ("namespace", "field", "type", "words"),
    [
        ("a:b/j", "f", i32_type(0), ["`main`", "`a:b/j`", "imports no interface"]),
        ("env", "f", i32_type(0), ["imports no interface `env`", "no other module provides it"]),
        ("a:b/i", "nothing", i32_type(0), ["`a:b/i` `nothing`", "has no such function"]),
        ("a:b/i", "n", i32_type(2, 1), ["`n`", "(i32, i32) -> (i32)", "(i32) -> ()"]),
        ("a:b/i", "[resource-new]r", i32_type(1, 1), ["`[resource-new]r`", "has no such function"]),
        ("a:b/i", "[resource-drop]r", i32_type(0), ["`[resource-drop]r`", "() -> ()", "(i32) -> ()"]),
        ("a:b/i", "[stream-new-0]n", FuncType((), (ValType.I64,)), ["`[stream-new-0]n`", "has no such function"]),
        ("$root", "[resource-rep]q", i32_type(1, 1), ["`[resource-rep]q`", "the world has no such"]),
        ("$root", "h", i32_type(0), ["`$root` `h`", "the world has no such function"]),
        ("$root", "[error-context-new-ascii]", i32_type(2, 1), ["the world has no such function or built-in"]),
        ("$root", "[cancellable][thread-yield]", i32_type(0, 1), ["`[cancellable]` is not supported"]),
        ("$root", "[cancellable][waitable-set-wait]", i32_type(2, 1), ["without this prefix"]),
        ("$root", "[cancellable][subtask-cancel]", i32_type(1, 1), ["`[cancellable]` is not supported"]),
        ("$root", "[cancellable][nonsense]", i32_type(1, 1), ["the world has no such function or built-in"]),
        ("$root", "[async-lower][thread-yield]", i32_type(0, 1), ["the world has no such function or built-in"]),
        ("$root", "[context-get-2]", i32_type(0, 1), ["a context has the slots 0 to 1 only"]),
        ("$root", "[context-set-i32-99]", i32_type(1), ["a context has the slots 0 to 1 only"]),
        ("$root", "[context-get-4294967296]", i32_type(0, 1), ["a context has the slots 0 to 1 only"]),
        ("$root", f"[context-get-{'9' * 5000}]", i32_type(0, 1), ["a context has the slots 0 to 1 only"]),
        ("$root", "[context-get-\N{SUPERSCRIPT TWO}]", i32_type(0, 1), ["the world has no such"]),
        ("a:b/i", "[stream-new-1]c", FuncType((), (ValType.I64,)), ["has no such function or built-in"]),
        ("a:b/i", "[stream-new-4294967296]c", FuncType((), (ValType.I64,)), ["has no such function or built-in"]),
        ("a:b/i", f"[stream-new-{'9' * 5000}]c", FuncType((), (ValType.I64,)), ["has no such function or built-in"]),
        ("a:b/i", "[stream-new-\N{SUPERSCRIPT TWO}]c", FuncType((), (ValType.I64,)), ["has no such function"]),
        ("a:b/i", "[async-lower]n", i32_type(1, 1), ["`n` is not an async function"]),
        ("$root", "[async-lower]g", i32_type(0, 1), ["`g` is not an async function"]),
        ("a:b/i", "[future-new-0]c", FuncType((), (ValType.I64,)), ["has no such function or built-in"]),
        ("a:b/i", "[async-lower][stream-new-0]c", FuncType((), (ValType.I64,)), ["has no such function or built-in"]),
        ("a:b/i", "[async-lower][stream-forward-0]c", i32_type(2), ["has no such function or built-in"]),
        (
            "$root",
            "[thread-new-indirect-v0]",
            i32_type(2, 1),
            ["needs the table `__indirect_function_table`, but no module exports it"],
        ),
        (
            "env",
            "__wasm_get_stack_pointer",
            i32_type(1, 1),
            ["has the core type (i32) -> (i32)", "asks for () -> (i32)"],
        ),
        ("env", "__wasm_set_tls_base", i32_type(2), ["has the core type (i32, i32) -> ()", "asks for (i32) -> ()"]),
        ("env", "__wasm_other", i32_type(0, 1), ["imports no interface `env`", "no other module provides it"]),
        ("[export]a:b/i", "[resource-new]r", i32_type(1, 1), ["exports no interface `a:b/i`"]),
    ],
)
def test_import_that_the_world_does_not_have(namespace: str, field: str, type: FuncType, words: list[str]) -> None:
    module = TestModule()
    module.import_function(namespace, field, type)
    with pytest.raises(GeneratorError) as raised:
        componentize(plan_single(module.finish(world_section(IMPORTS))))
    assert all(word in str(raised.value) for word in ["module `main`", *words]), str(raised.value)


def test_import_that_is_no_function() -> None:
    module = TestModule()
    module.import_global("a:b/i", "f", GlobalType(I32))
    with pytest.raises(GeneratorError, match="import `a:b/i` `f` is not a function"):
        componentize(plan_single(module.finish(world_section(IMPORTS))))


EXPORTS = "package a:b; interface i { resource r; f: func(s: string) -> u64; } world w { export i; }"


@pytest.mark.parametrize(
    ("name", "type", "words"),
    [
        ("f", i32_type(2, 1), ["no module exports `a:b/i#f`", "interface `a:b/i` exports"]),
        ("a:b/i#f", i32_type(2, 1), ["`a:b/i#f`", "(i32, i32) -> (i32)", "(i32, i32) -> (i64)"]),
        ("cabi_post_a:b/i#f", i32_type(1), ["`cabi_post_a:b/i#f`", "(i32) -> ()", "(i64) -> ()"]),
        ("a:b/i#[dtor]r", i32_type(2), ["`a:b/i#[dtor]r`", "(i32, i32) -> ()", "(i32) -> ()"]),
        ("[async-lift]a:b/i#f", i32_type(2, 1), ["`f` is not an async function"]),
        ("[async-lift-stackful]a:b/i#f", i32_type(2), ["`f` is not an async function"]),
    ],
)
def test_export_that_does_not_fit_the_world(name: str, type: FuncType, words: list[str]) -> None:
    module = TestModule()
    if name.startswith(("cabi_post_", "a:b/i#[dtor]")):
        module.add_export("a:b/i#f", FuncType((I32, I32), (ValType.I64,)), unreachable)
    module.add_export(name, type, unreachable)
    with pytest.raises(GeneratorError) as raised:
        componentize(plan_single(module.finish(world_section(EXPORTS))))
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_a_context_has_values_of_one_type() -> None:
    module = TestModule()
    module.import_function("$root", "[context-get-i64-0]", FuncType((), (ValType.I64,)))
    module.import_function("$root", "[context-set-1]", i32_type(1))
    words = (
        "module `main`: `[context-get-i64-0]` and module `main`: `[context-set-1]`: a context has values of one type"
    )
    with pytest.raises(GeneratorError, match=re.escape(words)):
        componentize(plan_single(module.finish(world_section("package a:b; world w { }"))))


def test_a_lift_with_a_callback_needs_the_callback() -> None:
    module = TestModule()
    module.add_export("[async-lift]f", i32_type(0, 1), unreachable)
    with pytest.raises(GeneratorError, match=re.escape("`[callback][async-lift]f`")):
        componentize(plan_single(module.finish(world_section("package a:b; world w { export f: async func(); }"))))


@pytest.mark.parametrize(
    ("memory", "text", "words"),
    [
        (False, "import f: func(s: string);", ["import `$root` `f`", "`memory`"]),
        (True, "import f: func() -> string;", ["import `$root` `f`", "`cabi_realloc`"]),
        (False, "export f: func() -> string;", ["export `f`", "`memory`"]),
        (True, "export f: func(s: string);", ["export `f`", "`cabi_realloc`"]),
    ],
)
def test_memory_and_realloc_must_be_there_when_needed(memory: bool, text: str, words: list[str]) -> None:
    world = f"package a:b; world w {{ {text} }}"
    complete = dummy_module(world)
    builder = ModuleBuilder()
    for item in complete.imports:
        builder.import_function(item.module, item.name, complete.import_func_type(item))
    for export in complete.exports:
        if export.kind is ExternKind.FUNC and export.name != "cabi_realloc":
            index = builder.add_function(complete.func_type(export.index), b"\x00\x00\x0b")
            builder.export(export.name, ExternKind.FUNC, index)
    if memory:
        builder.export("memory", ExternKind.MEMORY, builder.add_memory(complete.memories[0]))
    builder.module.customs.append(world_section(world))
    with pytest.raises(GeneratorError) as raised:
        componentize(plan_single(DecodedModule(builder.encode())))
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_allocator_of_another_type() -> None:
    module = TestModule()
    module.add_export("cabi_realloc", i32_type(3, 1), unreachable)
    with pytest.raises(GeneratorError, match=r"`cabi_realloc` has the core type \(i32, i32, i32\) -> \(i32\)"):
        plan_single(module.finish(allocator=False))


def test_section_that_is_no_world() -> None:
    module = TestModule().finish(CustomSection("component-type:mine", b"nonsense"))
    with pytest.raises(GeneratorError, match="module `main`, section `component-type:mine`"):
        componentize(plan_single(module))


def test_two_sections_with_other_encodings_of_one_import() -> None:
    text = "package a:b; interface i { f: func(s: string); } world w { import i; }"
    module = TestModule()
    module.import_function("a:b/i", "f", i32_type(2))
    sections = [world_section(text), world_section(text, None, "utf16")]
    with pytest.raises(GeneratorError, match="says twice what string encoding `a:b/i` has: utf8 and utf16"):
        componentize(plan_single(module.finish(*sections)))


@pytest.mark.parametrize(("levels", "fits"), [(95, True), (96, False)])
def test_nesting_that_no_engine_takes(levels: int, fits: bool) -> None:
    records = "".join(f"record t{n + 1} {{ x: t{n} }} " for n in range(levels))
    text = (
        f"package a:b; interface i {{ record t0 {{ x: u8 }} {records} f: func(x: t{levels}); }} world w {{ import i; }}"
    )
    plan = plan_single(dummy_module(text))
    if fits:
        Component(Engine(), componentize(plan))
    else:
        with pytest.raises(GeneratorError, match="type `t96` is nested more than 97 levels deep"):
            componentize(plan)


def test_oversized_type() -> None:
    text = "package a:b; interface i { type t = list<u64, 33554432>; f: func(x: list<t>); } world w { import i; }"
    with pytest.raises(GeneratorError, match="type `t` takes 268435456 bytes; at most 268435455 are allowed"):
        componentize(plan_single(dummy_module(text)))


def test_long_chain_of_names() -> None:
    names = "".join(f"type t{n + 1} = t{n}; " for n in range(900))
    text = (
        f"package a:b; interface i {{ type t0 = string; {names} f: func(x: t900); }} world w {{ import i; export i; }}"
    )
    Component(Engine(), componentize(plan_single(dummy_module(text))))
