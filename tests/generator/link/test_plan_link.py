"""Linked programs, run in wasmtime module by module."""

from __future__ import annotations

import itertools

import pytest
import wasmtime

from generator.componentize.plan import CoreExport, SynthesizedInstance
from generator.link.library import Library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.wasm.code import Code, Op
from generator.wasm.types import ExternKind
from tests.generator.link.libraries import (
    GETTER,
    I32,
    REALLOC,
    SETTER,
    THUNK,
    UNARY,
    LibraryBuilder,
    dylink,
)
from tests.generator.link.running import DEFAULTS, Running, run


def constant(name: str, symbol: str, value: int, *, needed: tuple[str, ...] = ()) -> Library:
    builder = LibraryBuilder(dylink(needed=needed))
    builder.constant(symbol, value)
    builder.root()
    return builder.library(name)


def caller(name: str, symbol: str, *, needed: tuple[str, ...] = ()) -> Library:
    """Exports `run`, which answers what `symbol` answers."""
    builder = LibraryBuilder(dylink(needed=needed))
    builder.forward("run", GETTER, builder.env(symbol, GETTER))
    builder.root()
    return builder.library(name)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_first_library_that_exports_a_symbol_defines_it(order: tuple[int, ...]) -> None:
    libraries = [constant("one", "f", 1), constant("two", "f", 2), caller("main", "f")]
    program = run(*[libraries[place] for place in order])
    assert program.call("main", "run") == (1 if order.index(0) < order.index(1) else 2)


def test_an_export_of_another_type_is_passed_over() -> None:
    other = LibraryBuilder()
    other.define("f", UNARY, lambda code: code.local_get(0))
    program = run(other.library("other"), constant("right", "f", 7), caller("main", "f"))
    assert program.call("main", "run") == 7


def recording(name: str, number: int, *, needed: tuple[str, ...], initializer: str, relocs: bool = True) -> Library:
    builder = LibraryBuilder(dylink(needed=needed))
    log = builder.import_function("$root", "log", SETTER)
    builder.calls_with(initializer, log, number)
    if relocs:
        builder.calls_with("__wasm_apply_data_relocs", log, -number)
    builder.root()
    return builder.library(name)


CONSTRUCTION = [
    # edges, names on the command line, order of construction
    ({}, "abc", "abc"),
    ({"a": "b", "b": "c"}, "abc", "cba"),
    ({"a": "bc", "b": "d", "c": "d"}, "abcd", "dbca"),
    ({"c": "b", "b": "a"}, "abc", "abc"),
    ({"a": "b", "b": "a"}, "ab", "ab"),
    ({"a": "b", "b": "a"}, "ba", "ba"),
    ({"a": "b", "b": "c", "c": "a", "d": "a"}, "dcba", "cbad"),
    ({"a": "b", "b": "ac", "c": "d"}, "abcd", "dcab"),
    ({"a": "a"}, "a", "a"),
]


@pytest.mark.parametrize(("edges", "given", "expected"), CONSTRUCTION)
@pytest.mark.parametrize("initializer", ["__wasm_call_ctors", "_initialize"])
def test_relocations_then_constructors_once_each_in_dependency_order(
    edges: dict[str, str], given: str, expected: str, initializer: str
) -> None:
    events: list[int] = []
    libraries = [
        recording(name, ord(name), needed=tuple(edges.get(name, "")), initializer=initializer) for name in given
    ]
    Running(plan_link(libraries, DEFAULTS), {("$root", "log"): events.append})
    numbers = [ord(name) for name in expected]
    assert events == [-number for number in numbers] + numbers


def test_an_imported_symbol_is_a_dependency_even_without_needed() -> None:
    events: list[int] = []

    def library(name: str, number: int, wanted: str, defined: str) -> Library:
        builder = LibraryBuilder()
        log = builder.import_function("$root", "log", SETTER)
        if wanted:
            builder.function_address(wanted)
        builder.calls_with("__wasm_call_ctors", log, number)
        builder.constant(defined, number)
        builder.root()
        return builder.library(name)

    libraries = [library("a", 1, "g", "f"), library("b", 2, "", "g")]
    Running(plan_link(libraries, DEFAULTS), {("$root", "log"): events.append})
    assert events == [2, 1]


def test_circle_of_libraries() -> None:
    """`even` and `odd` call each other across libraries."""

    def half(name: str, other: str, at_zero: int) -> Library:
        builder = LibraryBuilder(dylink(needed=[other]))
        next_function = builder.env(other, UNARY)

        def write(code: Code) -> None:
            code.local_get(0)
            code.op(Op.I32_EQZ)
            code.if_(I32)
            code.i32_const(at_zero)
            code.else_()
            code.local_get(0)
            code.i32_const(1)
            code.op(Op.I32_SUB)
            code.call(next_function)
            code.end()

        builder.define(name, UNARY, write)
        builder.root()
        return builder.library(name)

    program = run(half("even", "odd", 1), half("odd", "even", 0))
    assert [program.call("even", "even", n) for n in range(6)] == [1, 0, 1, 0, 1, 0]
    assert [program.call("odd", "odd", n) for n in range(6)] == [0, 1, 0, 1, 0, 1]


def test_a_library_may_import_its_own_export() -> None:
    builder = LibraryBuilder()
    builder.forward("run", GETTER, builder.env("f", GETTER))
    builder.constant("f", 9)
    builder.root()
    assert run(builder.library("self")).call("self", "run") == 9


