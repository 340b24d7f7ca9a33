"""Linked programs, run in wasmtime module by module."""

from __future__ import annotations

import itertools

import pytest
import wasmtime

from generator.componentize.plan import CoreExport, SynthesizedInstance
from generator.link.layout import PAGE_SIZE
from generator.link.library import Library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.wasm.code import Code, Mem, Op, const_global
from generator.wasm.types import ExternKind, Limits
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
from tests.generator.link.running import Running

DEFAULTS = LinkOptions()


def run(*libraries: Library, options: LinkOptions = DEFAULTS) -> Running:
    return Running(plan_link(libraries, options))


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


def test_data_addresses() -> None:
    owner = LibraryBuilder(dylink(memory=(24, 3)))
    owner.memory()
    base = owner.env_global("__memory_base")
    own = owner.data_address("value")
    owner.add_data(const_global(base), bytes(8) + (1234).to_bytes(4, "little"))
    owner.getter("base", base)
    owner.getter("own", own)
    owner.data("value", 8)
    user = LibraryBuilder(dylink(memory=(1, 0), needed=["owner"]))
    user.memory()
    address = user.data_address("value")
    user.getter("address", address)

    def load(code: Code) -> None:
        code.global_get(address)
        code.mem(Mem.I32_LOAD, 4, 0)

    user.define("load", GETTER, load)
    user.root()
    program = run(user.library("user"), owner.library("owner"))
    assert program.call("owner", "own") == program.call("user", "address") == program.call("owner", "base") + 8
    assert program.call("owner", "base") % 8 == 0
    assert program.call("user", "load") == 1234


def test_relocations_see_addresses_and_constructors_see_relocated_data() -> None:
    """`int *p = &value` across libraries: the relocation stores an address, the constructor reads through it."""
    owner = LibraryBuilder(dylink(memory=(4, 2)))
    owner.memory()
    owner.add_data(const_global(owner.env_global("__memory_base")), (77).to_bytes(4, "little"))
    owner.data("value", 0)
    user = LibraryBuilder(dylink(memory=(8, 2), needed=["owner"]))
    user.memory()
    base = user.env_global("__memory_base")
    address = user.data_address("value")

    def relocate(code: Code) -> None:
        code.global_get(base)
        code.global_get(address)
        code.mem(Mem.I32_STORE, 4, 0)

    def construct(code: Code) -> None:
        code.global_get(base)
        code.global_get(base)
        code.mem(Mem.I32_LOAD, 4, 0)
        code.mem(Mem.I32_LOAD, 4, 0)
        code.mem(Mem.I32_STORE, 4, 4)

    def read(code: Code) -> None:
        code.global_get(base)
        code.mem(Mem.I32_LOAD, 4, 4)

    user.define("__wasm_call_ctors", THUNK, construct)
    user.define("__wasm_apply_data_relocs", THUNK, relocate)
    user.define("read", GETTER, read)
    user.root()
    assert run(user.library("user"), owner.library("owner")).call("user", "read") == 77


def function_pointer_user(name: str, symbol: str, *, defines: int | None = None) -> Library:
    """`address` answers the address of `symbol`, `indirect` calls what lies at an address."""
    builder = LibraryBuilder(dylink(table=(3, 2)))
    builder.table()
    address = builder.function_address(symbol)
    builder.getter("address", address)
    type = builder.type_index(GETTER)

    def indirect(code: Code) -> None:
        code.local_get(0)
        code.call_indirect(type)

    builder.define("indirect", UNARY, indirect)
    if defines is not None:
        builder.constant(symbol, defines)
    builder.root()
    return builder.library(name)


def test_function_pointers_are_equal_in_all_libraries() -> None:
    program = run(
        function_pointer_user("a", "f"), function_pointer_user("b", "f", defines=5), function_pointer_user("c", "f")
    )
    addresses = {program.call(name, "address") for name in "abc"}
    assert len(addresses) == 1
    address = addresses.pop()
    assert address > 0
    assert [program.call(name, "indirect", address) for name in "abc"] == [5, 5, 5]


def test_slot_0_of_the_table_is_null() -> None:
    program = run(function_pointer_user("a", "f", defines=1))
    assert program.table.size(program.store) == 4 + 3 + 1  # aligned to 4, three of its own, the slot of `f`
    with pytest.raises(wasmtime.Trap, match="uninitialized element"):
        program.call("a", "indirect", 0)


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


@pytest.mark.parametrize(
    ("given", "size"), [(16, 16), (1 << 20, 1 << 20), (1000, 1008), (0, 0), (100 * PAGE_SIZE, 100 * PAGE_SIZE)]
)
def test_bounds_of_stack_and_heap(given: int, size: int) -> None:
    builder = LibraryBuilder(dylink(memory=(20, 4)))
    addresses = ["__stack_high", "__stack_low", "__heap_base", "__heap_end"]
    for name in addresses:
        builder.data_address(name)
    builder.env_global("__stack_pointer", mutable=True)
    builder.env_global("__memory_base")
    for index, name in enumerate([*addresses, "__stack_pointer", "__memory_base"]):
        builder.getter(f"get {name}", index)
    builder.root()
    program = run(builder.library("a"), options=LinkOptions(stack_size=given))
    got = {name: program.call("a", f"get {name}") for name in [*addresses, "__stack_pointer", "__memory_base"]}
    pages = (size + 32 + PAGE_SIZE - 1) // PAGE_SIZE
    assert got == {
        "__stack_high": size,
        "__stack_low": 0,
        "__stack_pointer": size,
        "__memory_base": size,
        "__heap_base": size + 32,
        "__heap_end": pages * PAGE_SIZE,
    }
    assert program.memory.size(program.store) == pages


def test_libraries_do_not_overlap_and_are_aligned() -> None:
    sizes = [(5, 0, 2, 0), (7, 4, 3, 3), (0, 2, 0, 0), (64, 6, 1, 1)]
    libraries = []
    for place, (memory, memory_alignment, table, table_alignment) in enumerate(sizes):
        builder = LibraryBuilder(dylink(memory=(memory, memory_alignment), table=(table, table_alignment)))
        bases = [builder.env_global("__memory_base"), builder.env_global("__table_base")]
        builder.getter("memory", bases[0])
        builder.getter("table", bases[1])
        builder.root()
        libraries.append(builder.library(str(place)))
    program = run(*libraries)
    memory_end, table_end = DEFAULTS.stack_size, 1
    for place, (memory, memory_alignment, table, table_alignment) in enumerate(sizes):
        memory_base, table_base = program.call(str(place), "memory"), program.call(str(place), "table")
        assert memory_base >= memory_end
        assert table_base >= table_end
        assert memory_base % (1 << memory_alignment) == table_base % (1 << table_alignment) == 0
        memory_end, table_end = memory_base + memory, table_base + table
    assert memory_end <= program.memory.data_len(program.store)
    assert table_end == program.table.size(program.store)


def test_limits_of_imports_are_kept() -> None:
    builder = LibraryBuilder()
    builder.memory(Limits(20, 50))
    builder.table(Limits(4, 9))
    builder.root()
    other = LibraryBuilder()
    other.memory(Limits(1, 60))
    other.root()
    main = plan_link([builder.library("a"), other.library("b")], DEFAULTS).module("link:main").module
    assert main.memories[0].limits == Limits(20, 50)
    assert main.tables[0].limits == Limits(4, 9)


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
