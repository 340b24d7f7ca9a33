"""Where a link puts data, functions, the stack and the heap."""

from __future__ import annotations

import pytest
import wasmtime

from generator.link.layout import PAGE_SIZE
from generator.link.library import Library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.wasm.code import Code, Mem, const_global
from generator.wasm.types import Limits
from tests.generator.link.libraries import (
    GETTER,
    THUNK,
    UNARY,
    LibraryBuilder,
    dylink,
)
from tests.generator.link.running import DEFAULTS, run


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