def test_handing_on_an_import_defines_nothing() -> None:
    """A generated world exports `cabi_realloc` again that it imports: resolved to itself, it would never return."""
    world = LibraryBuilder()
    realloc = world.env("cabi_realloc", REALLOC)
    world.import_function("$root", "f", THUNK)
    world.export("cabi_realloc", ExternKind.FUNC, realloc)
    world.forward("run", REALLOC, realloc)
    world.root()
    interpreter = LibraryBuilder()
    interpreter.import_function("$root", "f", THUNK)
    interpreter.define("cabi_realloc", REALLOC, lambda code: code.local_get(3))
    plan = plan_link([world.library("world"), interpreter.library("interpreter")], DEFAULTS)
    program = Running(plan, {("$root", "f"): lambda: None})
    assert program.call("world", "run", 0, 0, 1, 32) == 32
    assert plan.module("world").options.import_realloc == CoreExport("interpreter", "cabi_realloc")
    # Its own imports are lowered before it exists.
    options = plan.module("interpreter").options
    assert options.import_realloc is not None
    assert options.import_realloc.module == "link:main"
    assert options.export_realloc == CoreExport("interpreter", "cabi_realloc")
    function = program.export(options.import_realloc)
    assert isinstance(function, wasmtime.Func)
    assert function(program.store, 0, 0, 1, 8) == 8


def test_a_library_s_own_realloc_is_preferred_by_name() -> None:
    shared = LibraryBuilder()
    shared.define("cabi_realloc", REALLOC, lambda code: code.i32_const(1))
    shared.define("cabi_import_realloc", THUNK, lambda code: None)  # not the type: no allocator
    shared.root()
    own = LibraryBuilder()
    own.define("cabi_import_realloc", REALLOC, lambda code: code.i32_const(2))
    own.define("cabi_realloc", REALLOC, lambda code: code.i32_const(3))
    own.root()
    without = LibraryBuilder()
    without.root()
    plan = plan_link([shared.library("shared"), own.library("own"), without.library("without")], DEFAULTS)
    found = {name: plan.module(name).options for name in ("shared", "own", "without")}
    assert [(options.import_realloc, options.export_realloc) for options in found.values()] == [
        (CoreExport("shared", "cabi_realloc"), CoreExport("shared", "cabi_realloc")),
        (CoreExport("own", "cabi_import_realloc"), CoreExport("own", "cabi_realloc")),
        (CoreExport("shared", "cabi_realloc"), CoreExport("shared", "cabi_realloc")),
    ]


def test_weak_symbols_that_nobody_defines_are_null_and_trap() -> None:
    builder = LibraryBuilder(dylink(weak=["f", "g", "d"]))
    builder.forward("run", GETTER, builder.env("f", GETTER))
    for symbol in ("f", "g"):
        builder.getter(f"address-{symbol}", builder.function_address(symbol))
    builder.getter("address-d", builder.data_address("d"))
    builder.root()
    program = run(builder.library("weak"))
    assert [program.call("weak", f"address-{symbol}") for symbol in "fgd"] == [0, 0, 0]
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        program.call("weak", "run")


def test_weak_symbols_that_somebody_defines_are_found() -> None:
    user = LibraryBuilder(dylink(weak=["f", "d"]))
    user.forward("run", GETTER, user.env("f", GETTER))
    user.getter("address-f", user.function_address("f"))
    user.getter("address-d", user.data_address("d"))
    user.root()
    owner = LibraryBuilder(dylink(memory=(8, 2)))
    owner.constant("f", 3)
    owner.data("d", 4)
    program = run(user.library("user"), owner.library("owner"))
    assert program.call("user", "run") == 3
    assert program.call("user", "address-f") > 0
    assert program.call("user", "address-d") == DEFAULTS.stack_size + 4


def test_missing_functions_as_stubs() -> None:
    """A stub's address is not null, so that it traps where it is called, not where it is tested."""
    builder = LibraryBuilder()
    f, g = builder.env("f", GETTER), builder.env("g", UNARY)
    builder.forward("run f", GETTER, f)
    builder.forward("run g", UNARY, g)
    builder.getter("address", builder.function_address("f"))
    builder.root()
    program = run(builder.library("user"), options=LinkOptions(stub_missing_functions=True))
    assert program.call("user", "address") > 0
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        program.call("user", "run f")
    with pytest.raises(wasmtime.Trap, match="link:stubs!missing function g"):
        program.call("user", "run g", 0)


def test_dead_libraries_are_dropped() -> None:
    dead = LibraryBuilder()
    dead.constant("unused", 1)
    used = LibraryBuilder()
    used.constant("f", 2)
    plan = plan_link([dead.library("dead"), used.library("used"), caller("main", "f")], DEFAULTS)
    assert [module.name for module in plan.modules] == ["link:main", "used", "main"]
    assert plan.priority == ("used", "main")


def test_tags_are_shared() -> None:
    owner = LibraryBuilder()
    owner.export("e", ExternKind.TAG, owner.add_tag([I32]))
    owner.root()
    user = LibraryBuilder()
    user.import_tag("env", "e", [I32])
    user.root()
    plan = plan_link([user.library("user"), owner.library("owner")], DEFAULTS)
    assert [module.name for module in plan.modules] == ["link:main", "owner", "user"]
    imports = plan.module("user").imports["env"]
    assert isinstance(imports, SynthesizedInstance)
    assert imports.items == {"e": CoreExport("owner", "e", ExternKind.TAG)}
